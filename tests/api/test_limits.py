"""The limits of the API: how much, how often, how many at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message

from index.errors import InputError
from rag.answer import Passage
from rag.api.allowance import client_name
from rag.api.middleware.limits import LONGEST_BODY
from rag.api.settings import ApiSettings
from rag.chat.conversations import Conversations
from rag.chat.feedback import Feedback
from rag.reading.reader import SpanProposal
from tests.application import NAMES, WHERE, CountingReader, HeldReader, application
from tests.conftest import LastWordReader, finished
from tests.mounted import Page, mounted_chat

JSON = {"Content-Type": "application/json"}
FULL = b'{"question": "' + WHERE.encode() + b'"}'


def padded(length: int) -> bytes:
    """A question with blanks around it, so many bytes long."""
    return FULL.ljust(length)


def chunks(body: bytes) -> Iterator[bytes]:
    """The body in pieces, which httpx sends without saying how long it is."""
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]


def asking(app: FastAPI, address: str = "192.0.2.1") -> httpx.AsyncClient:
    """A client of an application in the running loop."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://here")


async def until(app: FastAPI, waiting: int) -> None:
    """Wait until so many wait."""
    async with asking(app, "127.0.0.1") as client:
        while f"\npullquote_waiting {waiting}.0" not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("length", "status"), [(LONGEST_BODY, 200), (LONGEST_BODY + 1, 413)])
@pytest.mark.parametrize("announced", [True, False])
def test_a_long_body(length: int, status: int, announced: bool) -> None:
    """64 kB and no byte more, whether the length is announced or the body comes in chunks."""
    body = padded(length)
    reply = TestClient(application()).post("/api/ask", content=body if announced else chunks(body), headers=JSON)
    assert reply.status_code == status
    if status == 413:
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["detail"] == "The body is longer than 65536 bytes. Send less."


@pytest.mark.parametrize("length", ["9" * 5_000, "65537"])
def test_an_announced_length_is_not_waited_for(length: str) -> None:
    """It is refused unread."""
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append(FULL)
        yield FULL

    async def scenario() -> int:
        async with asking(application()) as client:
            headers = {**JSON, "Content-Length": length}
            return (await client.post("/api/ask", content=body(), headers=headers)).status_code

    assert (finished(scenario()), read) == (413, [])


def test_one_client_asks_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third question in a minute waits; other clients, other routes and other methods do not."""
    now = 1_000_000_030.0  # ten seconds into a minute
    monkeypatch.setattr(time, "time", lambda: now)
    app = application(ApiSettings(per_minute=2))
    client, other = TestClient(app, client=("192.0.2.1", 1)), TestClient(app, client=("192.0.2.2", 1))
    asked = {"question": "x"}
    assert [client.post("/api/ask", json=asked).status_code for _ in range(2)] == [200, 200]
    reply = client.post("/api/ask", json=asked)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "51")
    assert reply.json()["detail"] == "More than 2 questions in a minute. Ask again in 51 seconds."
    completion = {"model": "pullquote", "messages": [{"role": "user", "content": "x"}]}
    assert client.post("/v1/chat/completions", json=completion).status_code == 429
    assert client.get("/api/articles").status_code == 200
    assert client.get("/api/ask").status_code == 405
    assert other.post("/api/ask", json=asked).status_code == 200
    now += 50
    assert client.post("/api/ask", json=asked).headers["retry-after"] == "1"
    now += 1  # who waits as long as told is answered, once
    assert [client.post("/api/ask", json=asked).status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/mcp/", "/api/ask", "/v1/chat/completions"])
def test_what_comes_in_vain_is_limited_too(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Four requests for each question that may be asked: the page's own events, and bodies that are refused."""
    monkeypatch.setattr(time, "time", lambda: 1_000_000_030.0)
    client = TestClient(application(ApiSettings(per_minute=1)))
    statuses = [client.post(path, json={}).status_code for _ in range(5)]
    assert statuses == [404 if "mcp" in path else 422] * 4 + [429]
    assert client.get("/gradio_api/queue/join").status_code == 404


