"""`python -m tests.ray`: say what is started, and run the tests of work that is shared out with Ray."""

from __future__ import annotations

import subprocess
import sys

from tests import postgres


def main() -> int:
    """Run them; each starts and stops what it needs."""
    if postgres.main():
        return 1
    told = "Starts Ray clusters of one and two nodes, and PostgreSQL, all on 127.0.0.1, in temporary folders."
    print(told, flush=True)  # noqa: T201
    ended = subprocess.run([sys.executable, "-m", "pytest", "-n0", "tests/ray", *sys.argv[1:]], check=False).returncode
    print("Stopped them.", flush=True)  # noqa: T201
    return ended


if __name__ == "__main__":
    sys.exit(main())
