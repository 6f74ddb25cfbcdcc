"""Clients that send their request slowly, or tell its length in two ways, on a real connection."""

from __future__ import annotations

import json
import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index.article import Article
from rag.api import listener
from rag.api.listener import HOST, listen, make_server
from rag.api.settings import ApiSettings
from rag.chat.uploads import UploadLimits, Uploads
from tests.application import WHERE, HeldReader, application

WHOLE = 0.5
"""Seconds for a whole request, in these tests."""
BODY = b'{"question": "' + WHERE.encode() + b'"}'
HEAD = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
UPLOAD = b"POST /pullquote/uploads/the-id-of-%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
PLUMS = b"Plums\n\nRipe plums grow in Surrey. "
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def reader() -> HeldReader:
    """Answers when it is let go."""
    return HeldReader()


@pytest.fixture(scope="module")
def port(reader: HeldReader) -> Iterator[int]:
    """The port of a server that is impatient."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listener, "_WHOLE_REQUEST", WHOLE)
        with _served(application(ApiSettings(per_minute=1_000, at_once=1), reader)) as taken:
            yield taken
            reader.free.set()


@contextmanager
def _served(app: FastAPI) -> Iterator[int]:
    """Serve an application, and give its port."""
    server, taken = make_server(app), listen(0)
    running = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
    running.start()
    try:
        yield taken.getsockname()[1]
    finally:
        server.should_exit = True
        running.join(20)


def _connected(port: int, client: int = 1) -> socket.socket:
    """Connect, from an address of a client's own."""
    return socket.create_connection((HOST, port), timeout=20, source_address=(f"127.0.0.{client}", 0))


def _rest(client: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    ("sent", "replies"),
    [
        (b"", 0),
        (b"GET /healthz HTT", 0),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n", 0),
        (HEAD % len(BODY) + BODY[:9], 0),
        (HEAD.replace(b"Content-Length: %d", b"Transfer-Encoding: chunked") + b"9\r\n" + BODY[:9] + b"\r\n", 0),
        (HEALTH + b"GET /heal", 1),
        (HEALTH + HEAD % len(BODY) + BODY[:9], 1),
        (HEAD.replace(b"/api/ask", b"/nowhere") % 99 + b"x", 1),
    ],
)
def test_a_request_that_does_not_end_is_given_up(port: int, sent: bytes, replies: int) -> None:
    """Before its first byte, in its headers, in its body, behind another one, or refused before it was whole."""
    with _connected(port) as client:
        begun = time.monotonic()
        client.sendall(sent)
        assert _rest(client).count(b"HTTP/1.1") == replies
        assert time.monotonic() - begun < 10


def test_a_byte_now_and_then_does_not_help(port: int) -> None:
    """The time is for all of it."""
    with _connected(port) as client:
        begun = time.monotonic()
        for byte in HEALTH[:-4] * 20:
            client.sendall(bytes([byte]))
            ended, _, _ = select.select([client], [], [], 0.02)
            if ended:
                break
        # what comes after the end is answered with a reset
        with suppress(ConnectionResetError):
            assert client.recv(1) == b""
        assert ended
        assert WHOLE / 2 < time.monotonic() - begun < 10


def test_an_answer_may_take_longer(port: int, reader: HeldReader) -> None:
    """And so may a pause between two requests."""
    client = HTTPConnection(HOST, port, timeout=20)
    with closing(client):
        client.request("POST", "/api/ask", BODY, {"Content-Type": "application/json"})
        # the second request must go over the same connection
        client.auto_open = 0
        time.sleep(2 * WHOLE)
        reader.free.set()
        answer = client.getresponse()
        assert (answer.status, len(answer.read()) > 0) == (200, True)
        time.sleep(2 * WHOLE)
        client.request("GET", "/healthz")
        assert client.getresponse().status == 200


