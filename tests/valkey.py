"""Valkey for tests: `python -m tests.valkey` unpacks Debian's package, if there is none.

It is not installed: that would start a server that stays.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
_UNPACKED = ROOT / "build" / "valkey"
_LIBRARIES = "LD_LIBRARY_PATH"
_PACKAGES = ("valkey-server", "valkey-tools", "libjemalloc2", "liblzf1")
_FOLDERS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", str(_UNPACKED / "usr/bin")])


def find() -> str | None:
    """Return the path of a Valkey, or None."""
    return shutil.which("valkey-server", path=_FOLDERS)


@dataclass(slots=True)
class Valkey:
    """A server of a test's own on 127.0.0.1, which writes nothing to the disk.

    :param port: Its port.
    """

    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def address(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        path = find()
        if path is None:
            raise FileNotFoundError("no Valkey. Run: python -m tests.valkey")
        settings = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no")
        # where it finds its libraries, if it was only unpacked
        libraries = os.pathsep.join([*map(str, _UNPACKED.glob("usr/lib/*-linux-gnu")), os.environ.get(_LIBRARIES, "")])
        environment = {**os.environ, _LIBRARIES: libraries}
        self._process = subprocess.Popen([path, *settings], cwd="/", env=environment, stdout=subprocess.DEVNULL)
        ends = time.monotonic() + 20
        while True:
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, "Valkey has ended"
            assert time.monotonic() < ends, "Valkey does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it at once; all that it has is lost."""
        if self._process:
            self._process.kill()
            self._process.wait(20)
            self._process = None


@contextmanager
def started() -> Iterator[Valkey]:
    """Start a server, until it is over."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    server = Valkey(port)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def main() -> int:
    """Make sure that there is one; say in one line what is missing if there can be none."""
    if not find() and shutil.which("apt-get"):
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], check=False)
        with TemporaryDirectory() as folder:
            # apt drops its rights, and may then write only where everybody may
            Path(folder).chmod(0o777)
            subprocess.run(["apt-get", "download", "-qq", *_PACKAGES], cwd=folder, check=False)
            _UNPACKED.mkdir(parents=True, exist_ok=True)
            for package in Path(folder).glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", package, _UNPACKED], check=False)
    if not find():
        sys.stderr.write("This needs Valkey (Debian: sudo apt-get install valkey-server).\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
