"""The contract of a store: what each engine does alike, whatever is put into it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from psycopg.conninfo import conninfo_to_dict

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.landmarks import Landmarks
from index.store import SentenceIndex
from index.stores.opening import open_store
from index.stores.postgres import _read_address
from index.stores.store import Counts, Listed, Match, Store, check_names
from rag.language.words import tokenised
from rag.retrieval.titles import titled
from tests.conftest import HOSTILE, WordEncoder
from tests.stores import ENGINES
from tests.unit.index.test_folder import OtherEncoder

APPLES = Article(
    "Red apples\n\nRed apples ripen in Kent. They are sweet.\n\nShare this article\n\nThey denied the attacks.",
    "https://example.com/apples",
    id="apples",
    landmarks=Landmarks(pages=(0, 12), headings=(0,)),
    document_sha256="ab" * 32,
)
PEARS = Article("Green pears\n\nGreen pears ripen in Surrey.\n\nThey are hard. Nobody attacked them.", id="pears")
PLUMS = Article("Plums. Plums are blue. Plums ripen late.")
ENCODER = WordEncoder()
NAMES = ["'; DROP TABLE articles; --", '" or 1 == 1', "a\0b", "\ud800", "%", "_", "a" * 100_000, "", "Apples", "\\"]


@dataclass(frozen=True, slots=True)
class Opened:
    """An engine with an empty store, and connections to it."""

    address: str
    _open: list[Store] = field(default_factory=list)

    def connect(self) -> Store:
        """Open the store once more."""
        self._open.append(open_store(self.address, tokenised))
        return self._open[-1]

    def close(self) -> None:
        """Close all."""
        for one in self._open:
            one.close()


@pytest.fixture(scope="module", params=sorted(ENGINES))
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Each engine, empty at first."""
    opened = Opened(ENGINES[request.param](tmp_path_factory.mktemp("store")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def connection(opened: Opened) -> Store:
    """A connection that all tests share."""
    return opened.connect()


@pytest.fixture
def store(connection: Store) -> Store:
    """An empty store."""
    emptied(connection)
    return connection


def emptied(store: Store) -> None:
    """Remove all."""
    store.remove([one.id for one in store.listed(limit=1000)])
    assert store.counts() == Counts(0, 0)


def built(*articles: Article) -> SentenceIndex:
    """Build an index."""
    return build_index(articles, ENCODER)


def same(found: SentenceIndex, expected: SentenceIndex) -> None:
    """Compare all that an index keeps, to the bit."""
    every = range(len(expected))
    for one, other in zip(found.articles, expected.articles, strict=True):
        assert (one.text, one.url, one.id, one.landmarks, one.document_sha256, one.title, one.digest) == (
            (other.text, other.url, other.id, other.landmarks, other.document_sha256, other.title, other.digest)
        )
    assert found.sentences == expected.sentences
    assert found.mark == expected.mark
    assert found.vectors(every).tobytes() == expected.vectors(every).tobytes()
    vectors = [index.paragraph_vectors.reconstruct_n(0, index.paragraph_vectors.ntotal) for index in (found, expected)]
    assert vectors[0].dtype == np.float32
    assert vectors[0].tobytes() == vectors[1].tobytes()


def texts(matches: list[Match], *articles: Article) -> list[str]:
    """Return the sentences found."""
    index = built(*articles)
    return [index.text(index.rows_of(index.places[one.article])[one.number]) for one in matches]


def vector(text: str) -> NDArray[np.float32]:
    """Encode a text."""
    encoded: NDArray[np.float32] = ENCODER.encode([text])[0]
    return encoded


def test_what_is_fetched_is_what_was_put(store: Store) -> None:
    """Texts, offsets, addresses, landmarks and vectors, in the order asked for; an article twice is there once."""
    store.put(built(APPLES, PEARS))
    store.put(built(PLUMS))
    same(store.fetch(["apples", "pears"]), built(APPLES, PEARS))
    same(store.fetch([PLUMS.id, "apples", PLUMS.id]), built(PLUMS, APPLES))
    assert store.mark == built(PLUMS).mark
    assert store.counts() == Counts(3, len(built(APPLES, PEARS, PLUMS)))


def test_an_article_with_the_same_id_takes_the_place(store: Store) -> None:
    """Of the older one nothing is left; texts may change places."""
    store.put(built(APPLES, PEARS))
    longer = replace(PLUMS, id="apples")
    store.put(built(longer))
    same(store.fetch(["apples"]), built(longer))
    assert store.counts() == Counts(2, len(built(longer, PEARS)))
    assert {one.article for one in store.nearest(vector("red apples ripen in kent"), 100)} == {"apples", "pears"}
    assert texts(store.common_words("Kent sweet", 9), longer, PEARS) == []
    store.put(built(replace(PEARS, id="apples"), replace(PLUMS, id="pears")))
    same(store.fetch(["pears", "apples"]), built(replace(PLUMS, id="pears"), replace(PEARS, id="apples")))
    # the same again changes nothing
    store.put(built(replace(PEARS, id="apples")))
    assert store.counts() == Counts(2, len(built(PEARS, PLUMS)))


def test_what_is_removed_is_gone(store: Store) -> None:
    """And can come again; what is not there counts nothing."""
    store.put(built(APPLES, PEARS))
    assert store.remove(["apples", "apples", "plums", *NAMES]) == 1
    assert store.counts() == Counts(1, len(built(PEARS)))
    assert {one.article for one in store.nearest(vector("apples"), 50)} == {"pears"}
    assert store.common_words("apples", 50) == []
    with pytest.raises(InputError, match=r"holds no article with the id 'apples'"):
        store.fetch(["pears", "apples"])
    assert store.remove([]) == 0
    assert store.remove(["pears"]) == 1
    assert (store.counts(), store.listed(), store.nearest(vector("pears"), 5)) == (Counts(0, 0), [], [])
    store.put(built(APPLES))
    same(store.fetch(["apples"]), built(APPLES))


def test_a_text_has_one_id(store: Store) -> None:
    """Another article with a text that is there, or the id made of it, is refused, and with it all that is put."""
    store.put(built(APPLES, PLUMS))
    for other in (replace(APPLES, id="other"), replace(PEARS, id=APPLES.version)):
        with pytest.raises(InputError, match=rf"holds the text of {other.id} already.*with the id apples\. Remove"):
            store.put(built(Article("New.", id="new"), other))
    assert [one.id for one in store.listed()] == sorted(["apples", PLUMS.id])
    # its own article's place it may take
    store.put(built(replace(PEARS, id=PLUMS.id)))
    same(store.fetch([PLUMS.id]), built(replace(PEARS, id=PLUMS.id)))


def test_nearest(store: Store) -> None:
    """Best first, with the cosine; boilerplate is never found; more than there are gives all."""
    store.put(built(APPLES, PEARS, PLUMS))
    index = built(APPLES, PEARS, PLUMS)
    asked = vector("red apples ripen in kent")
    found = store.nearest(asked, 3)
    assert texts(found, APPLES, PEARS, PLUMS)[:2] == ["Red apples ripen in Kent.", "Red apples"]
    assert found[0].score == pytest.approx(1.0, abs=1e-5)
    every = store.nearest(asked, 10_000)
    body = [row for row in range(len(index)) if not index.sentences[row].sentence.boilerplate]
    assert len(body) == len(index) - 1
    assert len(every) == len(set(every)) == len(body)
    expected = np.sort(index.similarities(asked, body)[0])[::-1]
    np.testing.assert_allclose([one.score for one in every], expected, atol=1e-5)
    assert "Share this article" not in texts(every, APPLES, PEARS, PLUMS)
    assert texts(store.nearest(vector("share this article"), 1), APPLES, PEARS, PLUMS) != ["Share this article"]


def test_common_words(store: Store) -> None:
    """Stems are compared, accents and capital letters do not count; rare words count more; no boilerplate."""
    store.put(built(APPLES, PEARS, PLUMS))
    of = (APPLES, PEARS, PLUMS)
    assert set(texts(store.common_words("Who attácks?", 9), *of)) == {
        "They denied the attacks.",
        "Nobody attacked them.",
    }
    found = store.common_words("What ripens in Surrey?", 9)
    assert texts(found, *of)[0] == "Green pears ripen in Surrey."
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].score > found[1].score > 0
    assert len(store.common_words("ripens", 2)) == 2
    assert store.common_words("share article", 9) == []
    for nothing in ("", "the and of", "zebra", *NAMES[:6], "'ripe' | 'late':*", "ripe & !late <-> \\"):
        assert all(one.score > 0 for one in store.common_words(nothing, 9))
    assert store.common_words("the zebra", 9) == []


def test_only_some_articles(store: Store) -> None:
    """Those that are not there are left out; none finds none."""
    store.put(built(APPLES, PEARS, PLUMS))
    asked = vector("ripen")
    everywhere = store.nearest(asked, 100)
    for only in (["pears"], ["pears", PLUMS.id, "pears"], {"apples", *NAMES}):
        expected = {one for one in everywhere if one.article in only}
        found = store.nearest(asked, 100, only)
        assert {(one.article, one.number) for one in found} == {(one.article, one.number) for one in expected}
        assert next(one.article for one in store.nearest(asked, 1, only)) in only
        words = store.common_words("ripen", 100, only)
        assert {one.article for one in words} == set(only) & {"apples", "pears", PLUMS.id}
        assert words == [one for one in store.common_words("ripen", 100) if one.article in only]
    for none in ([], NAMES):
        assert store.nearest(asked, 5, none) == []
        assert store.common_words("ripen", 5, none) == []


def test_what_cannot_be_asked_for(store: Store) -> None:
    """Fewer than one, a page before the first, another dimension: alike in each engine, with articles and without."""
    asked = vector("ripen")
    for articles in ((), (APPLES,)):
        if articles:
            store.put(built(*articles))
            with pytest.raises(ValueError, match=r"of the shape \(3,\) does not compare with those of"):
                store.nearest(asked[:3], 1)
        for k in (0, -1):
            with pytest.raises(ValueError, match=f"^{k} sentences are asked for"):
                store.nearest(asked, k)
            with pytest.raises(ValueError, match=f"^{k} sentences are asked for"):
                store.common_words("ripen", k)
            with pytest.raises(ValueError, match=f"^{k} articles after '' are asked for"):
                store.listed(limit=k)
        for name in NAMES:
            if name not in ("", "_"):
                with pytest.raises(ValueError, match=r"^5 articles after .* are asked for; it must .* after an id$"):
                    store.listed(name, 5)


def test_ties(store: Store) -> None:
    """Sentences with equal scores are all found, each once."""
    several = [
        Article(f"Number {number}\n\nThe same words.\n\nThe same words.", id=f"same_{number}") for number in range(9)
    ]
    store.put(built(*reversed(several)))
    for found in (store.nearest(vector("the same words"), 18), store.common_words("same words", 18)):
        assert {(one.article, one.number) for one in found} == {
            (one.id, number) for one in several for number in (1, 2)
        }
        assert [one.score for one in found] == pytest.approx([found[0].score] * 18, abs=1e-6)
    first = [("same_0", 1), ("same_0", 2), ("same_1", 1), ("same_1", 2), ("same_2", 1)]
    for found in (
        store.nearest(vector("the same words"), 5),
        store.nearest(vector("the same words"), 5, [one.id for one in several]),
        store.common_words("same words", 5),
    ):
        assert len(found) == 5
        # Milvus orders them as it likes
        assert type(store).__name__ == "MilvusStore" or [(one.article, one.number) for one in found] == first


def test_a_list(store: Store) -> None:
    """By id, in pages, of which each begins behind the one before, whatever came or went meanwhile."""
    assert (store.listed("apples"), store.named(["apples"], ["apples"])) == ([], [])
    store.put(built(PLUMS, PEARS, APPLES))
    listed = [Listed(one.id, one.title, one.version, len(built(one))) for one in (APPLES, PEARS, PLUMS)]
    listed.sort(key=lambda one: one.id)
    assert store.listed() == listed
    pages = [store.listed(limit=2), store.listed(listed[1].id, 2), store.listed(listed[2].id, 2)]
    assert pages == [listed[:2], listed[2:], []]
    store.remove([listed[1].id])
    assert store.listed(listed[1].id, 2) == listed[2:]
    assert store.listed("zz") == []
    assert store.counts(" ") == store.counts()


def test_articles_by_their_names(store: Store) -> None:
    """By ids, by versions, or both; each once, and what is none is left out."""
    store.put(built(PLUMS, PEARS, APPLES))
    apples, pears = (Listed(one.id, one.title, one.version, len(built(one))) for one in (APPLES, PEARS))
    assert store.named(["pears", "apples", "pears", *NAMES]) == [apples, pears]
    assert store.named([], [APPLES.version, "pears", *NAMES]) == [apples]
    assert store.named(["pears", APPLES.version], {APPLES.version, PEARS.version}) == [apples, pears]
    assert (store.named([]), store.named([APPLES.version, *NAMES])) == ([], [])
    check_names(store, [APPLES, Article("New."), Article("New pears.", id="pears")])
    with pytest.raises(InputError, match=rf"^{re.escape(store.address)} holds the text of new already.* id apples\."):
        check_names(store, [replace(APPLES, id="new")])


def test_titles(store: Store) -> None:
    """The same words find the same articles as in an index folder, in every store."""
    titles = ["Café Éclair", "The ﬁrst café (closed)", "Straße 東京", "Caf️e", "x" * 149 + "ﷺ", "ﷺ" * 150]
    articles = sorted(
        (Article(f"{title}\n\nText {place}.") for place, title in enumerate(titles)), key=lambda one: one.id
    )
    store.put(built(*articles))
    found = {}
    for words in ("CAFE", "café ecl", "closed first", "strasse", "東", "fe", "café tea", "x", "صلى", *NAMES):
        found[words] = [one.title for one in store.listed(words=words)]
        assert store.counts(words).articles == len(found[words])
        assert found[words] == [articles[place].title for place in titled([one.title for one in articles], words)]
    assert {words: len(found[words]) for words in ("CAFE", "closed first", "strasse", "fe", "%", "_", "a\0b")} == {
        "CAFE": 2, "closed first": 1, "strasse": 1, "fe": 0, "%": 6, "_": 0, "a\0b": 0
    }  # fmt: skip


def test_hostile_texts_and_ids(store: Store) -> None:
    """What is put is data, never a command, to the bit; what cannot be an id is not there."""
    hostile = [
        "A\0b is a nul. \0",
        "'; DROP TABLE sentences; -- \\ %s {} $1 :x",
        "\ufeffé e\u0301 \u202e 🙂\r\n\r\nlines\x85\x1c",
        "word" * 20_000,
        " ".join(f"w{number}" for number in range(3_000)),
        *HOSTILE,
    ]
    articles = [
        Article(text, f"https://example.com/?q='\"%00;--{place}", id=f"h{place}") for place, text in enumerate(hostile)
    ]
    store.put(built(*articles))
    same(store.fetch([one.id for one in articles]), built(*articles))
    assert store.counts().articles == len(articles)
    assert [one.title for one in store.listed()] == [one.title for one in sorted(articles, key=lambda one: one.id)]
    for name in NAMES:
        with pytest.raises(InputError, match=r"holds no article with the id"):
            store.fetch([name])


def test_another_encoder(store: Store) -> None:
    """Its vectors are refused, and nothing is put."""
    store.put(built(APPLES))
    with pytest.raises(InputError, match=r"was made with the encoder 'words' .*, not with 'other'.*--encoder words"):
        store.put(build_index([PEARS], OtherEncoder()))
    assert [one.id for one in store.listed()] == ["apples"]


def test_an_encoder_by_another_name(store: Store) -> None:
    """Its weights tell which one it is: an encoder in a folder has many names."""
    store.put(built(APPLES))
    pears = built(PEARS)
    pears.encoder_name = "./words"
    store.put(pears)
    assert store.mark == built(APPLES).mark
    assert [one.id for one in store.listed()] == ["apples", "pears"]


def test_two_connections(store: Store, opened: Opened) -> None:
    """What one writes, the other reads: the whole of it, or nothing."""
    other = opened.connect()
    versions = [
        built(replace(one, id="one"), replace(two, id="two")) for one, two in ((APPLES, PEARS), (PLUMS, APPLES))
    ]
    store.put(versions[0])
    same(other.fetch(["one", "two"]), versions[0])

    def write() -> None:
        for turn in range(6):
            store.put(versions[turn % 2])

    whole = [[one.digest for one in version.articles] for version in versions]
    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(write)
        while not writing.done():
            assert [one.digest for one in other.fetch(["one", "two"]).articles] in whole
            assert other.counts() in [Counts(2, len(version)) for version in versions]
        writing.result()
    same(other.fetch(["one", "two"]), versions[1])
    other.remove(["one"])
    assert [one.id for one in store.listed()] == ["two"]


def test_two_write_at_once(store: Store, opened: Opened) -> None:
    """No writing is lost, and of two that put the same article one is kept whole."""
    other = opened.connect()
    of = {
        one: [Article(f"Writer {one} wrote {turn}. It is here.", id=f"w{one}_{turn}") for turn in range(4)]
        for one in (1, 2)
    }
    shared = {one: Article(f"Shared, of writer {one}.\n\n" + "More. " * one, id="shared") for one in (1, 2)}

    def write(writer: Store, one: int) -> None:
        for article in of[one]:
            writer.put(built(article, shared[one]))

    with ThreadPoolExecutor(2) as threads:
        for work in [threads.submit(write, writer, one) for writer, one in ((store, 1), (other, 2))]:
            work.result()
    assert [one.id for one in other.listed()] == ["shared", *(one.id for who in (1, 2) for one in of[who])]
    kept = store.fetch(["shared"])
    same(kept, built(next(one for one in shared.values() if one.digest == kept.articles[0].digest)))
    assert store.counts().sentences == len(kept) + sum(len(built(one)) for who in (1, 2) for one in of[who])


ID = st.sampled_from(["a", "b", "c"])
STEPS = st.lists(
    st.tuples(st.just("put"), st.dictionaries(ID, st.integers(0, 3), min_size=1))
    | st.tuples(st.just("remove"), st.sets(ID, min_size=1))
    | st.tuples(st.just("optimise"), st.none()),
    max_size=6,
)


def test_a_store_is_a_dictionary(connection: Store) -> None:
    """Whatever was put and removed, what is left is what a dictionary would hold."""

    # a write takes Milvus longer
    @given(STEPS)
    @settings(max_examples=6 if "Milvus" in type(connection).__name__ else 15)
    def each(steps: list[tuple[str, object]]) -> None:
        _is_a_dictionary(connection, steps)

    each()


def _is_a_dictionary(connection: Store, steps: list[tuple[str, object]]) -> None:
    emptied(connection)
    kept: dict[str, Article] = {}
    for step, what in steps:
        if isinstance(what, dict):
            articles = [Article(f"Text {text} of {name}. " * (1 + text), id=name) for name, text in what.items()]
            connection.put(built(*articles))
            kept |= {one.id: one for one in articles}
        elif isinstance(what, set):
            assert connection.remove(what) == len(what & kept.keys()), step
            kept = {name: one for name, one in kept.items() if name not in what}
        else:
            connection.optimise()
        expected = sorted(kept)
        assert [one.id for one in connection.listed()] == expected
        assert {one.article for one in connection.nearest(vector("text of"), 100)} == set(kept)
        if kept:
            same(connection.fetch(expected), built(*(kept[name] for name in expected)))
            assert connection.counts() == Counts(len(kept), len(built(*kept.values())))


@pytest.mark.parametrize("address", ["postgre://u:secret@host/db", "ftp://u:secret@host/x.db", "a\0b", "a\0.db"])
def test_an_address_of_no_known_kind(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused without being shown, and no folder is made of it."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"is of no known kind\. Give a folder, postgresql://") as told:
        open_store(address, tokenised)
    assert "secret" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql:///pullquote", "postgresql:///pullquote"),
        ("postgresql://me:secret@host:5432/db?sslmode=require", "postgresql://me@host:5432/db?sslmode=require"),
        ("postgresql://host/db?password=secret&sslpassword=secret", "postgresql://host/db"),
        ("postgresql://%2Fvar%2Frun/db", "postgresql:///db?host=/var/run"),
        (
            "postgresql://a:1,b:2/db?target_session_attrs=any",
            "postgresql:///db?host=a,b&port=1,2&target_session_attrs=any",
        ),
        (
            "postgresql://m%40e:se%2Fcret@[::1]:5432/d%20b?options=-c%20a%3Db",
            "postgresql://m%40e@/d%20b?host=::1&port=5432&options=-c%20a%3Db",
        ),
    ],
)
def test_what_is_shown_of_postgresql(address: str, expected: str) -> None:
    """Never a password; with one from elsewhere, it leads to the same database."""
    _, shown = _read_address(address)
    assert shown == expected
    given = {name: value for name, value in conninfo_to_dict(address).items() if "password" not in name}
    assert conninfo_to_dict(shown) == given