def test_each_question_of_a_conversation_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those before the last one too, where they cost an answer; so does the last one, always."""
    monkeypatch.setattr(time, "time", lambda: 1_000_000_030.0)
    client = TestClient(application(ApiSettings(per_minute=5)))

    def ask(*questions: str) -> int:
        messages = [{"role": "user", "content": question} for question in questions]
        return client.post("/v1/chat/completions", json={"model": "pullquote", "messages": messages}).status_code

    assert ask(WHERE, "Where do green pears grow?", "And in Devon?") == 200  # 3
    assert ask(WHERE, "Where do green pears grow?", "And in Kent?") == 200  # 4
    assert ask("Who grows in Devon?", WHERE, "And in Kent?") == 429  # the fifth, and no sixth
    assert client.post("/api/ask", json={"question": WHERE}).status_code == 429


def test_the_tools_calls_are_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through MCP, and as Gradio's clients call it: counted with all others."""
    monkeypatch.setattr(time, "time", lambda: 1_000_000_030.0)
    call = {"name": "ask_article", "arguments": {"question": WHERE}}
    rpc = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    accepted = {"Accept": "application/json, text/event-stream"}
    with TestClient(mounted_chat(ApiSettings(per_minute=2, host_names=NAMES))) as client:
        told = [client.post("/gradio_api/mcp/", json=rpc, headers=accepted).text for _ in range(3)]
        assert ["Kent" in text for text in told] == [True, True, False]
        assert "More than 2 questions in a minute. Ask again in" in told[2]
        called = client.post("/gradio_api/call/ask_article", json={"data": [WHERE, ""]}).json()["event_id"]
        assert "More than 2 questions" in client.get(f"/gradio_api/call/ask_article/{called}").text
        assert client.post("/api/ask", json={"question": WHERE}).status_code == 429


def test_a_heavy_client_waits_for_itself() -> None:
    """Twenty conversations of three questions each fill the line; a light client is answered after one of them."""
    reader = HeldReader()
    order: list[str] = []

    class Noting(LastWordReader):
        def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
            order.append(question)
            return reader.read(question, passages)

    def talk(number: int) -> dict[str, object]:
        questions = (f"Where do {number} apples grow?", f"Who sells {number} pears?", "And Kent?")
        return {"model": "pullquote", "messages": [{"role": "user", "content": question} for question in questions]}

    async def scenario() -> tuple[httpx.Response, list[int]]:
        app = application(ApiSettings(per_minute=1_000, waiting=16, at_once=1), Noting())
        async with asking(app, "192.0.2.66") as heavy, asking(app) as light:
            tasks = [asyncio.create_task(heavy.post("/v1/chat/completions", json=talk(number))) for number in range(20)]
            await until(app, waiting=16)
            asked = asyncio.create_task(light.post("/api/ask", json={"question": WHERE}))
            # of the twenty one is read and sixteen wait, of which one gives its place away
            while sum(task.done() for task in tasks) < 4:
                await asyncio.sleep(0.01)
            reader.free.set()
            return await asked, [(await task).status_code for task in tasks]

    reply, statuses = finished(scenario())
    assert reply.json()["text"] == "Kent"
    assert order.index(WHERE) == 2
    assert sorted(statuses) == [200] * 16 + [503] * 4


def test_a_network_is_one_client() -> None:
    """An IPv6 client has many addresses, an IPv4 client one, written in two ways."""
    assert client_name("2001:db8::1") == client_name("2001:db8::ffff") == "2001:db8::"
    assert client_name("2001:db8:0:1::1") == "2001:db8:0:1::"
    assert client_name("::ffff:192.0.2.7") == client_name("192.0.2.7") == "192.0.2.7"
    assert client_name("testclient") == "testclient"


def test_a_full_queue_turns_questions_away() -> None:
    """One is answered and one waits: the next is told to come back, and the others get their answers."""
    reader = HeldReader()

    async def scenario() -> list[httpx.Response]:
        app = application(ApiSettings(waiting=1, at_once=1), reader)
        async with asking(app) as client:
            first = asyncio.create_task(client.post("/api/ask", json={"question": WHERE}))
            await asyncio.to_thread(reader.reading.wait, 20)
            assert (await client.get("/readyz")).json() == {"status": "ready", "waiting": 0}
            second = asyncio.create_task(client.post("/api/ask", json={"question": WHERE}))
            await until(app, waiting=1)
            turned_away = [await client.post("/api/ask", json={"question": "x"}), await client.get("/readyz")]
            reader.free.set()
            return [await first, await second, *turned_away, await client.get("/readyz")]

    first, second, third, unready, ready = finished(scenario())
    assert (first.json()["text"], second.json()["text"]) == ("Kent", "Kent")
    assert (third.status_code, third.headers["retry-after"]) == (503, "5")
    assert third.json()["detail"] == "Too many questions are waiting. Ask again in 5 seconds."
    assert (unready.status_code, unready.headers["retry-after"]) == (503, "5")
    assert ready.json() == {"status": "ready", "waiting": 0}


