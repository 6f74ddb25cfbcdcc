"""PostgreSQL where something is wrong with it: what a person is told, and that nothing is lost or half there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import numpy as np
import psycopg
import pytest

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.store import SentenceIndex
from index.stores import postgres
from index.stores.opening import open_store
from index.stores.postgres import PostgresStore
from index.stores.store import Counts
from rag.language.words import tokenised
from tests.benchmarks.library import WordVectors
from tests.conftest import WordEncoder
from tests.postgres import Server, started
from tests.unit.index.test_folder import OtherEncoder

APPLES = Article("Red apples ripen in Kent. They are sweet.", id="apples")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that wants a password from `reader`, who may do nothing."""
    with started() as server:
        server.execute("CREATE ROLE {} LOGIN PASSWORD 'secret'", "reader")
        (server.folder / "data" / "pg_hba.conf").write_text(
            "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8"
        )
        server.execute("SELECT pg_reload_conf()")
        yield server


@pytest.fixture
def address(server: Server, request: pytest.FixtureRequest) -> str:
    """A new database."""
    name = f"db_{request.node.name}"[:60]
    server.execute("CREATE DATABASE {}", name)
    return server.address(name)


@pytest.fixture
def store(address: str) -> Iterator[PostgresStore]:
    """A store with an article."""
    store = PostgresStore(address, tokenised)
    store.put(build_index([APPLES], WordEncoder()))
    yield store
    store.close()


def test_no_connection(server: Server) -> None:
    """What is wrong is said in the server's words, with what to look at, and without the password."""
    for wrong, message in (
        (server.address(user="reader:hidden1"), "password authentication failed for user .reader."),
        (server.address("none"), "database .none. does not exist"),
        ("postgresql://postgres@127.0.0.1:1/postgres?password=hidden1", "Connection refused"),
        ("postgresql://nobody.invalid/postgres", "nobody.invalid"),
    ):
        with pytest.raises(InputError, match=rf"(?s)^Cannot connect to postgresql://.*{message}.*Check that") as told:
            open_store(wrong, tokenised)
        assert "hidden1" not in str(told.value)
    for place in (
        "user:hidden1@[host/db",
        "user:a@hidden1@host/db",
        "user:a/hidden1@host/db",
        "user:1/hidden1@host/db",
        "user:hidden1/a@host/db",
    ):
        with pytest.raises(InputError, match=r"is none of PostgreSQL\. Give one like.*%2F for a /") as told:
            open_store(f"PostgreSQL://{place}", tokenised)
        assert "hidden1" not in str(told.value)


def test_what_an_address_may_say(server: Server, address: str) -> None:
    """A value that is none is refused; texts are sent in UTF-8, whatever the address says."""
    with pytest.raises(InputError, match=r"^Cannot connect to postgresql://.*abc.*Check the address"):
        open_store(f"{address}?connect_timeout=abc", tokenised)
    store = open_store(f"{address}?client_encoding=latin1", tokenised)
    article = Article("Straße 東京.", id="tokyo")
    store.put(build_index([article], WordEncoder()))
    assert store.fetch(["tokyo"]).articles == (article,)
    store.close()
    server.execute("CREATE DATABASE {} ENCODING 'LATIN1' TEMPLATE template0", "latin")
    with pytest.raises(InputError, match=r"has the encoding LATIN1.*createdb --encoding UTF8"):
        open_store(server.address("latin"), tokenised)


def test_no_pgvector(address: str) -> None:
    """The first put makes the extension; a user who may not is told who may. Who only reads makes nothing."""
    reader = open_store(address.replace("postgres@", "reader:secret@"), tokenised)
    assert (reader.mark, reader.counts(), reader.listed()) == (None, Counts(0, 0), [])
    index = build_index([APPLES], WordEncoder())
    with pytest.raises(
        InputError, match=r"has no pgvector: permission denied.*a superuser run.*CREATE EXTENSION vector"
    ):
        reader.put(index)
    with psycopg.connect(address) as connection:
        connection.execute("CREATE EXTENSION vector")
    with pytest.raises(InputError, match=r"reader@127\.0\.0\.1:\d+/\w+ refuses: permission denied.*grant the right"):
        reader.put(index)
    reader.close()


def test_several_who_are_the_first(address: str) -> None:
    """All that is put into a new database at once is there, and who opened it before reads it."""
    early = open_store(address, tokenised)
    stores = [PostgresStore(address, tokenised) for _ in range(6)]
    indexes = [build_index([Article(f"Text {n}.", id=f"text_{n}")], WordEncoder()) for n in range(6)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(PostgresStore.put, stores, indexes))
    assert early.counts() == Counts(6, 6)
    assert early.nearest(indexes[3].vectors([0])[0], 1)[0].article == "text_3"
    for store in [*stores, early]:
        store.close()


