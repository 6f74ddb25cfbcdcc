"""Find nginx for the test of docs/deploy.md, or unpack Debian's package: `python -m tests.nginx`.

The package is not installed: that would start a server, and needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
_UNPACKED = ROOT / "build" / "nginx"
_FOLDERS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", str(_UNPACKED / "usr/sbin")])


def find() -> str | None:
    """Return the path of an nginx, or None."""
    return shutil.which("nginx", path=_FOLDERS)


def main() -> int:
    """Make sure that there is an nginx; say in one line what is missing if there can be none."""
    if not find() and shutil.which("apt-get"):
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], check=False)
        with TemporaryDirectory() as folder:
            # apt drops its rights, and may then write only where everybody may
            Path(folder).chmod(0o777)
            subprocess.run(["apt-get", "download", "-qq", "nginx"], cwd=folder, check=False)
            _UNPACKED.mkdir(parents=True, exist_ok=True)
            for package in Path(folder).glob("nginx_*.deb"):
                subprocess.run(["dpkg-deb", "-x", package, _UNPACKED], check=False)
    if not find():
        sys.stderr.write("The test of docs/deploy.md needs nginx. Install it (Debian: sudo apt-get install nginx).\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
