"""A Milvus for tests that is reached as a server is: Milvus Lite in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(folder: Path, port: int) -> Iterator[None]:
    """Serve a folder on 127.0.0.1, and kill the server at the end; one that does not answer in a minute fails."""
    ends = time.monotonic() + 60
    command = [str(Path(sys.executable).with_name("milvus-lite")), "server", "--data-dir", str(folder)]
    with subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL) as server:
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    if server.poll() is not None or time.monotonic() > ends:
                        raise
                    time.sleep(0.05)
            yield
        finally:
            server.kill()
