"""How much two answers have in common, as SQuAD counts it."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

from rag.language.words import straightened

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Normalise as the SQuAD script does: lower case, no ASCII punctuation, no articles, single spaces.

    Rajpurkar et al. 2016, arXiv 1606.05250, evaluate-v1.1.py. Unlike there, curly quotation marks are punctuation like
    the straight ones, since articles have both.

    >>> normalised("The “clear  instructions”.")
    'clear instructions'
    """
    bare = straightened(text).lower().translate(_PUNCTUATION)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def token_f1(prediction: str, answers: Sequence[str]) -> float:
    """Return the best harmonic mean of token precision and recall over the answers (SQuAD F1).

    >>> token_f1("Prime Minister", ["Deputy Prime Minister", "Borisov"])  # precision 1, recall 2/3
    0.8
    """
    return max((_f1(normalised(prediction).split(), normalised(answer).split()) for answer in answers), default=0.0)


def _f1(prediction: Sequence[str], answer: Sequence[str]) -> float:
    if not prediction or not answer:
        return float(prediction == answer)
    common = sum((Counter(prediction) & Counter(answer)).values())
    return 2 * common / (len(prediction) + len(answer))
