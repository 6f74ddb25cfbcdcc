"""Servers that pass requests on to each other, without Valkey: they know each other, and choose an owner alike."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import uvicorn

from index.errors import InputError
from rag.api.allowance import Allowance
from rag.api.directory import Directory, Peer
from rag.api.listener import EndingServer, address_of, listen, make_server
from rag.api.middleware.events import Expected
from rag.api.middleware.peers import Peers, whose
from rag.api.settings import ApiSettings
from rag.api.shared_counts import SharedCounts
from rag.api.standing import Standing, UnderWay
from tests.application import NAMES, WHERE
from tests.conftest import finished
from tests.mounted import mounted_chat

NOWHERE = "redis://127.0.0.1:1"
"""Nothing listens there."""
SECRET = "0123456789abcdef" * 2  # a test's own
SETTINGS = ApiSettings(per_minute=1_000_000, host_names=NAMES)


class Running:
    """A server in a thread, and what it knows."""

    def __init__(self) -> None:
        self.listener = listen(0)
        self.address = address_of(self.listener)
        # so that it never ends by itself
        self.standing = Standing(settle=60)
        self.directory = Directory(NOWHERE, SECRET, self.address.removeprefix("http://"), self.standing)
        page = mounted_chat(SETTINGS, standing=self.standing)
        app = Peers(UnderWay(page, self.standing), self.directory, page.state.events)
        self.server = EndingServer(make_server(app).config, self.standing)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})

    @property
    def peer(self) -> Peer:
        """What others know of it."""
        return self.directory.me


@contextmanager
def running(count: int) -> Iterator[list[Running]]:
    """Run servers that know each other."""
    servers = [Running() for _ in range(count)]
    for one in servers:
        one.directory._known = {other.peer.id: other.peer for other in servers if other is not one}
        one.thread.start()
    try:
        yield servers
    finally:
        for one in servers:
            one.server.should_exit = True
            one.thread.join(20)


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Running]]:
    """Two servers."""
    with running(2) as both:
        yield both


def kept(server: Running, conversation: str) -> list[str]:
    """The questions of a conversation, asked of a server."""
    reply = httpx.get(f"{server.address}/pullquote/conversation/{conversation}.json")
    return [turn["question"] for turn in reply.json()["turns"]] if reply.status_code == 200 else []


def test_a_conversation_is_where_all_find_it(servers: list[Running]) -> None:
    """Whichever server is asked; those of a tab, whose ids begin alike, are in one place."""
    for number in range(6):
        conversation = f"tab{number}-of-ann-and-bob"
        for server in servers:
            body = {"question": WHERE, "conversation": conversation}
            assert httpx.post(f"{server.address}/api/ask", json=body).json()["text"] == "Kent"
        assert [kept(server, conversation) for server in servers] == [[WHERE, WHERE]] * 2
        told = {"pullquote-conversation": f"{conversation[:8]}-another-page"}
        runs = {httpx.get(f"{server.address}/gradio_api/app_id", headers=told).text for server in servers}
        owner = servers[0].directory.choice(f"route {conversation[:8]}").id
        here = next(server for server in servers if server.peer.id == owner)
        assert runs == {httpx.get(f"{here.address}/gradio_api/app_id").text}


def test_whose_a_request_is() -> None:
    """A page's session and conversation tell; an event that has no conversation says nothing of its session's owner."""
    events = {0: Expected(5, True, 2), 8: Expected(0, True)}
    conversation = "0123456789-of-ann"
    both = ("session abc", "route 01234567")
    for path, asked, keys in (
        ("/gradio_api/queue/join", {"fn_index": 0, "data": ["", "", conversation, "", ""]}, both),
        ("/gradio_api/run/predict", {"fn_index": 0, "data": ["", "", "", "", ""]}, both[:1]),
        ("/gradio_api/run/predict", {"fn_index": 8, "data": []}, ()),
        ("/gradio_api/run/predict", {"fn_index": 0, "data": [conversation]}, ()),
        ("/gradio_api/run/predict", {"fn_index": [], "data": {}}, ()),
        ("/api/ask", {"conversation": conversation}, both[1:]),
        ("/api/ask", {"conversation": "short"}, ()),
        (f"/pullquote/conversation/{conversation}.json", {}, both[1:]),
        (f"/pullquote/uploads/{conversation}/page/left", {}, both[1:]),
        ("/pullquote/chat.js", {}, ()),
    ):
        scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
        body = json.dumps({**asked, "session_hash": "abc"}).encode()
        assert whose(scope, body, events).keys == keys, path
    fetching = {"type": "http", "method": "GET", "path": "/gradio_api/queue/data", "headers": []}
    found = whose({**fetching, "query_string": b"session_hash=abc"}, b"", events)
    assert (found.keys, found.follows) == (both[:1], True)
    assert whose({**fetching, "query_string": b"session_hash=a%20b&session_hash=c"}, b"", events).keys == ()
    # else a server that ends waits for a page to be closed
    beating = {**fetching, "path": "/gradio_api/heartbeat/abc", "query_string": b""}
    assert whose(beating, b"", events).here


def test_a_long_body_streams_through(servers: list[Running]) -> None:
    """What is too long for any route but one is refused by the owner, as it would be by itself; so is a bad request."""
    for server in servers:
        long = httpx.post(f"{server.address}/api/ask", content=b"x" * 70_000)
        assert long.status_code == 413
        pieces = httpx.post(f"{server.address}/pullquote/uploads/the-id-of-ann", content=iter([b"x" * 70_000]))
        assert pieces.status_code == 404
        for body in (b"[" * 30_000, b"\xff", b'{"conversation": 1}', b"[]"):
            headers = {"content-type": "application/json"}
            assert httpx.post(f"{server.address}/api/ask", content=body, headers=headers).status_code in (400, 422)


def test_who_is_no_peer_is_not_believed(servers: list[Running]) -> None:
    """Without the token for this very server, what is said of the client is left out, and nothing of it goes on."""
    mine, other = (server.directory for server in servers)
    assert mine.is_token(other.token(mine.id))
    assert not any(mine.is_token(wrong) for wrong in ("", "é", other.token(other.id), other.token(mine.id)[:-1]))
    stranger = Directory(NOWHERE, SECRET[::-1], "127.0.0.1:1", Standing())
    assert not mine.is_token(stranger.token(mine.id))
    for token in ("", "1 2 3", f"{stranger.token(mine.id)} 10.0.0.1 x"):
        reply = httpx.get(f"{servers[0].address}/readyz", headers={"X-Pullquote-Peer": token})
        assert reply.status_code == 200


def test_what_is_written_of_a_server_is_signed() -> None:
    """Who can write into Valkey cannot name an address, nor change one."""
    mine, other, stranger = (
        Directory(NOWHERE, secret, f"127.0.0.1:{port}", Standing())
        for secret, port in ((SECRET, 1), (SECRET, 2), (SECRET[::-1], 3))
    )
    entry = other.entry()
    assert mine.peer_of(other.id, entry) == other.me
    takes, address, signature = entry.split(" ")
    for wrong in (
        stranger.entry(),
        f"{takes} 10.0.0.1:80 {signature}",
        f"0 {address} {signature}",
        f"{takes} {address}",
        "",
    ):
        assert mine.peer_of(other.id, wrong) is None
    assert mine.peer_of(mine.id, entry) is None


def test_a_server_that_is_gone_is_passed_over() -> None:
    """The next one is asked, also in the middle of a conversation; one that ends takes nothing new."""
    with running(2) as (first, second):
        first.directory._known["gone"] = Peer("gone", "127.0.0.1:1")
        for number in range(12):
            body = {"question": WHERE, "conversation": f"{number:08}-of-ann"}
            assert httpx.post(f"{first.address}/api/ask", json=body).json()["text"] == "Kent"
        assert "gone" not in first.directory.peers
        first.standing.drain()
        told = httpx.get(f"{first.address}/readyz")
        assert (told.status_code, told.json()["detail"]) == (503, "The server is stopping. Ask again in 5 seconds.")
        second_run = httpx.get(f"{second.address}/gradio_api/app_id").text
        # what any server can answer, too
        assert httpx.get(f"{first.address}/gradio_api/app_id").text == second_run
        assert httpx.post(f"{first.address}/api/ask", json={"question": WHERE}).json()["text"] == "Kent"


def test_what_is_under_way_is_waited_for() -> None:
    """A server that is told to end goes on until nothing is under way, but not for ever."""
    standing = Standing()
    assert not standing.drained(60)
    with standing.working():
        standing.drain()
        assert not standing.drained(60)
        assert standing.drained(0)
    assert standing.drained(60)
    standing.asked()
    assert not standing.drained(60)
    standing.fetched()
    assert standing.drained(60)
    assert not Standing(lambda: False).draining
    assert Standing(lambda: False).obstacle == "The articles cannot be reached."


def test_a_page_does_not_keep_a_server_that_ends() -> None:
    """The request that lasts as long as a page is open ends with it."""
    with ExitStack() as opened:
        (server,) = opened.enter_context(running(1))
        client = opened.enter_context(httpx.Client(timeout=20))
        beats = opened.enter_context(client.stream("GET", f"{server.address}/gradio_api/heartbeat/abc"))
        parts = beats.iter_raw()
        assert next(parts)
        server.server.should_exit = True
        assert b"".join(parts).strip(b"data: ALIVE\n") == b""
        server.thread.join(10)
        assert not server.thread.is_alive()


def test_limits_without_valkey(caplog: pytest.LogCaptureFixture) -> None:
    """Each server counts for itself, and says so once; a wrong address is told without its password."""
    shared = SharedCounts("redis://:hidden1@127.0.0.1:1")
    allowance = Allowance(2, "tests", shared)
    assert [allowance.take("ann") > 0 for _ in range(4)] == [False, False, True, True]
    assert allowance.take("bob") == 0
    assert not shared.reached
    (told,) = [record.getMessage() for record in caplog.records if "cannot be reached" in record.getMessage()]
    assert "hidden1" not in told
    for wrong in ("http://hidden1@here", "", "redis://here:port-hidden1"):
        with pytest.raises(InputError, match=r"address of Valkey") as error:
            SharedCounts(wrong)
        assert "hidden1" not in str(error.value)


def test_a_directory_without_valkey() -> None:
    """What is known stays known, and whoever is asked chooses the same server for a page."""

    async def asked() -> None:
        one, other = (Directory(NOWHERE, SECRET, f"127.0.0.1:{port}", Standing()) for port in (1, 2))
        one._known, other._known = {other.id: other.me}, {one.id: one.me}
        await one.tell()
        await one.note(["route a"])
        assert not one.reached
        owners = [await one.owner([f"route {number}"]) for number in range(40)]
        assert owners == [await other.owner([f"route {number}"]) for number in range(40)]
        assert {owner.id for owner in owners} == {one.id, other.id}

    finished(asked())


def test_a_signal_ends_a_server(servers: list[Running]) -> None:
    """SIGTERM lets it end what is under way; twice, or Ctrl-C, ends it at once."""
    config = uvicorn.Config(servers[0].server.config.app)
    standing = Standing()
    server = EndingServer(config, standing)
    server.handle_exit(signal.SIGTERM, None)
    assert (standing.draining, server.should_exit) == (True, False)
    server.handle_exit(signal.SIGTERM, None)
    assert server.should_exit
    interrupted = EndingServer(config, Standing())
    interrupted.handle_exit(signal.SIGINT, None)
    assert interrupted.should_exit
