"""Three servers behind nginx, over one PostgreSQL and one Valkey: who asks notices neither a kill nor a restart."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import TypeVar

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from redis import Redis

from index.article import Article
from index.build import build_index
from index.openvino_encoder import open_encoder
from index.stores.opening import open_store
from index.weights import DEFAULT_ENCODER
from rag.api.allowance import Allowance
from rag.api.directory import Directory
from rag.api.shared_counts import SharedCounts
from rag.api.standing import Standing
from rag.language.words import tokenised
from tests import postgres, valkey
from tests.conftest import finished
from tests.page import QUESTION, ask, settled
from tests.page import until as page_until
from tests.ports import free_port
from tests.together import Server, balanced, served, until

pytestmark = pytest.mark.slow

Result = TypeVar("Result")
TOWNS = ("Kent", "Devon", "Surrey", "Essex", "Dorset", "Cornwall", "Norfolk", "Suffolk")
PEOPLE = ("Ann Byron", "Bob Carver", "Cleo Dunn", "Dan Ellis", "Eve Foster", "Fay Grant", "Gus Hale", "Hal Irwin")


def story(number: int) -> Article:
    """An article about a bridge of its own."""
    town, person = TOWNS[number], PEOPLE[number]
    text = f"The bridge in {town}\n\nA new bridge in {town} was opened on {number + 1} May. It was built by {person}."
    return Article(text, id=town.lower())


def question(number: int) -> str:
    """A question about it."""
    return f"When was the bridge in {TOWNS[number]} opened?"


@dataclass(frozen=True, slots=True)
class Together:
    """What was started.

    :param address: Of nginx.
    :param store: Of the store.
    """

    address: str
    servers: list[Server]
    store: str
    valkey: valkey.Valkey


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Together]:
    """Three servers over eight articles."""
    folder = tmp_path_factory.mktemp("together")
    with postgres.started() as database, valkey.started() as counts:
        database.execute("CREATE DATABASE pullquote")
        store = database.address("pullquote")
        put(store, *map(story, range(7)))
        options = ("--per-minute", "100000", "--uploads")
        ports = [free_port() for _ in range(3)]
        with served(folder, store, counts.address, ports, *options) as servers, balanced(folder, ports) as address:
            yield Together(address, servers, store, counts)


@pytest.fixture
def together(started: Together) -> Together:
    """All of them, those that a test has ended started anew."""
    gone = [server for server in started.servers if not server.ready()]
    for server in gone:
        server.start()
    for server in gone:
        server.wait()
    return started


def put(store: str, *articles: Article) -> None:
    """Put articles, as another process does."""
    with closing(open_store(store, tokenised)) as opened:
        opened.put(build_index(list(articles), open_encoder(DEFAULT_ENCODER)))


class Clients:
    """Ask at the same time, each a question after the other, until they are stopped; each asks again if it must."""

    def __init__(self, address: str, count: int = 4) -> None:
        self.answers: list[tuple[int, str]] = []
        self.troubles: list[str] = []
        self._address = address
        self._over = threading.Event()
        self._threads = ThreadPoolExecutor(2 * count)
        self._asking = [self._threads.submit(ask, number) for ask in (self._ask, self._chat) for number in range(count)]

    def finished(self) -> list[tuple[int, str]]:
        """Stop, and return which questions had which answers."""
        self._over.set()
        for one in self._asking:
            one.result(120)
        self._threads.shutdown()
        return self.answers

    def _ask(self, number: int) -> None:
        """Ask as a program does."""
        with httpx.Client(base_url=self._address, timeout=60) as client:
            while not self._over.is_set():
                asked = {"question": question(number), "conversation": token_hex(16)}
                reply = self._until_answered(partial(client.post, "/api/ask", json=asked))
                self.answers.append((number, reply.json()["text"]))

    def _chat(self, number: int) -> None:
        """Ask as a page does: the answer comes in a stream of its own."""
        with httpx.Client(base_url=self._address, timeout=60) as client:
            config = self._until_answered(partial(client.get, "/config")).json()
            (event,) = [one["id"] for one in config["dependencies"] if one["api_name"] == "ask"]
            conversation = token_hex(16)
            while not self._over.is_set():
                asking = partial(self._streamed, client, event, conversation, question(number))
                self.answers.append((number, self._until_answered(asking)))

    def _streamed(self, client: httpx.Client, event: int, conversation: str, asked: str) -> str:
        session = token_hex(6)
        body = {"data": [asked, "", conversation, "", ""], "fn_index": event, "session_hash": session}
        client.post("/gradio_api/queue/join", json=body).raise_for_status()
        told = client.get("/gradio_api/queue/data", params={"session_hash": session}).raise_for_status().text
        messages = [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if line]
        (output,) = [one["output"] for one in messages if one["msg"] == "process_completed"]
        return str(output["data"][1][-1]["content"][0]["text"])

    def _until_answered(self, work: Callable[[], Result]) -> Result:
        for _ in range(20):
            try:
                result = work()
                if isinstance(result, httpx.Response):
                    result.raise_for_status()
                return result
            except (httpx.HTTPError, ValueError) as error:
                self.troubles.append(repr(error))
                time.sleep(0.25)
        raise AssertionError("no answer")


def test_what_is_put_is_asked_of_each(together: Together) -> None:
    """An article that comes while they run is listed, given and answered from by all three."""
    put(together.store, story(7))
    for server in together.servers:
        with httpx.Client(base_url=server.address, timeout=60) as client:
            assert client.get("/api/articles").json()["total"] == 8
            assert client.get("/api/articles/suffolk").json()["text"] == story(7).text
            assert client.post("/api/ask", json={"question": question(7)}).json()["text"] == "8 May"


def test_any_server_may_be_asked_for_what_one_has(together: Together) -> None:
    """A conversation, its file and its documents; what a client says of a peer is not believed."""
    conversation = token_hex(16)
    clients = [httpx.Client(base_url=server.address, timeout=60) for server in together.servers]
    asked = [(question(0), ""), ("Who was it built by?", question(0)), ("And when was it opened?", "")]
    for client, (typed, before) in zip(clients, asked, strict=True):
        body = {"question": typed, "conversation": conversation}
        answer = client.post("/api/ask", json=body, headers={"X-Pullquote-Peer": "0 10.1.1.1 1"}).json()
        assert answer["in_light_of"] == before or typed == asked[2][0], answer
    runs: set[str] = set()
    place = f"/pullquote/uploads/{conversation}"
    # more than nginx holds in memory
    text = "Plums\n\nPlums grow in Wales. " * 2000
    brought = httpx.post(together.address + place, params={"name": "plums.txt"}, content=text, timeout=60)
    assert "document" in json.loads(brought.text.splitlines()[-1])
    for client in clients:
        turns = client.get(f"/pullquote/conversation/{conversation}.json").json()["turns"]
        assert [turn["question"] for turn in turns] == [typed for typed, _ in asked]
        assert [one["title"] for one in client.get(place).json()["documents"]] == ["Plums"]
        runs.add(client.get("/gradio_api/app_id", headers={"pullquote-conversation": conversation}).text)
        client.close()
    assert len(runs) == 1
    assert len({server.run() for server in together.servers}) == 3


def test_a_server_is_killed(together: Together) -> None:
    """Each question has its answer all the same; the others go on, and the one that is started anew joins them."""
    clients = Clients(together.address)
    until(lambda: len(clients.answers) > 10)
    together.servers[0].end(signal.SIGKILL)
    before = len(clients.answers)
    until(lambda: len(clients.answers) > before + 20)
    together.servers[0].start()
    together.servers[0].wait()
    answers = clients.finished()
    assert all(f"{number + 1} May" in answer for number, answer in answers), answers


def test_a_server_that_has_just_come_is_looked_for() -> None:
    """By who looked a moment before it came: what is noted there is not asked of another one."""
    sessions = [f"session {number}" for number in range(8)]

    async def asked(address: str) -> None:
        one, other = (Directory(address, "0" * 64, f"127.0.0.1:{port}", Standing()) for port in (1, 2))
        await one.tell()
        await other.tell()
        await other.note(sessions)
        owners = await asyncio.gather(*(one.owner([key], follows=True) for key in sessions))
        for each in (one, other):
            await each._leave()
        assert [owner.id for owner in owners] == [other.id] * len(sessions)

    with valkey.started() as server:
        finished(asked(server.address))


def test_a_rolling_restart(together: Together) -> None:
    """Each server ends when what is under way has its answer, and another one takes what is new: nobody asks again."""
    clients = Clients(together.address)
    for server in together.servers:
        before = len(clients.answers)
        until(lambda before=before: len(clients.answers) > before + 5)  # type: ignore[misc]  # bound at once
        assert server.end(signal.SIGTERM) == 0
        server.start()
        server.wait()
    answers = clients.finished()
    assert clients.troubles == []
    assert all(f"{number + 1} May" in answer for number, answer in answers), answers


def test_a_page_goes_on(browser: Browser, together: Together) -> None:
    """A reader whose server is killed in the middle of an answer gets it, with what was said; so after the next one."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(together.address)
        ask(page, question(0))
        expect(page.get_by_test_id("bot").last).to_contain_text("1 May")
        _until_kept(page, "Kent")

        def kill(route: Route) -> None:
            _owner(page, together).end(signal.SIGKILL)
            route.continue_()

        # it has the question, and not yet told the answer
        page.route("**/gradio_api/queue/data*", kill, times=1)
        page.fill(QUESTION, "Who was it built by?")
        page.press(QUESTION, "Enter")
        asked = [question(0), "Who was it built by?"]
        expect(page.get_by_test_id("user")).to_have_text(asked, timeout=60_000)
        expect(page.locator("#chat .pq-understood")).to_have_text(f"In the light of: {question(0)}", timeout=60_000)
        expect(page.get_by_test_id("bot").last).to_contain_text("Ann Byron")
        _until_kept(page, "Who was it built by?")
        _owner(page, together).end(signal.SIGKILL)
        ask(page, question(1))
        expect(page.get_by_test_id("bot").last).to_contain_text("2 May")
        expect(page.get_by_test_id("user")).to_have_text([*asked, question(1)])
        settled(page)
        page.reload()
        expect(page.get_by_test_id("user")).to_have_text([*asked, question(1)])


