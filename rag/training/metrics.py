"""Metrics on strings and ranks: SQuAD's F1 and exact match, area under the ROC curve."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np

_PUNCTUATION = frozenset(string.punctuation + "“”‘’")


def normalised(text: str) -> list[str]:
    """Words of `text` as SQuAD compares them: lower case, no punctuation, no articles."""
    bare = "".join(c for c in text.lower() if c not in _PUNCTUATION)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def token_f1(text: str, answers: Sequence[str]) -> float:
    """Return the best token F1 of `text` over `answers`, 0 to 1."""
    best, words = 0.0, normalised(text)
    for answer in answers:
        told = normalised(answer)
        shared = sum((Counter(words) & Counter(told)).values())
        if not words or not told:
            best = max(best, float(words == told))
        elif shared:
            best = max(best, 2 * shared / (len(words) + len(told)))
    return best


def exact(text: str, answers: Sequence[str]) -> float:
    """1 where `text` equals one of `answers` after normalisation, else 0."""
    return float(any(normalised(text) == normalised(answer) for answer in answers))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Chance that a positive scores above a negative, ties counted half; nan where one side is empty."""
    if not positive or not negative:
        return float("nan")
    p, n = np.asarray(positive)[:, None], np.sort(np.asarray(negative))
    below = np.searchsorted(n, p, side="left") + np.searchsorted(n, p, side="right")
    return float(below.mean() / (2 * len(n)))
