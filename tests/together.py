"""Several servers behind nginx over one store, as docs/scale.md sets them up, for the tests of `make stores`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests import nginx
from tests.conftest import ROOT
from tests.ports import free_port

_AROUND = """
daemon off;
error_log error.log warn;
master_process off;
pid {folder}/nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {block}
}}
"""
_PATIENCE = 120.0
"""Seconds that a busy machine may need to start a server."""


@dataclass(slots=True)
class Server:
    """A server in a process of its own.

    :param command: Starts it.
    :param port: Where it listens, on 127.0.0.1.
    :param log: What it says, of all runs.
    """

    command: list[str]
    port: int
    log: Path
    environment: dict[str, str]
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def address(self) -> str:
        """Where it is, without nginx."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stderr=log, stdout=log)

    def wait(self) -> None:
        """Wait until it takes questions."""
        until(lambda: self.ready() == 200, self.said)

    def ready(self) -> int:
        """Return the status of `/readyz`; 0 if it cannot be reached."""
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5).status_code
        except httpx.TransportError:
            return 0

    def run(self) -> str:
        """Return what Gradio calls this run of it."""
        return httpx.get(f"{self.address}/gradio_api/app_id", timeout=5).text

    def end(self, how: signal.Signals) -> int:
        """End it; return its exit code."""
        assert self._process
        self._process.send_signal(how)
        return self._process.wait(60)

    def said(self) -> str:
        """Return all that it has said."""
        return self.log.read_text(encoding="utf-8")

    def close(self) -> None:
        """End it, if it runs."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(20)


@contextmanager
def served(folder: Path, store: str, valkey: str, ports: Sequence[int], *options: str) -> Iterator[list[Server]]:
    """Start servers that take questions, until it is over."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PULLQUOTE_SECRET": "0123456789abcdef" * 4,
        "COLUMNS": "200",
        "HF_HUB_OFFLINE": "1",
        # several on the few cores of a test machine
        "OMP_NUM_THREADS": "1",
    }
    servers = []
    with ExitStack() as started:
        for port in ports:
            command = [
                *(sys.executable, "-m", "rag.cli", "chat", "--store", store, "--valkey", valkey),
                *("--no-browser", "--port", str(port), "--proxy", "127.0.0.1", "--log", "--reader", "fast", *options),
            ]
            server = Server(command, port, folder / f"{port}.log", environment)
            started.callback(server.close)
            server.start()
            servers.append(server)
        for server in servers:
            server.wait()
        yield servers


@contextmanager
def balanced(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    """Run nginx with the block of docs/scale.md before servers at these ports; give its address."""
    path = nginx.find()
    assert path, "no nginx: run python -m tests.nginx"
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```nginx\n(.*?)```", page, re.DOTALL)
    port = free_port()
    given = {f"127.0.0.1:786{number}": f"127.0.0.1:{server}" for number, server in enumerate(ports, 1)}
    for name, ours in {**given, "listen 127.0.0.1:8080;": f"listen 127.0.0.1:{port};"}.items():
        assert name in block, name
        block = block.replace(name, ours)
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, block=block), encoding="utf-8")
    with subprocess.Popen([path, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]) as process:
        try:
            # that of nginx itself, where no server answers yet
            until(lambda: httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code in (200, 502))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)
    # which it would warn of: nothing that a reader brings comes to the disk
    assert "temporary file" not in (folder / "error.log").read_text(encoding="utf-8")


def until(reached: Callable[[], bool], told: Callable[[], str] = lambda: "") -> None:
    """Wait for a state, at most as long as a busy machine may need."""
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            if reached():
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < ends, told()
        time.sleep(0.05)
