"""Searching vectors: exactly while they are few; beyond, exact scores of nearly all that are near."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import vectors as rule
from index.article import Article
from index.recall import recall_of
from index.sentences import Sentence
from index.store import EncoderMark, SentenceIndex
from index.vectors import Vectors, flat, rows_of, vectors

DIMENSION = 32
MANY = 3000


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float32]:
    """Unit vectors about sixty centres."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((60, DIMENSION), dtype=np.float32)
    near = centres[random.integers(0, 60, MANY)] + 0.7 * random.standard_normal((MANY, DIMENSION), dtype=np.float32)
    unit: NDArray[np.float32] = near / np.linalg.norm(near, axis=1, keepdims=True)
    return unit


@pytest.fixture(scope="module")
def many(rows: NDArray[np.float32]) -> Iterator[Vectors]:
    """The same, where a thousand rows count as many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule, "EXACT", 1000)
        yield vectors(rows)


def _nearest(rows: NDArray[np.float32], vector: NDArray[np.float32], k: int) -> list[int]:
    return [int(row) for row in np.argsort(-(rows @ vector), kind="stable")[:k]]


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_few_rows_are_searched_exactly(size: int, k: int, seed: int) -> None:
    """The search is the sorted list of all similarities."""
    few = np.random.default_rng(seed).standard_normal((size, 8), dtype=np.float32)
    few /= np.linalg.norm(few, axis=1, keepdims=True)
    found = vectors(few).search(few[0], k)
    assert vectors(few).cells is None
    assert [row for row, _ in found] == _nearest(few, few[0], k)
    assert [score for _, score in found] == pytest.approx(sorted((few @ few[0]).tolist())[::-1][:k], abs=1e-6)


def test_many_rows_have_cells(many: Vectors, rows: NDArray[np.float32]) -> None:
    """Four times the square root of them, and a byte for every four dimensions."""
    assert many.cells is not None
    assert (many.cells.nlist, many.cells.pq.M, len(many)) == (4 * 54, DIMENSION // 4, MANY)
    assert np.array_equal(rows_of(many.exact), rows)


def test_the_scores_of_many_are_exact(many: Vectors, rows: NDArray[np.float32]) -> None:
    """A row may be missed, but what is found has its own cosine, the best first, each once."""
    for row in range(0, MANY, 300):
        found = many.search(rows[row], 10)
        assert found[0][0] == row
        assert found[0][1] == pytest.approx(1, abs=1e-5)
        assert [score for _, score in found] == pytest.approx([rows[at] @ rows[row] for at, _ in found], abs=1e-5)
        assert found == sorted(found, key=lambda pair: -pair[1])
        assert len(dict(found)) == 10


def test_a_large_part_of_many_is_searched_exactly(many: Vectors, rows: NDArray[np.float32]) -> None:
    """Who wants all gets all, though the cells would propose some."""
    assert [row for row, _ in many.search(rows[5], MANY + 9)] == _nearest(rows, rows[5], MANY)


def test_joined_rows_are_found(many: Vectors, rows: NDArray[np.float32]) -> None:
    """Rows that come later are numbered on, the cells stay, and neither part is changed."""
    more = vectors(rows[:500] @ np.roll(np.eye(DIMENSION, dtype=np.float32), 1, axis=0))
    joined = many.joined(more)
    assert (len(joined), len(many), len(more)) == (MANY + 500, MANY, 500)
    assert joined.cells is not None
    assert (joined.cells.nlist, joined.cells.ntotal) == (many.cells.nlist if many.cells else 0, MANY + 500)
    assert joined.search(rows_of(more.exact)[321], 1)[0][0] == MANY + 321
    assert joined.search(rows[321], 1)[0][0] == 321


def test_kept_rows_are_found_by_their_new_numbers(many: Vectors, rows: NDArray[np.float32]) -> None:
    """What is removed is never found; the rest move up and keep their cells."""
    kept = np.flatnonzero(np.arange(MANY) % 10 != 3)
    left = many.kept(kept)
    assert left.cells is not None
    assert (len(left), left.cells.ntotal, left.cells.nlist) == (2700, 2700, many.cells.nlist if many.cells else 0)
    assert np.array_equal(rows_of(left.exact), rows[kept])
    for place in range(0, 2700, 100):
        found = left.search(rows[kept[place]], 5)
        assert found[0][0] == place
        assert [score for _, score in found] == pytest.approx([rows[kept[at]] @ rows[kept[place]] for at, _ in found])
    assert len(many) == MANY
    assert many.search(rows[3], 1)[0][0] == 3


def test_cells_come_and_go_with_the_size(many: Vectors, rows: NDArray[np.float32]) -> None:
    """Above the size they are made, far above they are made anew, below it they are dropped."""
    few = vectors(rows[:900])
    assert few.cells is None
    grown = few.joined(vectors(rows[900:1100]))
    assert grown.cells is not None
    assert grown.cells.nlist == 4 * 33
    again = grown.joined(vectors(rows[1100:]))
    assert again.cells is not None
    assert again.cells.nlist == 4 * 54
    assert many.kept(np.arange(1000)).cells is None
    assert np.array_equal(rows_of(again.exact), rows)


def test_the_cells_are_the_same_each_time(many: Vectors, rows: NDArray[np.float32]) -> None:
    """Two builds search alike."""
    again = vectors(rows)
    assert all(again.search(rows[row], 20) == many.search(rows[row], 20) for row in range(0, MANY, 500))


def test_recall_is_the_share_found(many: Vectors, rows: NDArray[np.float32]) -> None:
    """1 for an exact search, the share that the cells propose for another, and 0 where they propose nothing near."""
    queries = rows[:50]
    assert recall_of(_index(vectors(rows[:500])), queries, 10) == 1
    shares = [
        len({row for row, _ in many.search(query, 10)} & set(_nearest(rows, query, 10))) / 10 for query in queries
    ]
    assert recall_of(_index(many), queries, 10) == pytest.approx(float(np.mean(shares)))
    assert 0.9 < float(np.mean(shares)) <= 1
    opposite = vectors(-rows)
    assert recall_of(_index(Vectors(many.exact, opposite.cells)), queries, 10) < 0.1


def test_recall_of_nothing_is_refused(rows: NDArray[np.float32]) -> None:
    """A mean of no query is no number."""
    with pytest.raises(ValueError, match="0 queries and k = 10: at least one of each is needed"):
        recall_of(_index(vectors(rows[:5])), rows[:0], 10)


def _index(stored: Vectors) -> SentenceIndex:
    """An article with a sentence for each row."""
    sentences = [[Sentence(0, 1, 0, boilerplate=False)] * len(stored)]
    return SentenceIndex(
        [Article("a")], sentences, stored, flat(rows_of(stored.exact)[:1]), EncoderMark("words", "0", DIMENSION)
    )