def test_a_readers_document_goes_on(browser: Browser, together: Together) -> None:
    """Whose server is killed, in the middle of an answer or not: the page gives it to the next one, with its turns."""
    with browser.new_context() as context:
        page = context.new_page()
        given: list[str] = []
        page.on("response", lambda reply: given.append(reply.request.method) if "/own_" in reply.url else None)
        page.goto(together.address)
        page.get_by_role("button", name="Add your own document").click()
        page.get_by_label("Or paste a text").fill("Plum harvest\n\nRipe plums grow in Wales. They are sold in Bath.")
        page.get_by_role("button", name="Ask about this text").click()
        expect(page.get_by_role("radio", name="Plum harvest")).to_be_checked()
        ask(page, "Where do ripe plums grow?")
        expect(page.locator("#chat mark")).to_have_text(["Wales"])
        _until_kept(page, '"all":1')

        def kill(route: Route) -> None:
            _owner(page, together).end(signal.SIGKILL)
            route.continue_()

        page.route("**/gradio_api/queue/data*", kill, times=1)
        page.fill(QUESTION, "Where are they sold?")
        page.press(QUESTION, "Enter")
        asked = ["Where do ripe plums grow?", "Where are they sold?"]
        expect(page.get_by_test_id("user")).to_have_text(asked, timeout=60_000)
        expect(page.locator("#chat mark")).to_have_text(["Wales", "Bath"], timeout=60_000)
        _until_kept(page, '"all":2')
        page_until(page, lambda: given[given.index("PUT") :].count("GET") > 0)
        page.get_by_role("radio", name="Everything: what this chat is about, and your documents").check()
        _owner(page, together).end(signal.SIGKILL)
        ask(page, question(1))
        expect(page.get_by_test_id("user")).to_have_text([*asked, question(1)])
        expect(page.locator("#chat mark").last).to_have_text("2 May")
        page.reload()
        expect(page.get_by_role("radio", name="Plum harvest")).to_be_visible()
        expect(page.locator("#chat mark")).to_have_text(["Wales", "Bath", "2 May"])