def test_a_few_are_answered_at_once() -> None:
    """Two are read at the same time, none may wait; of one conversation the second sees what the first one said."""
    reader, kept = CountingReader(), Conversations()

    async def scenario(asked: list[dict[str, str]], most: int) -> list[httpx.Response]:
        app = application(ApiSettings(waiting=0, at_once=2), reader, conversations=kept)
        async with asking(app) as client:
            tasks = [asyncio.create_task(client.post("/api/ask", json=one)) for one in asked]
            while (await client.get("/readyz")).status_code != 503 or reader.most < most:
                await asyncio.sleep(0.01)
            turned_away = await client.post("/api/ask", json={"question": "x"})
            reader.free.set()
            return [*(await asyncio.gather(*tasks)), turned_away]

    pears = "Where do green pears grow?"
    first, second, third = finished(scenario([{"question": WHERE}, {"question": pears}], 2))
    assert (first.json()["text"], second.json()["text"], third.status_code) == ("Kent", "Devon", 503)
    reader.free.clear()
    reader.most = 0
    of_one = [{"question": question, "conversation": "one-talk-of-two"} for question in (WHERE, pears)]
    finished(scenario(of_one, 1))
    assert reader.most == 1
    assert sorted(turn.question for turn in kept.of("one-talk-of-two")) == sorted([WHERE, pears])


def test_a_client_that_went_away_is_not_answered() -> None:
    """It leaves the line: its question is never asked, and its place is free."""
    reader, kept = HeldReader(), Conversations()

    async def scenario() -> list[Message]:
        app, sent = application(ApiSettings(waiting=1, at_once=1), reader, conversations=kept), []
        left = asyncio.Event()
        body = b'{"question": "Where do green pears grow?", "conversation": "gone-for-ever"}'
        messages = iter([{"type": "http.request", "body": body}])

        async def receive() -> Message:
            if message := next(messages, None):
                return message
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/api/ask", "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"here"), (b"content-type", b"application/json")],
            "client": ("192.0.2.3", 1), "http_version": "1.1",
        }  # fmt: skip
        async with asking(app) as client:
            first = asyncio.create_task(client.post("/api/ask", json={"question": WHERE}))
            await asyncio.to_thread(reader.reading.wait, 20)
            second = asyncio.create_task(app(scope, receive, send))
            await until(app, waiting=1)
            left.set()
            await second
            await until(app, waiting=0)
            reader.free.set()
            assert (await first).json()["text"] == "Kent"
        return sent

    sent = finished(scenario())
    assert (sent[0]["status"], sent[1]["body"]) == (499, b"")
    assert kept.of("gone-for-ever") == ()


def test_a_stopping_server_answers_those_that_wait() -> None:
    """After the time that uvicorn gives them, they get a 503 rather than a cut connection."""
    reader = HeldReader()
    config = uvicorn.Config(
        application(reader=reader), port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
    )
    server, replies = uvicorn.Server(config), []
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def ask() -> None:
        replies.append(httpx.post(f"http://127.0.0.1:{port}/api/ask", json={"question": WHERE}, timeout=20))

    clients = [threading.Thread(target=ask) for _ in range(2)]
    for client in clients:
        client.start()
    assert reader.reading.wait(20)
    while "\npullquote_waiting 1.0" not in httpx.get(f"http://127.0.0.1:{port}/metrics").text:
        time.sleep(0.01)
    server.should_exit = True
    for thread in (*clients, running):
        thread.join(20)
    reader.free.set()
    assert [(reply.status_code, reply.headers["retry-after"]) for reply in replies] == [(503, "5")] * 2
    assert {reply.json()["detail"] for reply in replies} == {"The server is stopping. Ask again in 5 seconds."}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"per_minute": 0}, "^--per-minute must be at least 1, not 0\\.$"),
        ({"waiting": -1}, "^--waiting must be at least 0, not -1\\.$"),
        ({"at_once": 0}, "^--at-once must be at least 1, not 0\\.$"),
        ({"metrics_token": ""}, "The metrics token is empty"),
        ({"metrics_token": "a b"}, "has a blank"),
        ({"metrics_token": "é"}, "beyond ASCII"),
    ],
)
def test_settings_are_checked(wrong: dict[str, int], message: str) -> None:
    """What cannot work is refused at once."""
    with pytest.raises(InputError, match=message):
        ApiSettings(**wrong)  # type: ignore[arg-type]


def test_what_helped_is_limited_for_each_client(tmp_path: Path) -> None:
    """One client's thumbs leave room for those of others."""
    feedback = Feedback(tmp_path / "thumbs.jsonl", largest=20 * 400)
    app = mounted_chat(feedback=feedback)
    clients = [TestClient(app, client=(f"192.0.2.{number}", 1)) for number in range(2)]
    conversation = "the-id-of-ada"
    with clients[0]:
        clients[1].portal = clients[0].portal
        for client in clients:
            page = Page(client, "ada")
            for _ in range(2):
                page.ask(WHERE, conversation)
            assert "Thanks" in str(page.send("obey", "helped 0 1", conversation))
            body = {"data": ["helped 1 2", conversation], "fn_index": page.numbers["obey"], "session_hash": "ada"}
            assert client.post("/gradio_api/run/predict", json=body).status_code == 500
            page.send("obey", "new put-aside-for-now 3", conversation)
    assert len(feedback.path.read_text(encoding="utf-8").splitlines()) == 2
