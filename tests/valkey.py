"""Valkey for tests: `python -m tests.valkey` unpacks Debian's package, if there is none."""

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

from tests.debian import environment, folder_of, unpacked

_PACKAGES = ("valkey-server", "valkey-tools", "libjemalloc2", "liblzf1")
_FOLDERS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", str(folder_of("valkey") / "usr/bin")])


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
        self._process = subprocess.Popen(
            [path, *settings], cwd="/", env=environment("valkey"), stdout=subprocess.DEVNULL
        )
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
    """Make sure that there is one."""
    return unpacked("valkey", _PACKAGES, find, "This needs Valkey (Debian: sudo apt-get install valkey-server).")


if __name__ == "__main__":
    sys.exit(main())
