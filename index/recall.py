"""How much the search of an index misses, by comparing it with the exact search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.store import SentenceIndex
from index.vectors import Vectors


def recall_of(index: SentenceIndex, queries: NDArray[np.float32], k: int) -> float:
    """Measure the recall of the search against exact search.

    :param index: The index. With up to `index.vectors.EXACT` sentences its search is exact, and the recall is 1.
    :param queries: float32 (n, dimension), unit rows: questions as the encoder encodes them, since the
        sentences themselves are found too easily.
    :param k: How many sentences are searched for.
    :return: The share of the k nearest sentences that the search finds, from 0 to 1: the mean of the queries.
    :raises ValueError: If there is no query or k is less than 1.
    """
    if not len(queries) or k < 1:
        raise ValueError(f"{len(queries)} queries and k = {k}: at least one of each is needed")
    return float(np.mean([_share(index, query, k) for query in queries]))


def _share(index: SentenceIndex, query: NDArray[np.float32], k: int) -> float:
    nearest = {row for row, _ in Vectors(index.sentence_vectors.exact).search(query, k)}
    return len(nearest & {row for row, _ in index.search(query, k)}) / len(nearest)
