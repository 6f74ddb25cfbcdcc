"""What is counted of an index is kept: the same to the bit, whole or not at all, and never in the way of an answer."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from index.sentences import Sentence
from index.store import SentenceIndex
from index.vectors import flat, vectors
from rag.answer import Timings
from rag.answering.assistant import Assistant
from rag.answering.counts import FORMAT, LEAST, MOST, Counts, count, kept_counts
from rag.language.words import TOKENS
from rag.retrieval.retriever import Retriever
from tests.conftest import HOSTILE, ROOT, WordEncoder, last_words

TEXT = Article(
    "Prime Minister Ada Byron grew red apples in Kent.\nByron said that Guaidó likes pears. He likes plums, too.\n"
    "Comments are closed."
)
OTHER = Article("Green pears fall in Devon. Nobody picks them.")
ASKED = ["Where do red apples grow?", "did ada byron see guaido in Kent", "paers, plmus and Devno", "?", *HOSTILE]
FILES = [
    "digests.json",
    "names.json",
    "spelling.json",
    "sentences/data.csc.index.npy",
    "sentences/indices.csc.index.npy",
    "sentences/vocab.index.json",
    "paragraphs/indptr.csc.index.npy",
    "paragraphs/params.index.json",
]


@pytest.fixture
def index(encoder: WordEncoder) -> SentenceIndex:
    """Two articles, six sentences, four paragraphs."""
    return build_index([TEXT, OTHER], encoder)


def _entries(cache: Path) -> list[Path]:
    return sorted(path for path in (cache / "counts").iterdir() if path.suffix != ".lock")


def _assert_same(one: Counts, other: Counts, questions: Sequence[str]) -> None:
    for question in questions:
        for words, more in (
            (one.words.sentences, other.words.sentences),
            (one.words.paragraphs, other.words.paragraphs),
        ):
            scores, again = words.scores(question), more.scores(question)
            assert (scores.dtype, scores.tobytes()) == (again.dtype, again.tobytes())
        assert one.names.of(question) == other.names.of(question)
        correct, again_correct = (
            spelling.corrected(question, lambda _: False) for spelling in (one.spelling, other.spelling)
        )
        assert correct == again_correct
    # what no question here asks for, and the order that breaks ties
    assert list(one.names._kinds.items()) == list(other.names._kinds.items())
    assert list(one.names._forms.items()) == list(other.names._forms.items())
    assert one.names._common == other.names._common
    assert list(one.spelling._forms.items()) == list(other.spelling._forms.items())
    assert one.spelling._stems == other.spelling._stems


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.text("abé B.\nK ’İΣ½", min_size=1, max_size=60).filter(lambda text: bool(text.strip())),
        min_size=1,
        max_size=4,
    ),
    st.text("abé BkıΣ", max_size=20),
)
def test_kept_counts_are_those_that_counting_gives(texts: list[str], question: str) -> None:
    """Whatever the articles and the question, also without a single word: every score has the same bits."""
    index = build_index([Article(text) for text in texts], WordEncoder())
    counted = count(index)
    with tempfile.TemporaryDirectory() as cache:
        _assert_same(counted, kept_counts(index, Path(cache), 0), [question, *texts])
        assert len(_entries(Path(cache))) == 1
        _assert_same(counted, kept_counts(index, Path(cache), 0), [question, *texts])


def test_what_was_kept_is_mapped_not_counted(
    tmp_path: Path, index: SentenceIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time no text of a sentence is made, and the arrays stay in their files."""
    counted = kept_counts(index, tmp_path, 0)
    monkeypatch.delattr("rag.answering.counts.count")
    monkeypatch.delattr(SentenceIndex, "text")
    found = kept_counts(index, tmp_path, 0)
    _assert_same(counted, found, ASKED)
    for words in (found.words.sentences, found.words.paragraphs):
        assert words._ranking
        assert all(isinstance(words._ranking.scores[name], np.memmap) for name in ("data", "indices", "indptr"))


