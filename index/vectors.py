"""Unit vectors in rows and the search among them: all are compared while they are few, some when they are many.

The rule: up to `EXACT` rows a search compares all of them. Beyond, an inverted file with product quantisation (Jégou,
Douze and Schmid, Product Quantization for Nearest Neighbor Search, 2011) proposes rows: `4 √rows` cells, of which the
nearest quarter is looked into, and a byte for every four dimensions. It proposes 32 rows for each one wanted, at
least 1,600, and their exact vectors choose among them. So a score is exact at any size; what may happen is that a row
is missed.

HNSW (Malkov and Yashunin 2018) is quicker at the same recall, but in faiss no row can be removed from it, and it reads
the exact vectors in an order that suits no disk.
"""

from __future__ import annotations

from math import isqrt
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

EXACT = 50_000
"""Rows that are compared in about 10 ms (384 dimensions, two cores)."""
_PROPOSED = 32
"""Rows proposed for each one wanted. Of a million rows made by rule (`tests/benchmarks/growth.py`), 4 keep 79 of the
100 nearest, 16 keep 96, and 32 keep 98, for two milliseconds more."""
_LEAST = 1600
_CELLS = 4
_PROBED = 4
"""One cell of so many is looked into: of the same million rows that keeps 97 % of the 10 nearest, where an eighth
keeps 94 % and a third 98 %; the time goes with it. Of 40,000 real sentences (encyclopaedias, reviews, forums) it keeps
98 % of the 10 nearest and 97 % of the 100 nearest."""
_SAMPLE = 64
"""Rows for each cell that the cells are found with."""
_OUTGROWN = 1.5
"""Cells are found anew when there should be so many times as many or as few."""


class Vectors:
    """Unit vectors, searched by the rule above.

    :param exact: The vectors; they may lie in a file.
    :param cells: Proposes rows of `exact`, numbered alike. Without it all rows are compared.
    """

    def __init__(self, exact: faiss.IndexFlatIP, cells: faiss.IndexIVFPQ | None = None) -> None:
        self.exact = exact
        self.cells = cells

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.exact.ntotal)

    def search(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Find the rows most similar to a vector.

        :param vector: float32 (dimension,), unit length.
        :param k: How many; more than there are gives all.
        :return: (row, cosine similarity) pairs, most similar first.
        """
        if self.cells is not None and k * _PROPOSED * _PROBED <= len(self):
            return self._proposed(vector, k)
        scores, rows = self.exact.search(vector[np.newaxis], min(k, len(self)))
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True)]

    def _proposed(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        cells: Any = self.cells
        parameters: Any = faiss.SearchParametersIVF(nprobe=-(-cells.nlist // _PROBED))  # type: ignore[call-arg]
        _, proposed = cells.search(vector[np.newaxis], max(k * _PROPOSED, _LEAST), params=parameters)
        # ascending, so that the file is read in order and equal scores keep the order of rows
        rows = np.sort(proposed[0][proposed[0] >= 0])
        scores = rows_of(self.exact, rows) @ vector
        return [(int(rows[place]), float(scores[place])) for place in np.argsort(-scores, kind="stable")[:k]]

    def joined(self, more: Vectors) -> Vectors:
        """Return these rows and after them those of `more`; neither is changed."""
        exact = flat(rows_of(self.exact), rows_of(more.exact))
        if self.cells is None or not _fits(self.cells, exact.ntotal):
            return Vectors(exact, _cells(exact))
        cells: Any = faiss.clone_index(self.cells)
        cells.add(rows_of(more.exact))
        return Vectors(exact, cells)

    def kept(self, rows: NDArray[np.int64]) -> Vectors:
        """Return chosen rows, numbered anew from 0; these here are not changed.

        :param rows: Ascending.
        """
        exact = flat(rows_of(self.exact, rows))
        if self.cells is None or not _fits(self.cells, len(rows)):
            return Vectors(exact, _cells(exact))
        cells: Any = faiss.clone_index(self.cells)
        number = np.full(len(self), -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        cells.remove_ids(np.flatnonzero(number < 0))
        for cell in range(cells.nlist):
            if size := cells.invlists.list_size(cell):
                inside = faiss.rev_swig_ptr(cells.invlists.get_ids(cell), size)
                inside[:] = number[inside]
        return Vectors(exact, cells)


def vectors(rows: NDArray[np.float32]) -> Vectors:
    """Make rows searchable.

    :param rows: float32 (n, dimension), unit rows; they are copied.
    :return: They; the cells, if there are many rows, are the same each time.
    """
    exact = flat(rows)
    return Vectors(exact, _cells(exact))


def flat(*blocks: NDArray[np.float32]) -> faiss.IndexFlatIP:
    """Return blocks of rows, each after the one before, as faiss stores them.

    :param blocks: float32 (n, dimension) each.
    """
    stored = faiss.IndexFlatIP(blocks[0].shape[1])
    for block in blocks:
        stored.add(block)
    return stored


def rows_of(stored: faiss.IndexFlatIP, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
    """Return a copy of chosen rows, by default of all.

    :return: float32 (n, dimension).
    """
    found: NDArray[np.float32] = (
        stored.reconstruct_n(0, stored.ntotal) if rows is None else stored.reconstruct_batch(rows)
    )
    return found


def _fits(cells: faiss.IndexIVFPQ, rows: int) -> bool:
    """Tell whether these cells are still right for so many rows."""
    return rows > EXACT and bool(cells.nlist / _OUTGROWN <= _CELLS * isqrt(rows) <= cells.nlist * _OUTGROWN)


def _cells(exact: faiss.IndexFlatIP) -> faiss.IndexIVFPQ | None:
    size, dimension = exact.ntotal, exact.d
    if size <= EXACT:
        return None
    count = _CELLS * isqrt(size)
    parts = max(part for part in range(1, dimension // 4 + 1) if dimension % part == 0)
    # made by hand: the same by faiss.index_factory spends ten times as long on an order of codes that is not used here
    cells: Any = faiss.IndexIVFPQ(faiss.IndexFlatIP(dimension), dimension, count, parts, 8, faiss.METRIC_INNER_PRODUCT)
    sample = np.sort(np.random.default_rng(0).permutation(size)[: _SAMPLE * count])
    cells.train(rows_of(exact, sample))
    for first in range(0, size, 1 << 16):
        cells.add(exact.reconstruct_n(first, min(1 << 16, size - first)))
    return cells  # type: ignore[no-any-return]
