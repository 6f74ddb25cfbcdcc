"""What is special about Milvus: writes without transactions, addresses and folders, filters."""

from __future__ import annotations

import base64
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import grpc
import pytest
from pymilvus import MilvusClient
from pymilvus.grpc_gen import milvus_pb2, milvus_pb2_grpc

from index.article import Article
from index.errors import InputError
from index.stores.milvus import MilvusStore
from index.stores.milvus_collections import ARTICLES, SENTENCES, TEXTS
from index.stores.milvus_connection import Connection, values
from index.stores.opening import open_store
from index.stores.store import Counts
from rag.language.words import tokenised
from tests.unit.index.test_stores import APPLES, PEARS, built, same, vector


def rows(address: str) -> dict[str, int]:
    """Count what lies in each collection, seen or not."""
    connection = Connection(address)
    keys = {ARTICLES: "id", SENTENCES: "key", TEXTS: "key"}
    counted = {name: len(list(connection.rows(name, key, f'{key} >= ""', []))) for name, key in keys.items()}
    connection.close()
    return counted


def test_a_write_that_broke_is_not_seen_and_is_swept(tmp_path: Path) -> None:
    """Whatever it had written; the article that it would have replaced is whole, and so is one in many pieces."""
    address = str(tmp_path / "new folder" / "milvus.db")
    noise = "".join(sha256(bytes([number % 256, number // 256])).hexdigest() for number in range(6_000))
    long = Article(" ".join(noise[first : first + 900] for first in range(0, len(noise), 900)), id="long")
    longer = Article(f"{long.text} And more.", id="apples")
    breaks: list[bool] = []

    def words(several: Sequence[str]) -> Sequence[Sequence[str]]:
        if breaks:
            raise RuntimeError("killed")
        return tokenised(several)

    store = open_store(address, words)
    assert not Path(address).exists()
    assert (store.mark, store.counts(), store.remove(["a"])) == (None, Counts(0, 0), 0)
    store.put(built(APPLES, long))
    before = rows(address)
    assert before[TEXTS] > 4
    breaks.append(True)
    with pytest.raises(RuntimeError, match="killed"):
        store.put(built(longer, PEARS))
    assert rows(address)[TEXTS] > before[TEXTS] + 4
    same(store.fetch(["apples", "long"]), built(APPLES, long))
    assert [one.id for one in store.listed()] == ["apples", "long"]
    assert store.counts() == Counts(2, len(built(APPLES, long)))
    breaks.clear()
    store.put(built(APPLES))
    assert rows(address) == before
    store.close()
    # the lock, too, is let go
    again = open_store(address, words)
    same(again.fetch(["long", "apples"]), built(long, APPLES))
    with pytest.raises(InputError, match=r"milvus\.db is closed\. Open it again"):
        store.counts()
    again.close()


def test_a_search_sees_articles_whole(tmp_path: Path) -> None:
    """The old or the new, and all that one write wrote, whatever the moment."""
    store, other = (open_store(str(tmp_path / "milvus.db"), tokenised) for _ in range(2))
    sizes = (20, 5)
    versions = [
        built(*(Article(" ".join(f"Ripe {name} {n} of {size}." for n in range(size)), id=name) for name in ("a", "b")))
        for size in sizes
    ]
    seen = {frozenset((one.articles[stored.article].id, stored.number) for stored in one.sentences) for one in versions}
    store.put(built(APPLES, PEARS))
    store.put(versions[0])

    def write() -> None:
        for turn in range(1, 7):
            store.put(versions[turn % 2])

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        while not writing.done():
            for found in (
                other.nearest(vector("ripe"), 80, ["a", "b"]),
                other.common_words("ripe", 80, ["a", "b"]),
                [one for one in other.nearest(vector("ripe"), 500) if one.article in ("a", "b")],
            ):
                assert {(one.article, one.number) for one in found} in seen
                assert len({(one.article, one.number) for one in found}) == len(found)
        writing.result()
    for one in (store, other):
        one.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:99999", r"http://127\.0\.0\.1:99999 \(Port out of range 0-65535\)"),
        ("https://user:secret@127.0.0.1:1/db", r"https://user@127\.0\.0\.1:1/db"),
        ("http://user:sec@secret@127.0.0.1:1/", r"http://user@127\.0\.0\.1:1/"),
        ("http://secret@127.0.0.1:1/", r"http://127\.0\.0\.1:1/"),
        # no file, though pymilvus takes what ends like this for one
        ("http://user:secret@127.0.0.1:1/my.db", r"http://user@127\.0\.0\.1:1/my\.db"),
    ],
)
def test_addresses_at_which_none_answers(address: str, said: str) -> None:
    """The message says what to check, and no password."""
    with pytest.raises(InputError, match=rf"^No Milvus answers at {said}\. Check that the server runs, and the host"):
        MilvusStore(address, tokenised)
    assert not Path("http:").exists()


def test_a_server_that_is_too_old() -> None:
    """Is refused before anything is made there: without BM25 it would take a part of the collections."""

    class Old(milvus_pb2_grpc.MilvusServiceServicer):  # type: ignore[misc]
        def Connect(self, *_: object) -> milvus_pb2.ConnectResponse:  # noqa: N802 - the name on the wire
            return milvus_pb2.ConnectResponse(identifier=1)

        def GetVersion(self, *_: object) -> milvus_pb2.GetVersionResponse:  # noqa: N802
            return milvus_pb2.GetVersionResponse(version="v2.3.5")

    server = grpc.server(ThreadPoolExecutor(1))
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(Old(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    said = rf"^Milvus 2\.3\.5 answers at http://127\.0\.0\.1:{port}\. Its search for words came with 2\.5: use "
    with pytest.raises(InputError, match=said):
        MilvusStore(f"http://127.0.0.1:{port}", tokenised)
    server.stop(None)


@pytest.mark.parametrize(
    "address",
    [
        "http://[bad",
        "http://user:secret",
        "http://user:sec/secret@127.0.0.1:1/db",
        "http://user:sec#secret@127.0.0.1:1",
        "http://user:sec?secret@127.0.0.1:1/my.db",
        "http://127.0.0.1:1?token=secret",
        "http://127.0.0.1:1/db?token=sec@secret",
        "ftp://user:secret@127.0.0.1/my.db",
    ],
)
def test_addresses_that_are_none_of_milvus(address: str) -> None:
    """They are not shown, as it is not clear where the password is in them."""
    with pytest.raises(InputError, match=r"^The address given is none of Milvus, .* write %2F for /") as raised:
        MilvusStore(address, tokenised)
    assert "sec" not in str(raised.value)


def test_a_password_with_marks_of_addresses() -> None:
    """A server gets it as it is."""
    came: list[str] = []

    class Asked(grpc.GenericRpcHandler):  # type: ignore[misc]
        def service(self, details: grpc.HandlerCallDetails) -> None:
            came.append(dict(details.invocation_metadata)["authorization"])

    server = grpc.server(ThreadPoolExecutor(1), handlers=[Asked()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with pytest.raises(InputError, match=rf"^No Milvus answers at http://us%2Fer@127\.0\.0\.1:{port} \("):
        MilvusStore(f"http://us%2Fer:se%2Fcr%25et@127.0.0.1:{port}", tokenised)
    server.stop(None)
    assert base64.b64decode(came[0]) == b"us/er:se/cr%et"


def test_what_is_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of an older Milvus Lite, or a folder of something else, is left as it is; a damaged one is no crash."""
    (tmp_path / "old.db").write_bytes(b"SQLite format 3")
    (tmp_path / "other.db").mkdir()
    (tmp_path / "other.db" / "notes.txt").touch()
    for name, shown, why in (
        ("a\0b.db", r"a\\x00b\.db", "embedded null byte"),
        (f"{'a' * 300}.db", "a{80}", "File name too"),
    ):
        with pytest.raises(InputError, match=rf"^'{shown}' cannot be a database \({why}.*\)\. Give another name\.$"):
            MilvusStore(name, tokenised)
    for name, wrong in (("old", "is a file;"), ("other", "holds other files and is no database")):
        with pytest.raises(InputError, match=rf"{name}\.db {wrong} .*Give another name"):
            open_store(str(tmp_path / f"{name}.db"), tokenised)
    assert (tmp_path / "old.db").read_bytes() == b"SQLite format 3"
    assert [path.name for path in (tmp_path / "other.db").iterdir()] == ["notes.txt"]
    store = open_store(str(tmp_path / "milvus.db"), tokenised)
    store.put(built(APPLES))
    store.close()
    for path in (tmp_path / "milvus.db" / "collections" / TEXTS).rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:100])
    unread = pytest.raises(InputError, match=r"milvus\.db cannot be read or written \(.*Put a copy of it in its place")
    with closing(open_store(str(tmp_path / "milvus.db"), tokenised)) as damaged, unread:
        damaged.fetch(["apples"])
    monkeypatch.delitem(sys.modules, "index.stores.milvus")
    monkeypatch.delitem(sys.modules, "index.stores.milvus_connection")
    monkeypatch.setitem(sys.modules, "milvus_lite.server_manager", None)
    with pytest.raises(InputError, match=r"^This store needs milvus_lite\. Run: pip install 'pullquote\[milvus\]'$"):
        open_store("a.db", tokenised)


@pytest.mark.parametrize("how", ["cut", "deleted", "collection deleted"])
def test_where_the_list_of_articles_is_lost(tmp_path: Path, how: str) -> None:
    """A database that holds sentences is not taken for an empty one, and not written over."""
    address = tmp_path / "milvus.db"
    with closing(MilvusStore(str(address), tokenised)) as store:
        store.put(built(APPLES))
    manifest = address / "collections" / ARTICLES / "manifest.json"
    if how == "cut":
        manifest.write_bytes(manifest.read_bytes()[:20])
    elif how == "deleted":
        manifest.unlink()
    else:
        shutil.rmtree(manifest.parent)
    with closing(MilvusStore(str(address), tokenised)) as store:
        for use in (store.counts, lambda: store.put(built(PEARS)), lambda: store.remove(["pears"])):
            with pytest.raises(
                InputError, match=r"cannot be read or written \(it holds sentences of articles that are lo"
            ):
                use()


def test_a_database_that_is_dropped_while_it_is_open(tmp_path: Path) -> None:
    """The next write makes it again; one that was only begun is gone on with."""
    address = tmp_path / "milvus.db"
    with closing(MilvusStore(str(address), tokenised)) as store:
        store.put(built(APPLES))
        other = MilvusClient(str(address), dedicated=True)
        for collection in (ARTICLES, SENTENCES):
            other.drop_collection(collection)
        assert store.remove(["apples"]) == 0
        store.put(built(PEARS))
        same(store.fetch(["pears"]), built(PEARS))
        other.close()


def test_values_in_a_filter() -> None:
    """Milvus Lite has no templates for filters: what could mean something in one never gets there."""
    assert values(["a_1", "~b:2"]) == '["a_1", "~b:2"]'
    for hostile in ('a"] or id != ["', "a\\", "a b", "ä", "a\n", "{a}", "'"):
        with pytest.raises(ValueError, match="cannot stand in a filter"):
            values(["a", hostile])
