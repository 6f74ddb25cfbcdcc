"""Fitting the retriever's weights: the signal that tells the answer is found."""

from __future__ import annotations

import numpy as np
import pytest

from index.article import Article
from rag.retrieval.fusion import WEIGHTS
from rag.training.pipeline.questions import Asked
from rag.training.pipeline.retrieval import Ranking, fit, rankings, recall
from rag.training.records import Span
from tests.conftest import WordEncoder


def _rankings(telling: int) -> list[Ranking]:
    """Two hundred questions about five sentences; only one signal is higher where the answer is."""
    rng = np.random.default_rng(0)
    ranked = []
    for _ in range(200):
        signals = rng.random((4, 5), dtype=np.float32) * np.float32(0.5)
        gold = np.arange(5) == rng.integers(5)
        signals[telling, gold] += 0.4
        ranked.append(Ranking("t", signals, gold))
    return ranked


@pytest.mark.parametrize("telling", range(4))
def test_the_telling_signal_gets_the_weight(telling: int) -> None:
    """The others get little, and recall is better than with even weights."""
    ranked = _rankings(telling)
    weights = fit(ranked)
    assert weights.sum() == pytest.approx(1)
    assert np.argmax(weights) == telling
    assert weights[telling] > 0.8
    even = np.full(4, 0.25, dtype=np.float32)
    assert recall(ranked, weights)["recall@1"] > recall(ranked, even)["recall@1"] + 0.2


def test_recall_counts_the_first_right_sentence() -> None:
    """Its rank is 0 for one question and 2 for the other."""
    signals = np.zeros((4, 4), dtype=np.float32)
    signals[0] = [0.9, 0.5, 0.4, 0.1]
    ranked = [Ranking("t", signals, np.array(gold)) for gold in ([1, 0, 0, 1], [0, 0, 1, 0])]
    ranked = [Ranking(r.source, r.signals, r.gold.astype(bool)) for r in ranked]
    only_first = np.array([1, 0, 0, 0], dtype=np.float32)
    assert recall(ranked, only_first) == {"recall@1": 0.5, "recall@3": 1.0, "recall@5": 1.0, "recall@10": 1.0}


def test_the_gold_sentence_is_where_the_span_lies() -> None:
    """A question without an answer is left out."""
    article = Article("Red apples grow in Kent. They ripen late.\n\nGreen pears fall in Devon.")
    questions = [
        Asked("s", "When do apples ripen?", (Span(36, 40),)),
        Asked("s", "Where do pears fall?", (Span(63, 68),)),
        Asked("s", "Why?", ()),
    ]
    first, second = rankings([(article, questions)], WordEncoder())
    assert first.gold.tolist() == [False, True, False]
    assert second.gold.tolist() == [False, False, True]
    assert second.signals.shape == (4, 3)
    assert int(np.argmax(np.array(WEIGHTS) @ second.signals)) == 2
