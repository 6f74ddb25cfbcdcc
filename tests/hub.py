"""A model hub on this machine, which answers what the hub's library asks as the real one does, or fails on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from index.kept import digest_of
from tests.conftest import ROOT

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = ".safetensors"
"""Files with this ending lie elsewhere, as they do on the real hub: a question about them is answered by a redirect."""


@dataclass
class Hub:
    """What the hub serves, how it fails, and what it was asked.

    :param files: The files by name.
    :param repository: The only model.
    :param commit: The only revision.
    :param status: Answered to everything, in place of the files.
    :param stops: For a file, after how many bytes each sending of it breaks off, one after the other.
    :param plain: Answer everything with a page, as a hotel's network does.
    """

    files: Mapping[str, Path]
    repository: str = "owner/model"
    commit: str = COMMIT
    status: HTTPStatus = HTTPStatus.OK
    stops: dict[str, list[int]] = field(default_factory=dict)
    plain: bool = False
    asked: list[str] = field(default_factory=list)
    """Method, path, and the range asked for, of each request."""
    digests: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Hash the files before anybody waits for it."""
        self.digests = {name: digest_of(path) for name, path in self.files.items()}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Nothing is printed."""

    def _answer(self, body: bool) -> None:
        hub = self.hub
        wanted = self.headers.get("Range", "")
        hub.asked.append(f"{self.command} {self.path} {wanted}".strip())
        if hub.status is not HTTPStatus.OK or hub.plain:
            self._send(hub.status, b"<html>Please log in.</html>", body, {})
            return
        *folders, name = self.path.strip("/").split("/")
        path = hub.files.get(name)
        if path is None or folders not in ([*hub.repository.split("/"), "resolve", hub.commit], ["elsewhere"]):
            self._send(HTTPStatus.NOT_FOUND, b"", body, {"X-Error-Code": "EntryNotFound"})
            return
        size = path.stat().st_size
        tag = f'"{hub.digests[name]}"'
        if name.endswith(LARGE) and folders != ["elsewhere"]:
            port = self.headers["Host"].rpartition(":")[2]
            self._send(
                HTTPStatus.FOUND,
                b"",
                body,
                {
                    "Location": f"http://localhost:{port}/elsewhere/{name}",
                    "X-Repo-Commit": hub.commit,
                    "X-Linked-ETag": tag,
                    "X-Linked-Size": str(size),
                },
            )
            return
        headers = {"ETag": tag, "X-Repo-Commit": hub.commit, "Accept-Ranges": "bytes"}
        start = int(wanted.removeprefix("bytes=").removesuffix("-") or 0)
        if wanted:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self._begin(HTTPStatus.PARTIAL_CONTENT if wanted else HTTPStatus.OK, size - start, headers)
        if not body:
            return
        stops = hub.stops.get(name)
        with path.open("rb") as file:
            file.seek(start)
            if stops:
                self.wfile.write(file.read(stops.pop(0)))
                self.close_connection = True
            else:
                shutil.copyfileobj(file, self.wfile, length=1 << 20)

    def _send(self, status: HTTPStatus, data: bytes, body: bool, headers: Mapping[str, str]) -> None:
        self._begin(status, len(data), headers)
        if body:
            self.wfile.write(data)

    def _begin(self, status: HTTPStatus, length: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def serving(hub: Hub) -> Iterator[str]:
    """Serve until the test is over.

    :param hub: What is served.
    :return: The address, for `HF_ENDPOINT`.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run_with(address: str, home: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, for the hub's library reads its environment when it is imported.

    :param address: The hub's.
    :param home: Where the library keeps what it fetched.
    :param code: The program; a warning ends it.
    :param environment: More of it.
    """
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
            "HF_ENDPOINT": address,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_VERBOSITY": "critical",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