def test_a_small_index_is_counted_without_a_file(tmp_path: Path, index: SentenceIndex) -> None:
    """Up to the size from which it is worth it."""
    _assert_same(kept_counts(index, tmp_path), count(index), ASKED)
    _assert_same(kept_counts(index, tmp_path, len(index) + 1), count(index), ASKED)
    assert list(tmp_path.iterdir()) == []
    kept_counts(index, tmp_path, len(index))
    assert len(_entries(tmp_path)) == 1
    assert LEAST == 10_000


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["flipped", "cut", "gone"])
def test_what_is_damaged_is_counted_anew(tmp_path: Path, index: SentenceIndex, name: str, damage: str) -> None:
    """A byte, a half or a whole file: what is found is as it was, and the next start reads it."""
    counted = kept_counts(index, tmp_path, 0)
    (entry,) = _entries(tmp_path)
    sizes = {path: path.stat().st_size for path in entry.rglob("*.*")}
    path = entry / name
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if damage == "cut" else data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
    _assert_same(counted, kept_counts(index, tmp_path, 0), ASKED)
    assert _entries(tmp_path) == [entry]
    assert {path: path.stat().st_size for path in entry.rglob("*.*")} == sizes
    made = (entry / "digests.json").stat().st_mtime_ns
    _assert_same(counted, kept_counts(index, tmp_path, 0), ASKED)
    assert (entry / "digests.json").stat().st_mtime_ns == made


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Return what pickle is to call."""
        return os.mkdir, (str(self.path),)


def test_nothing_is_unpickled(tmp_path: Path, index: SentenceIndex) -> None:
    """An array that holds a pickle and has the right digest is not opened."""
    counted = kept_counts(index, tmp_path, 0)
    (entry,) = _entries(tmp_path)
    name = "sentences/data.csc.index.npy"
    np.save(entry / name, np.array([Trap(tmp_path / "sprung")], dtype=object), allow_pickle=True)
    digests = json.loads((entry / "digests.json").read_bytes())
    digests[name] = hashlib.sha256((entry / name).read_bytes()).hexdigest()
    (entry / "digests.json").write_text(json.dumps(digests), encoding="utf-8")
    _assert_same(counted, kept_counts(index, tmp_path, 0), ASKED)
    assert not (tmp_path / "sprung").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
import index.kept
import rag.answering.counts
from tests.conftest import WordEncoder
from tests.unit.answering.test_counts import OTHER, TEXT, build_index
index.kept.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
rag.answering.counts.kept_counts(build_index([TEXT, OTHER], WordEncoder()), Path(sys.argv[1]), 0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_process_that_is_killed_leaves_nothing_half_made(tmp_path: Path, index: SentenceIndex) -> None:
    """Before the rename nothing has the name, and the next that counts clears up what the killed one left."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -9
    (left,) = _entries(tmp_path)
    assert left.name.startswith(".")
    _assert_same(kept_counts(index, tmp_path, 0), count(index), ASKED)
    (entry,) = _entries(tmp_path)
    assert left.name.startswith(f".{entry.name}-")


def test_an_interruption_leaves_nothing(tmp_path: Path, index: SentenceIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the counts are written."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rag.language.spelling.Spelling.save", interrupt)
    with pytest.raises(KeyboardInterrupt):
        kept_counts(index, tmp_path, 0)
    assert _entries(tmp_path) == []


def _cut(*sentences: Sentence) -> SentenceIndex:
    encoder = WordEncoder()
    paragraphs = 1 + max(sentence.paragraph for sentence in sentences)
    rows = encoder.encode([OTHER.text[one.start : one.end] for one in sentences])
    return SentenceIndex([OTHER], [sentences], vectors(rows), flat(rows[:paragraphs]), encoder)


def test_other_boundaries_are_another_entry(tmp_path: Path) -> None:
    """The same article cut elsewhere, put into other paragraphs, or not cut."""
    end = len(OTHER.text)
    cuts = [
        _cut(Sentence(0, 26, 0, False), Sentence(27, end, 0, False)),
        _cut(Sentence(0, 26, 0, False), Sentence(27, end, 1, False)),
        _cut(Sentence(0, 11, 0, False), Sentence(12, end, 0, False)),
        _cut(Sentence(0, end, 0, False)),
    ]
    for cut in [*cuts, *cuts]:
        _assert_same(kept_counts(cut, tmp_path, 0), count(cut), ["pears in Devon", "picks"])
    assert len(_entries(tmp_path)) == len(cuts) == MOST


def test_other_articles_and_orders_are_other_entries(tmp_path: Path, encoder: WordEncoder) -> None:
    """A row means another sentence then."""
    for articles in ([TEXT, OTHER], [OTHER, TEXT], [TEXT]):
        built = build_index(articles, encoder)
        _assert_same(kept_counts(built, tmp_path, 0), count(built), ASKED)
    assert len(_entries(tmp_path)) == 3


