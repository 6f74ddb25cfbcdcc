"""Measures of answers: pure functions on strings, intervals and scores."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Normalise as the SQuAD script does: lower case, no ASCII punctuation, no articles, single spaces.

    Rajpurkar et al. 2016, arXiv 1606.05250, evaluate-v1.1.py.

    >>> normalised("The 'clear  instructions'.")
    'clear instructions'
    """
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """Return 1.0 if the prediction equals an answer after normalising, else 0.0.

    >>> exact_match("the Soviet Union", ["Soviet Union."])
    1.0
    """
    return float(any(normalised(prediction) == normalised(answer) for answer in answers))


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """Return the best harmonic mean of token precision and recall over the answers (SQuAD F1).

    >>> token_f1("Prime Minister", ["Deputy Prime Minister", "Borisov"])  # precision 1, recall 2/3
    0.8
    """
    return max((_f1(normalised(prediction).split(), normalised(answer).split()) for answer in answers), default=0.0)


def covers(prediction: str, items: Sequence[str]) -> bool:
    """Tell whether a prediction holds every item of a list answer, after normalising.

    >>> covers("Nicaragua and then end in Cuba", ["Cuba", "Nicaragua"])
    True
    """
    words = f" {normalised(prediction)} "
    return all(f" {normalised(item)} " in words for item in items)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Return the probability that a positive scores above a negative, a tie counting half.

    >>> auroc([0.9, 0.4], [0.4, 0.1])  # of four pairs three are in order and one is a tie
    0.875

    :param positives: Scores of the answerable questions.
    :param negatives: Scores of the unanswerable ones.
    :return: From 0 to 1, or None if either is empty.
    """
    if not positives or not negatives:
        return None
    below = np.sort(negatives)
    wins = np.searchsorted(below, positives, "left").sum() + np.searchsorted(below, positives, "right").sum()
    return float(wins / (2 * len(positives) * len(negatives)))


def _f1(prediction: Sequence[str], answer: Sequence[str]) -> float:
    if not prediction or not answer:
        return float(prediction == answer)
    common = sum((Counter(prediction) & Counter(answer)).values())
    return 2 * common / (len(prediction) + len(answer))
