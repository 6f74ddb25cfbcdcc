"""The API and the page over a store: what another process puts there is asked, listed and shown without a restart."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from queue import Queue

import pytest
from fastapi.testclient import TestClient

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.store import SentenceIndex
from index.stores.faiss_store import FaissStore
from rag.answering.archive import Archive
from rag.api.watched_store import WatchedStore
from rag.language.words import tokenised
from tests.application import FRUIT, SMILES, WHERE, application
from tests.conftest import WordEncoder, last_words
from tests.mounted import Page, mounted_chat

ENCODER = WordEncoder()
BRIDGE = Article("The bridge\n\nThe bridge was opened in May. It was built by Ann Byron.", id="bridge")


class FailingStore(FaissStore):
    """Fails when it is told to, with an address in the error."""

    failing = False

    in_the_loop = False

    def _current(self) -> object:  # type: ignore[override]  # only handed on
        with suppress(RuntimeError):
            self.in_the_loop = bool(asyncio.get_running_loop())
        if self.failing:
            raise InputError("Cannot connect to postgresql://ann@10.0.0.1/secret: it is gone.")
        return super()._current()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with two articles."""
    folder = tmp_path / "index"
    put(folder, FRUIT, SMILES)
    return folder


def put(folder: Path, *articles: Article) -> None:
    """Put articles, as another process does."""
    FaissStore(folder, tokenised).put(build_index(list(articles), ENCODER))


def opened(folder: Path) -> tuple[TestClient, FailingStore]:
    """The API over a store."""
    store = FailingStore(folder, tokenised)
    return TestClient(application(assistant=asked(store))), store


def asked(store: FaissStore) -> Archive:
    """What answers from a store, as a server asks it."""
    return Archive(WatchedStore(store), ENCODER, last_words(), 0.5)


def test_what_another_process_puts(folder: Path) -> None:
    """Is listed, found by its title, given by its id and by its version, asked, and told by `/healthz`."""
    client, _ = opened(folder)
    assert client.get("/api/articles").json()["total"] == 2
    assert client.get("/api/articles/bridge").status_code == 404
    put(folder, BRIDGE)
    listed = client.get("/api/articles", params={"q": "bridge"}).json()
    assert listed["articles"] == [{"id": "bridge", "title": "The bridge", "url": None, "sha256": BRIDGE.version}]
    assert (listed["total"], listed["next"]) == (1, None)
    for name in ("bridge", BRIDGE.version):
        given = client.get(f"/api/articles/{name}").json()
        assert (given["id"], given["text"], given["sha256"]) == ("bridge", BRIDGE.text, BRIDGE.digest)
    for chosen in (None, "bridge", ["bridge", FRUIT.id], BRIDGE.version):
        answer = client.post("/api/ask", json={"question": "When was the bridge opened in?", "article": chosen}).json()
        assert answer["text"] == "May", answer
    assert client.get("/healthz").json() == {
        "status": "ok",
        "reader": "last word",
        "articles": 3,
        "sentences": len(build_index([FRUIT, SMILES, BRIDGE], ENCODER)),
        "limits": "own",
    }
    assert "The bridge" in client.get("/embed", params={"article": "bridge"}).text
    assert [one["id"] for one in client.get("/v1/models").json()["data"]][:2] == ["pullquote", f"pullquote/{FRUIT.id}"]
    body = {"model": "pullquote/bridge", "messages": [{"role": "user", "content": "When was the bridge opened in?"}]}
    assert "May" in client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]["content"]
    # corrected: nothing of the answers before is remembered
    put(folder, Article(BRIDGE.text.replace("May", "June"), id="bridge"))
    assert "June" in client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]["content"]


def test_no_list_is_longer_than_a_store_is_read(folder: Path) -> None:
    """A client cannot make the store give more articles than are read at a time."""
    client, store = opened(folder)
    assert client.get("/api/articles", params={"offset": 9_900}).json() == {"articles": [], "total": 2, "next": None}
    store.failing = True
    reply = client.get("/api/articles", params={"offset": 1 << 31, "limit": 1})
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("offset 2147483648 and limit 1 are more than 10,000 together")