@pytest.mark.parametrize(("megabytes", "sent"), [(10, 1_000), (1, 900_000)])
def test_files_that_come_slowly_keep_nobody_waiting(megabytes: int, sent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither six that send nearly nothing, nor six that send more together than may be in memory: the largest go."""
    monkeypatch.setattr(listener, "_WHOLE_REQUEST", 20.0)
    app = application(ApiSettings(per_minute=1_000, at_once=1, uploads=UploadLimits(megabytes=megabytes)))
    with _served(app) as port, ExitStack() as opened:
        slow = [opened.enter_context(_connected(port, client)) for client in range(2, 8)]
        for number, client in enumerate(slow):
            # some must give way already
            with suppress(OSError):
                client.sendall(UPLOAD % (number, 1_000_000) + b"x" * sent)
        document = PLUMS * 3_000
        with _connected(port) as client:
            client.sendall(
                UPLOAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % (9, len(document)) + document
            )
            assert b'{"document": {"id": "own_' in _rest(client)
        for client in slow:
            with suppress(OSError):
                client.sendall(b"x" * 1_000)
        gave_way, _, _ = select.select(slow, [], [], 2 if megabytes == 1 else 0.1)
        assert bool(gave_way) == (megabytes == 1)


def test_who_leaves_while_a_document_is_read_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read to its end, and then nobody waits for it."""
    monkeypatch.setattr(listener, "_WHOLE_REQUEST", 20.0)
    take, kept, free = Uploads.take, threading.Event(), threading.Event()

    def held(uploads: Uploads, *given: Any) -> Article:
        article = take(uploads, *given)
        kept.set()
        assert free.wait(20), "it was never let go"
        return article

    monkeypatch.setattr(Uploads, "take", held)
    app = application(ApiSettings(per_minute=1_000, uploads=UploadLimits()))
    with _served(app) as port, closing(HTTPConnection(HOST, port, timeout=20)) as other:

        def until(met: Callable[[], bool]) -> None:
            deadline = time.monotonic() + 20
            while not met() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert met()

        def status() -> int:
            other.request("POST", "/pullquote/uploads/the-id-of-bob", b"")
            reply = other.getresponse()
            reply.read()
            return reply.status

        def documents() -> int:
            other.request("GET", "/pullquote/uploads/the-id-of-1")
            return len(json.loads(other.getresponse().read())["documents"])

        with _connected(port) as client:
            client.sendall(UPLOAD % (1, len(PLUMS)) + PLUMS)
            assert kept.wait(20)
            assert (status(), documents()) == (503, 1)
        # the server knows that its client has left
        until(lambda: status() == 200)
        free.set()
        until(lambda: documents() == 0)


def test_a_file_that_comes_fast_enough_has_more_time(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends so many bytes in the time of a request; who stops is given up all the same."""
    monkeypatch.setattr(listener, "_ENOUGH", 5_000)
    head = HEAD.replace(b"/api/ask", b"/nowhere") % 60_000
    with _connected(port) as client:
        client.sendall(head)
        begun = time.monotonic()
        for _ in range(60):
            client.sendall(b"x" * 1_000)
            time.sleep(WHOLE / 20)
        assert client.recv(65536).startswith(b"HTTP/1.1 404")
        assert time.monotonic() - begun > 2 * WHOLE
    with _connected(port) as client:
        client.sendall(head + b"x" * 50_000)
        begun = time.monotonic()
        assert _rest(client).count(b"HTTP/1.1") == 1
        assert WHOLE < time.monotonic() - begun < 10


def test_what_is_no_request_writes_no_log(port: int, caplog: pytest.LogCaptureFixture) -> None:
    """A client could send as many as it likes, and none of them is counted."""
    # uvicorn hands nothing on to the root
    log = logging.getLogger("uvicorn.error")
    log.addHandler(caplog.handler)
    with _connected(port) as client:
        client.sendall(b"GET /healthz\r\n\r\n")
        assert _rest(client).startswith(b"HTTP/1.1 400")
    with _connected(port) as client:
        client.sendall(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"))
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
    log.removeHandler(caplog.handler)
    assert [record for record in caplog.records if record.name == log.name] == []


def test_two_lengths_are_refused(port: int) -> None:
    """A proxy may read the other one, and take the end of the body for the next request."""
    both = HEAD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n") % 4
    with _connected(port) as client:
        client.sendall(both + b"0\r\n\r\n" + HEALTH)
        rest = _rest(client)
    assert rest.startswith(b"HTTP/1.1 400")
    assert rest.count(b"HTTP/1.1") == 1
    assert b"The request has both Content-Length and Transfer-Encoding. Send one" in rest
    reply = TestClient(application()).post(
        "/api/ask", content=BODY, headers={"Transfer-Encoding": "chunked", "Content-Length": str(len(BODY))}
    )
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")
