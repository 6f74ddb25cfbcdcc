"""BM25 over token ids: finds the passages nearest to a question, for negatives and for evaluation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from .tokens import IntArray

_K1, _B = 1.2, 0.75


def bm25_table(passages: Sequence[IntArray], vocabulary: int) -> torch.Tensor:
    """Return BM25 weights, float32 (vocabulary, n_passages): a question's scores are the sum of its rows."""
    n = len(passages)
    lengths = np.array([len(p) for p in passages], np.float32)
    mean = max(float(lengths.mean()), 1.0)
    table = np.zeros((vocabulary, n), np.float32)
    for i, passage in enumerate(passages):
        ids, counts = np.unique(passage, return_counts=True)
        norm = _K1 * (1 - _B + _B * lengths[i] / mean)
        table[ids, i] = counts * (_K1 + 1) / (counts + norm)
    seen = (table > 0).sum(1, keepdims=True)
    table *= np.log(1 + (n - seen + 0.5) / (seen + 0.5)).astype(np.float32)
    return torch.from_numpy(table)


def lexical_scores(questions: Sequence[IntArray], table: torch.Tensor) -> NDArray[np.float32]:
    """Score every passage for every question, float32 (n_questions, n_passages); higher is nearer."""
    unique = [np.unique(q) for q in questions]
    offsets = torch.from_numpy(np.cumsum([0] + [len(u) for u in unique])[:-1].astype(np.int64))
    flat = torch.from_numpy(np.concatenate(unique).astype(np.int64))
    scores: NDArray[np.float32] = torch.nn.functional.embedding_bag(flat, table, offsets, mode="sum").numpy()
    return scores
