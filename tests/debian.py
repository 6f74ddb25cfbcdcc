"""Programs of Debian's packages for tests, unpacked and not installed: that would need root, and start servers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

_BUILD = Path(__file__).parent.parent / "build"
_LIBRARIES = "LD_LIBRARY_PATH"


def folder_of(program: str) -> Path:
    """Return the folder that a program is unpacked into."""
    return _BUILD / program


def environment(program: str) -> dict[str, str]:
    """Return the environment in which a program finds its libraries, if it was only unpacked."""
    libraries = map(str, folder_of(program).glob("usr/lib/*-linux-gnu"))
    return {**os.environ, _LIBRARIES: os.pathsep.join([*libraries, os.environ.get(_LIBRARIES, "")])}


def unpacked(program: str, packages: tuple[str, ...], find: Callable[[], object], missing: str) -> int:
    """Make sure that there is a program; say in one line what is missing if there can be none.

    :param program: Its name.
    :param packages: Debian's packages that it is in.
    :param find: Finds it, or gives nothing.
    :param missing: What is said.
    :return: 0 if there is one, else 1.
    """
    if not find() and shutil.which("apt-get"):
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], check=False)
        with TemporaryDirectory() as folder:
            # apt drops its rights, and may then write only where everybody may
            Path(folder).chmod(0o777)
            subprocess.run(["apt-get", "download", "-qq", *packages], cwd=folder, check=False)
            folder_of(program).mkdir(parents=True, exist_ok=True)
            for package in Path(folder).glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", package, folder_of(program)], check=False)
    if not find():
        sys.stderr.write(f"{missing}\n")
        return 1
    return 0
