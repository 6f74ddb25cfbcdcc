"""Make what the benchmarks compare with: `python -m tests.benchmarks.peers [--peers DIR] [--models DIR]`.

The peers get a virtual environment of their own (1 GB), and Pullquote's models as plain folders (600 MB).
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from tests.conftest import ROOT

PEERS, MODELS = ROOT / "build" / "peers", ROOT / "build" / "models"
REQUIREMENTS = Path(__file__).parent / "requirements-peers.txt"


def make_peers(folder: Path) -> None:
    """Make the environment, unless one with the same requirements is there.

    :param folder: Where.
    """
    done = folder / "requirements.sha256"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if done.is_file() and done.read_text(encoding="utf-8") == digest:
        return
    venv.create(folder, with_pip=True)
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--requirement", str(REQUIREMENTS)]
    subprocess.run(install, check=True)
    done.write_text(digest, encoding="utf-8")


def make_models(folder: Path) -> None:
    """Write the models, in a process that goes away with its memory.

    :param folder: Where.
    """
    subprocess.run([sys.executable, "-m", "tests.benchmarks.models", str(folder)], check=True, cwd=ROOT)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=__doc__)
    parser.add_argument("--peers", type=Path, default=PEERS, metavar="DIR")
    parser.add_argument("--models", type=Path, default=MODELS, metavar="DIR")
    options = parser.parse_args()
    make_models(options.models.absolute())
    make_peers(options.peers.absolute())


if __name__ == "__main__":
    main()