def test_another_way_to_count_is_another_entry(
    tmp_path: Path, index: SentenceIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another bm25s, another stemmer, another Python's Unicode, another format here."""
    kept_counts(index, tmp_path, 0)
    assert all(part in TOKENS for part in ("bm25s 0.", "stemmer 3.", "unicode 1"))
    monkeypatch.setattr("rag.answering.counts.TOKENS", TOKENS.replace("bm25s 0.", "bm25s 9."))
    kept_counts(index, tmp_path, 0)
    monkeypatch.setattr("rag.answering.counts.FORMAT", FORMAT + 1)
    kept_counts(index, tmp_path, 0)
    assert len(_entries(tmp_path)) == 3


def test_the_format_tells_how_names_and_spelling_are_counted(tmp_path: Path, seed: Article) -> None:
    """Whoever counts them otherwise raises `FORMAT`, so that no one is given what the old way counted."""
    kept_counts(build_index([seed], WordEncoder()), tmp_path, 0)
    (entry,) = _entries(tmp_path)
    found = hashlib.sha256(b"".join((entry / name).read_bytes() for name in ("names.json", "spelling.json")))
    assert (FORMAT, found.hexdigest()[:16]) == (2, "c687f84b8650af3a")


def test_the_entries_used_last_stay(tmp_path: Path, encoder: WordEncoder) -> None:
    """Each article that comes to an index makes another index, and the disk does not fill with them."""
    built = [build_index([Article(f"Sentence {word}.")], encoder) for word in ("one", "two", "three", "four", "five")]
    names: list[Path] = []
    for age, one in enumerate(built[:MOST]):
        kept_counts(one, tmp_path, 0)
        (new,) = set(_entries(tmp_path)) - set(names)
        os.utime(new, (age, age))
        names.append(new)
    kept_counts(built[0], tmp_path, 0)
    kept_counts(built[MOST], tmp_path, 0)
    left = _entries(tmp_path)
    assert len(left) == MOST
    assert set(names) - set(left) == {names[1]}


@pytest.mark.parametrize("obstacle", ["", "counts"])
def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path, index: SentenceIndex, obstacle: str) -> None:
    """Where a folder should be, there is a file."""
    cache = tmp_path / "cache"
    if obstacle:
        cache.mkdir()
    (cache / obstacle).write_text("mine")
    _assert_same(kept_counts(index, cache, 0), count(index), ASKED)
    assert (cache / obstacle).read_text() == "mine"


def test_an_entry_that_cannot_be_put_in_its_place_is_no_obstacle(tmp_path: Path, index: SentenceIndex) -> None:
    """Nor is a disk that fills half way: what was begun is gone, and the answer is the same."""
    kept_counts(index, tmp_path, 0)
    (entry,) = _entries(tmp_path)
    shutil.rmtree(entry)
    entry.write_text("in the way")
    _assert_same(kept_counts(index, tmp_path, 0), count(index), ASKED)
    assert _entries(tmp_path) == [entry]
    assert entry.read_text() == "in the way"


def test_who_reads_needs_no_lock(tmp_path: Path, index: SentenceIndex) -> None:
    """So a cache that is only to be read is read."""
    counted = kept_counts(index, tmp_path, 0)
    (entry,) = _entries(tmp_path)
    with FileLock(entry.with_suffix(".lock")):
        _assert_same(counted, kept_counts(index, tmp_path, 0), ASKED)


def test_two_at_once_count_once(tmp_path: Path, index: SentenceIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits and reads what the first has kept."""
    counted = []

    def counting(of: SentenceIndex) -> Counts:
        counted.append(count(of))
        return counted[-1]

    monkeypatch.setattr("rag.answering.counts.count", counting)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda _: kept_counts(index, tmp_path, 0), range(2))
    assert len(counted) == 1
    _assert_same(one, other, ASKED)


def test_answers_are_the_same_with_kept_counts(
    tmp_path: Path, index: SentenceIndex, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of an answer but its timings, and every signal of the retriever."""
    kept_counts(index, tmp_path, 0)
    kept = kept_counts(index, tmp_path, 0)
    monkeypatch.setattr("rag.answering.edition.kept_counts", partial(kept_counts, least=0))
    assistants = [Assistant(index, encoder, last_words(), 0.5, cache=cache) for cache in (None, tmp_path)]
    for question in ["Where do red aples grow?", "Who likes pears?", "hello", "Where does ada byron live?"]:
        one, other = (replace(one.ask(question), timings_ms=Timings(0, 0, 0)) for one in assistants)
        assert one == other
    without, with_kept = (Retriever(index, encoder, words=words).signals("red pears") for words in (None, kept.words))
    assert without.tobytes() == with_kept.tobytes()