def test_another_version(store: PostgresStore, address: str) -> None:
    """Tables of another version are not touched, and where some are gone, that is said."""
    assert store.counts() == Counts(1, 2)
    with psycopg.connect(address) as connection:
        connection.execute("UPDATE pullquote.store SET schema = 7")
    with pytest.raises(
        InputError, match=r"in the form 7; this version of Pullquote reads the form 1\. Use the version"
    ):
        open_store(address, tokenised)
    with psycopg.connect(address) as connection:
        connection.execute("ALTER TABLE pullquote.articles RENAME title TO name")
    with pytest.raises(InputError, match=r'refuses: column "title" does not exist.*Check the schema pullquote'):
        store.listed()
    with psycopg.connect(address) as connection:
        connection.execute("DROP TABLE pullquote.sentences")
    with pytest.raises(InputError, match=r'refuses: relation "pullquote\.sentences" does not exist'):
        store.nearest(np.zeros(256, dtype=np.float32), 3)


def test_dropped_meanwhile(store: PostgresStore, address: str) -> None:
    """A store that is open puts into new tables when the old ones were dropped, and minds their encoder."""
    with psycopg.connect(address) as connection:
        connection.execute("DROP SCHEMA pullquote CASCADE")
    assert store.remove(["apples"]) == 0
    other = PostgresStore(address, tokenised)
    other.put(build_index([APPLES], OtherEncoder()))
    other.close()
    with pytest.raises(InputError, match="was made with the encoder 'other'"):
        store.put(build_index([APPLES], WordEncoder()))
    with psycopg.connect(address) as connection:
        connection.execute("DROP SCHEMA pullquote CASCADE")
    store.put(build_index([APPLES], WordEncoder()))
    assert store.counts() == Counts(1, 2)