def _until_kept(page: Page, words: str) -> None:
    """Wait until the page has kept what was said, which it does half a second later."""
    settled(page)
    page_until(page, f"sessionStorage.getItem('pullquote-turns')?.includes({words!r})")


def _owner(page: Page, together: Together) -> Server:
    """The server that has the page's conversation."""
    conversation = page.evaluate("sessionStorage.getItem('pullquote-conversation')")
    told = httpx.get(f"{together.address}/gradio_api/app_id", headers={"pullquote-conversation": conversation}).text
    return next(server for server in together.servers if server.ready() and server.run() == told)


def test_without_valkey(together: Together) -> None:
    """Readers are let in, and counted by each server for itself, which it says; the servers still know each other."""
    with httpx.Client(base_url=together.address, timeout=60) as client:
        assert client.get("/healthz").json()["limits"] == "shared"
        together.valkey.stop()
        clients = Clients(together.address, 1)
        # each finds out when it counts
        until(lambda: not any(_shares(server) for server in together.servers))
        together.valkey.start()
        until(lambda: all(_shares(server) for server in together.servers))
        clients.finished()
    assert all("cannot be reached; this server counts for itself" in server.said() for server in together.servers)


def _shares(server: Server) -> bool:
    httpx.post(f"{server.address}/api/ask", json={"question": "hello"}, timeout=60)
    return bool(httpx.get(f"{server.address}/healthz", timeout=60).json()["limits"] == "shared")


def test_whatever_else_is_in_valkey(together: Together) -> None:
    """What is no text among the servers' ids does not end that they tell each other that they are there."""
    with Redis.from_url(together.valkey.address) as store:
        store.sadd("pullquote:servers", b"\xff")
        # who ends at it has still told it once
        for _ in range(2):
            store.delete(*store.keys("pullquote:server:*"))
            until(lambda: len(store.keys("pullquote:server:*")) == 3)
        store.srem("pullquote:servers", b"\xff")


def test_limits_are_shared(together: Together) -> None:
    """What a client asks of one server counts at all; each kind of limit by itself."""
    first, second, other = (
        Allowance(2, what, SharedCounts(together.valkey.address)) for what in ("tests", "tests", "others")
    )
    assert (first.take("ann"), first.take("ann")) == (0, 0)
    assert 0 < second.take("ann") <= 61
    assert second.left("ann") > 0
    assert (second.take("bob"), other.take("ann")) == (0, 0)