def test_a_conversation(folder: Path) -> None:
    """A follow-up is searched for with what was said before; a page brings a conversation that was forgotten."""
    put(folder, BRIDGE, *(Article(f"Storm {n}\n\nThe storm was seen in {n}.") for n in range(30)))
    client, _ = opened(folder)
    said = {"conversation": "a-conversation-of-ann"}
    client.post("/api/ask", json={"question": "When was the bridge opened in?", **said})
    followed = client.post("/api/ask", json={"question": "Who was it built by?", **said}).json()
    assert (followed["text"], followed["in_light_of"]) == ("Byron", "When was the bridge opened in?")
    turns = client.get("/pullquote/conversation/a-conversation-of-ann.json").json()["turns"]
    other, _ = opened(folder)
    told = other.post("/pullquote/conversation/another-conversation/turns", json={"turns": turns})
    assert told.json() == {"kept": 2}
    many = {**turns[0], "passages": [{**turns[0]["passages"][0], "article": f"n{n}"} for n in range(65)]}
    assert other.post("/pullquote/conversation/a-third-conversation/turns", json={"turns": [many]}).json()["kept"] == 0


def test_the_page(folder: Path) -> None:
    """Each page that is opened lists the articles as they are; each answer names its article; a citation opens it."""
    with TestClient(mounted_chat(assistant=asked(FaissStore(folder, tokenised)))) as client:
        page = Page(client, "session")
        put(folder, BRIDGE)
        news = page.send("news")
        assert "The bridge" in str(news[0])
        said = page.said("When was the bridge opened in?", "a-conversation-of-ann")
        assert "The bridge</span>" in said[1][1]
        assert f"#cite-{BRIDGE.version}-1" in said[1][1]
        _, pane = page.send("obey", f"open {BRIDGE.version} 1", "a-conversation-of-ann")
        assert "It was built by Ann Byron" in str(pane)
        # it goes, and what was quoted is shown as it was
        FaissStore(folder, tokenised).remove(["bridge"])
        _, pane = page.send("obey", f"open {BRIDGE.version} 2", "a-conversation-of-ann")
        assert "It was built by Ann Byron" in str(pane)
        assert "as it was when it was quoted" in str(pane)


def test_a_page_is_opened_whatever_the_store_does(folder: Path) -> None:
    """Others are answered while it is asked for what the page shows first; of one that is gone the pane is empty."""
    store = FailingStore(folder, tokenised)
    with TestClient(mounted_chat(assistant=asked(store))) as client:
        store.in_the_loop = False
        page = client.get("/")
        assert (page.status_code, store.in_the_loop) == (200, False)
        assert '<section class="pq-beginning"><p>2 articles.' in page.text
        store.failing = True
        page = client.get("/")
        assert (page.status_code, '<section class="pq-beginning"></section>' in page.text) == (200, True)


def test_a_store_that_is_gone(folder: Path) -> None:
    """Whoever asks is told to ask again, and nobody its address."""
    client, store = opened(folder)
    store.failing = True
    for reply in (
        client.post("/api/ask", json={"question": WHERE}),
        client.get("/api/articles"),
        client.get("/api/articles/bridge"),
    ):
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert reply.json()["detail"] == "The articles cannot be reached. Ask again in 5 seconds."
    store.failing = False
    assert client.post("/api/ask", json={"question": WHERE}).json()["text"] == "Kent"


def test_it_is_followed(folder: Path) -> None:
    """Its first articles are told when they change, also after it was gone; and whether it answers."""
    store = FailingStore(folder, tokenised)
    watched = WatchedStore(store)
    told: Queue[SentenceIndex] = Queue()
    watched.follow(told.put, every=0.01)
    assert len(told.get(timeout=10).articles) == 2
    store.failing = True
    put(folder, BRIDGE)
    store.failing = False
    assert {one.id for one in told.get(timeout=10).articles} == {FRUIT.id, SMILES.id, "bridge"}
    assert watched.answers
    watched.close()
