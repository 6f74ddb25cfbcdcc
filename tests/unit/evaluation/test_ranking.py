"""Measures of rankings, worked out by hand, and fusion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from rag.evaluation.ranking import CUT, Level, grades_of, rank, ranking_values
from rag.retrieval.fusion import DEFAULT, FUSIONS, ReciprocalRank, WeightedSum
from rag.retrieval.retriever import Retriever, SentenceHits
from tests.conftest import WordEncoder

ONE = Article("Red apples grow in Kent. They ripen late.\n\nGreen pears fall in Devon.")
TWO = Article("Blue plums rot here.\n\nComments are closed.\n\nPlums again.")


def test_measures_worked_by_hand() -> None:
    """Right are 2, 4 and 9; found at ranks 1 and 4."""
    values = ranking_values({Level.SENTENCE: [4, 7, 8, 2, 5]}, {Level.SENTENCE: {2: 1, 4: 1, 9: 1}})
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    expected = {
        **{"recall@1": 1 / 3, "recall@3": 1 / 3, "recall@5": 2 / 3, "recall@10": 2 / 3},
        **{"hit@1": 1.0, "hit@3": 1.0, "hit@5": 1.0, "hit@10": 1.0},
        **{"mrr": 1.0, "ndcg@10": (1 + 1 / math.log2(5)) / ideal, "map": (1 / 1 + 2 / 4) / 3},
    }
    assert values == pytest.approx(expected)


def test_a_grade_counts_as_gain() -> None:
    """The better of two articles is ranked second: (1 + 3 / log2 3) / (3 + 1 / log2 3)."""
    values = ranking_values({Level.ARTICLE: [0, 1]}, {Level.ARTICLE: {0: 1, 1: 3}})
    assert values["article.ndcg@10"] == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_nothing_found_is_nothing_right() -> None:
    """A ranking without an entry has the value 0 in every measure, and levels do not disturb each other."""
    values = ranking_values(
        {Level.SENTENCE: [], Level.PARAGRAPH: [1]}, {Level.SENTENCE: {1: 1}, Level.PARAGRAPH: {1: 1}}
    )
    assert {value for name, value in values.items() if not name.startswith("paragraph.")} == {0.0}
    assert {value for name, value in values.items() if name.startswith("paragraph.")} == {1.0}
    assert ranking_values({Level.SENTENCE: []}, {Level.SENTENCE: {1: 1}})["mrr"] == 0.0
    assert ranking_values({Level.SENTENCE: [1]}, {}) == {}


@given(st.permutations(range(12)), st.sets(st.integers(0, 15), min_size=1, max_size=4))
def test_recall_and_reciprocal_rank_by_their_definitions(ranking: list[int], right: set[int]) -> None:
    """The order that is given is the order that is measured, ties or not."""
    values = ranking_values({Level.SENTENCE: ranking}, {Level.SENTENCE: dict.fromkeys(right, 1)})
    for k in (1, 3, 5, 10):
        assert values[f"recall@{k}"] == pytest.approx(len(right & set(ranking[:k])) / len(right))
        assert values[f"hit@{k}"] == float(bool(right & set(ranking[:k])))
    first = next((place for place, number in enumerate(ranking[:10], start=1) if number in right), None)
    assert values["mrr"] == pytest.approx(1 / first if first else 0.0)


def test_levels_know_what_is_right() -> None:
    """A right sentence makes its paragraph and its article right; grades of articles count as they are."""
    index = build_index([ONE, TWO], WordEncoder())
    assert grades_of([1, 2], {}, index) == {
        Level.SENTENCE: {1: 1, 2: 1},
        Level.PARAGRAPH: {0: 1, 1: 1},
        Level.ARTICLE: {0: 1},
    }
    assert grades_of([], {TWO.id: 2}, index) == {Level.ARTICLE: {1: 2}}
    assert Level.ARTICLE not in grades_of([0], {}, build_index([ONE], WordEncoder()))


def test_what_holds_sentences_has_the_highest_of_each_signal() -> None:
    """Paragraph 0 has the best vector in one sentence and the best words in another; boilerplate is not there."""
    index = build_index([ONE, TWO], WordEncoder())
    rows = (0, 1, 2, 3, 5)
    signals = np.array([[0.9, 0.1, 0.8, 0.2, 0.3], [0] * 5, [0.0, 0.6, 0.5, 0.4, 1.0], [0] * 5], dtype=np.float32)
    found = SentenceHits(rows, signals)
    both = WeightedSum((1.0, 0.0, 1.0, 0.0))
    assert rank(Level.SENTENCE, found, index, both) == [2, 5, 0, 1, 3]
    assert rank(Level.PARAGRAPH, found, index, both) == [0, 1, 4, 2]
    assert rank(Level.ARTICLE, found, index, both) == [0, 1]
    assert rank(Level.SENTENCE, SentenceHits((), np.zeros((4, 0), dtype=np.float32)), index, both) == []


def test_a_ranking_is_cut() -> None:
    """At a hundred."""
    index = build_index([Article(" ".join(f"Word number {n} stands here." for n in range(150)))], WordEncoder())
    found = Retriever(index, WordEncoder()).sentence_hits("word number 7", depth=len(index))
    assert len(found.rows) == 150
    assert len(rank(Level.SENTENCE, found, index, DEFAULT)) == CUT


def test_reciprocal_ranks_add_up() -> None:
    """Ranks 1, 2 by the first signal and 2, 1 by the third; what has no word in common is not in that ranking."""
    signals = np.array([[0.9, 0.5, 0.1], [0, 0, 0], [0.5, 1.0, 0.0], [0, 0, 0]], dtype=np.float32)
    fused = ReciprocalRank(60, (0, 2)).scores(signals)
    assert fused.tolist() == pytest.approx([1 / 61 + 1 / 62, 1 / 62 + 1 / 61, 1 / 63])


@pytest.mark.parametrize("name", FUSIONS)
def test_each_way_finds_a_sentence_by_its_own_words(name: str) -> None:
    """Asked with its words a sentence's paragraph is first, whatever ranks."""
    encoder = WordEncoder()
    index = build_index([ONE, TWO], encoder)
    found = Retriever(index, encoder).sentence_hits("Green pears fall in Devon", depth=len(index))
    assert rank(Level.PARAGRAPH, found, index, FUSIONS[name])[0] == 1
    assert Retriever(index, encoder, FUSIONS[name]).hits("Green pears fall in Devon")[0].row == 2