def test_what_a_folder_holds_is_not_read_again(tmp_path: Path) -> None:
    """What was just written is known: it can be asked for even where its files are gone."""
    store = open_store(str(tmp_path), tokenised)
    store.put(built(APPLES))
    store.put(built(PEARS, PLUMS))
    store.remove(["pears"])
    for path in tmp_path.glob("*-*"):
        path.unlink()
    same(store.fetch(["apples", PLUMS.id]), built(APPLES, PLUMS))
    with pytest.raises(InputError, match="Run: pullquote index"):
        open_store(str(tmp_path), tokenised).counts()


def test_a_folder_within_a_file(tmp_path: Path) -> None:
    """It cannot be read, which is said."""
    (tmp_path / "story.txt").touch()
    store = open_store(str(tmp_path / "story.txt" / "x"), tokenised)
    with pytest.raises(InputError, match=r"^Cannot read .*story\.txt/x: Not a directory\. Give a folder"):
        store.counts()


def test_an_engine_whose_packages_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs them is told."""
    monkeypatch.delitem(sys.modules, "index.stores.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "pgvector", None)
    with pytest.raises(InputError, match=r"^This store needs pgvector\. Run: pip install 'pullquote\[postgres\]'$"):
        open_store("PostgreSQL://127.0.0.1/none", tokenised)
