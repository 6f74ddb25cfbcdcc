"""Four signals that tell how near a sentence is to a question, and the ways to make one ranking of them.

    0 cos(sentence)   1 cos(paragraph)   2 BM25(sentence)   3 BM25(paragraph)

Each BM25 is divided by its maximum for the question, among what is searched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SIGNALS = 4
WEIGHTS = (0.65, 0.26, 0.03, 0.06)
"""Fitted, with the default encoder, to rank the sentence that answers first (softmax over the sentences of an article,
questions about 17 articles that nothing was trained on; docs/tried.md has what else was tried)."""


class Fusion(Protocol):
    """Makes one score of the signals."""

    def scores(self, signals: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fuse signals.

        :param signals: float32 (4, n): the signals of n sentences, or of what holds them.
        :return: float32 (n,); higher is better.
        """


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """A weighted sum.

    >>> WeightedSum((1.0, 0.0, 0.5, 0.0)).scores(np.array([[0.5], [0.9], [1.0], [0.0]], dtype=np.float32))
    array([1.], dtype=float32)

    :param weights: Of the four signals.
    """

    weights: tuple[float, float, float, float]

    def scores(self, signals: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fuse signals."""
        fused: NDArray[np.float32] = np.asarray(self.weights, dtype=np.float32) @ signals
        return fused


@dataclass(frozen=True, slots=True)
class ReciprocalRank:
    """Reciprocal rank fusion (Cormack et al. 2009): the sum of 1 / (constant + rank) over rankings by one signal each.

    :param constant: 60 in the paper; a smaller one gives the first ranks more weight.
    :param signals: Numbers of the signals that rank; what has a signal of 0 or less is not in that ranking.
    """

    constant: float
    signals: tuple[int, ...]

    def scores(self, signals: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fuse signals."""
        fused = np.zeros(signals.shape[1], dtype=np.float32)
        for number in self.signals:
            of_signal = signals[number]
            ranks = np.empty(len(of_signal), dtype=np.float32)
            ranks[np.argsort(-of_signal, kind="stable")] = np.arange(1, len(of_signal) + 1)
            fused += np.where(of_signal > 0, 1 / (self.constant + ranks), 0)
        return fused


DEFAULT = WeightedSum(WEIGHTS)
FITTED = "fitted"
WINDOWED = "dense-window"
"""Ranks by the vector of a sentence with the ones before and after it, which an index has only if it was made so."""
FUSIONS: Mapping[str, Fusion] = MappingProxyType(
    {
        FITTED: DEFAULT,
        "dense": WeightedSum((1.0, 0.0, 0.0, 0.0)),
        "dense-paragraph": WeightedSum((0.0, 1.0, 0.0, 0.0)),
        WINDOWED: WeightedSum((1.0, 0.0, 0.0, 0.0)),
        "dense+paragraph": WeightedSum((0.4, 0.6, 0.0, 0.0)),
        "bm25": WeightedSum((0.0, 0.0, 1.0, 0.0)),
        "bm25-paragraph": WeightedSum((0.0, 0.0, 0.0, 1.0)),
        "hybrid": WeightedSum((0.7, 0.0, 0.3, 0.0)),
        "hybrid-bm25-paragraph": WeightedSum((0.8, 0.0, 0.0, 0.2)),
        "hybrid+paragraph": WeightedSum((0.32, 0.48, 0.2, 0.0)),
        "four-way": WeightedSum((0.36, 0.24, 0.2, 0.2)),
        "rrf60": ReciprocalRank(60, (0, 2)),
        "rrf10": ReciprocalRank(10, (0, 2)),
        "rrf60-bm25-paragraph": ReciprocalRank(60, (0, 3)),
        "rrf60-four": ReciprocalRank(60, (0, 1, 2, 3)),
        "rrf10-four": ReciprocalRank(10, (0, 1, 2, 3)),
    }
)
"""By name: what the retriever uses, vectors or words alone, both, with and without the paragraph, sums and ranks."""