def test_slow(store: PostgresStore, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not come to an end is not waited for without an end."""
    monkeypatch.setattr(postgres, "_SETTINGS", postgres._SETTINGS.replace("60s", "200ms"))
    with psycopg.connect(address) as connection:
        connection.execute("LOCK TABLE pullquote.articles")
        with pytest.raises(InputError, match=r"refuses: canceling statement due to.*timeout\. Do the same again"):
            store.counts()
    assert store.counts() == Counts(1, 2)


def test_gone_for_a_while(server: Server, store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call waits for a server that comes back, and gives up when it does not."""
    # as long as a busy machine may need to start it
    monkeypatch.setattr(postgres, "_LOST", 120)
    server.stop()
    with ThreadPoolExecutor(1) as thread:
        asked = thread.submit(store.counts)
        _wait_until(lambda: _lost(store))
        assert not asked.done()
        server.start()
        assert asked.result(120) == Counts(1, 2)
    server.stop()
    try:
        monkeypatch.setattr(postgres, "_LOST", 1)
        with pytest.raises(InputError, match=r"Cannot connect to .*Connection refused.*Check that the server runs"):
            store.counts()
        # several who wait give up together, not one after the other
        monkeypatch.setattr(postgres, "_LOST", 3)
        connect = psycopg.connect

        def slowly(*given: Any, **named: Any) -> Any:
            sleep(0.5)
            return connect(*given, **named)

        with monkeypatch.context() as patched, ThreadPoolExecutor(40) as threads:
            # as where a machine does not answer
            patched.setattr(psycopg, "connect", slowly)
            begun = monotonic()
            waiting = [threads.submit(store.counts) for _ in range(40)]
            assert [type(each.exception()) for each in waiting] == [postgres._UnreachableError] * 40
        assert monotonic() - begun < 10
    finally:
        server.start()
    assert store.fetch(["apples"]).articles == (APPLES,)


def test_killed_while_it_writes(
    server: Server, store: PostgresStore, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Articles that are put together are all there in the end, once; what was put before is as it was."""
    monkeypatch.setattr(postgres, "_LOST", 120)
    index = _articles(150)
    with ThreadPoolExecutor(1) as thread:
        putting = thread.submit(store.put, index)
        with psycopg.connect(address, autocommit=True) as watching:
            _wait_until(lambda: _written(watching))
        server.stop()
        # it was interrupted, and is tried anew
        _wait_until(lambda: _lost(store))
        assert not putting.done()
        server.start()
        putting.result(120)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM pullquote.articles").fetchone() == (151,)
    fetched = store.fetch([one.id for one in index.articles])
    assert fetched.sentences == index.sentences
    assert fetched.vectors(range(len(index))).tobytes() == index.vectors(range(len(index))).tobytes()
    assert store.fetch(["apples"]).articles == (APPLES,)


def test_a_text_gets_one_id_from_two_who_write(store: PostgresStore, address: str) -> None:
    """Of two that put the same text, or one whose id is made of the other's, one is refused, whoever is first."""
    other = PostgresStore(address, tokenised)
    encoder = WordEncoder()
    for turn in range(5):
        text = f"Text {turn} is here."
        version = Article(text).version
        for second in (Article(text, id=f"second_{turn}"), Article("Another text.", id=version)):
            first = Article(text, id=f"first_{turn}")
            both = Barrier(2)

            def put(writer: PostgresStore, article: Article, both: Barrier = both) -> str:
                index = build_index([article], encoder)
                both.wait()
                try:
                    writer.put(index)
                except InputError as error:
                    return str(error)
                return ""

            with ThreadPoolExecutor(2) as threads:
                told = list(threads.map(put, (store, other), (first, second)))
            assert sorted(map(bool, told)) == [False, True], told
            assert "holds the text of" in "".join(told)
            assert store.remove([first.id, second.id]) == 1
    other.close()


def _wait_until(reached: Callable[[], bool]) -> None:
    """Wait for a state, at most as long as a busy machine may need."""
    end = monotonic() + 60
    while not reached():
        assert monotonic() < end
        sleep(0.01)


def _lost(store: PostgresStore) -> bool:
    """Tell whether a store has seen that its server is gone."""
    return store._connection is None or store._connection.closed


def _written(connection: psycopg.Connection) -> bool:
    """Tell whether sentences are being written that nobody sees yet."""
    (pages,) = connection.execute("SELECT pg_relation_size('pullquote.sentences') / 8192").fetchone() or (0,)
    return bool(pages > 3)


def test_many_sentences(store: PostgresStore, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond `EXACT` the graph proposes: nearly all of the nearest are found, with exact scores, in all and in some."""
    index = _articles(150)
    store.remove(["apples"])
    monkeypatch.setattr(postgres, "EXACT", 100)
    store.put(index)
    assert not _has_graph(address)
    store.optimise()
    assert _has_graph(address)
    random = np.random.default_rng(5)
    queries = [index.vectors([row])[0] for row in random.integers(0, len(index), 12).tolist()]
    some = [one.id for one in index.articles[:75]]
    for only in (None, some):
        monkeypatch.setattr(postgres, "EXACT", 10_000)
        exact = [store.nearest(query, 50, only) for query in queries]
        monkeypatch.setattr(postgres, "EXACT", 100)
        found = [store.nearest(query, 50, only) for query in queries]
        assert all(len(one) == 50 for one in found)
        # many have equal scores
        share = [
            np.mean([one.score >= best[-1].score - 1e-6 for one in approximate])
            for approximate, best in zip(found, exact, strict=True)
        ]
        assert np.mean(share) > 0.95
        assert all(one.article in some for one in found[0]) or only is None
        assert [one.score for one in found[0]] == sorted((one.score for one in found[0]), reverse=True)


def test_a_graph_that_cannot_be_made(
    store: PostgresStore,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What was put is there, and the next one makes it: by who may make no index, and while another one makes it."""
    monkeypatch.setattr(postgres, "EXACT", 1)
    with psycopg.connect(address) as connection:
        connection.execute("GRANT USAGE ON SCHEMA pullquote TO reader")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA pullquote TO reader")
    reader = PostgresStore(address.replace("postgres@", "reader:secret@"), tokenised)
    reader.put(build_index([Article("Pears are green.", id="pears")], WordEncoder()))
    reader.optimise()
    reader.close()
    (told,) = caplog.messages
    assert "must be owner of table sentences" in told
    with psycopg.connect(address) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [postgres._LOCK])
        store.put(build_index([Article("Plums are blue.", id="plums")], WordEncoder()))
        store.optimise()
    assert [one.id for one in store.listed()] == ["apples", "pears", "plums"]
    assert len(caplog.messages) == 1
    store.optimise()
    assert _has_graph(address)


def _has_graph(address: str) -> bool:
    with psycopg.connect(address) as connection:
        return connection.execute("SELECT to_regclass('pullquote.graph')").fetchone() == ("pullquote.graph",)


def _articles(count: int) -> SentenceIndex:
    """Build an index of made-up articles with the vectors of `WordEncoder`'s size."""
    encoder, random = WordVectors(), np.random.default_rng(1)
    articles = [
        Article(" ".join(f"{' '.join(random.choice(encoder.words[:3000], 9)).capitalize()}." for _ in range(12)))
        for _ in range(count)
    ]
    return build_index(articles, WordEncoder())
