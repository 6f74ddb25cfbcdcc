"""Find nginx for the test of docs/deploy.md, or unpack Debian's package: `python -m tests.nginx`."""

from __future__ import annotations

import os
import shutil
import sys

from tests.debian import folder_of, unpacked

_FOLDERS = os.pathsep.join(
    [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", str(folder_of("nginx") / "usr/sbin")]
)


def find() -> str | None:
    """Return the path of an nginx, or None."""
    return shutil.which("nginx", path=_FOLDERS)


def main() -> int:
    """Make sure that there is an nginx."""
    missing = "The test of docs/deploy.md needs nginx. Install it (Debian: sudo apt-get install nginx)."
    return unpacked("nginx", ("nginx",), find, missing)


if __name__ == "__main__":
    sys.exit(main())
