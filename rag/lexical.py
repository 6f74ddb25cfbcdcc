"""Ranking by common words: BM25 over stemmed words, accents dropped, stop words left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

_STEMMER = Stemmer.Stemmer("english")


class WordIndex:
    """The words of some texts (Robertson's BM25, k1 1.5, b 0.75).

    :param texts: n texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Count the words."""
        self._size = len(texts)
        tokens = [_words(text) for text in texts]
        self._ranking = None
        if any(tokens):
            self._ranking = bm25s.BM25(k1=1.5, b=0.75)
            self._ranking.index(tokens, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """Compare a question with every text.

        :param question: The question.
        :return: float32 (n,): BM25 divided by its maximum, from 0 to 1; all 0 if no word is common.
        """
        known = [word for word in _words(question) if self._ranking and word in self._ranking.vocab_dict]
        if not known or self._ranking is None:
            return np.zeros(self._size, dtype=np.float32)
        scores = np.asarray(self._ranking.get_scores(known), dtype=np.float32)
        return scores / max(float(scores.max()), 1e-9)


def coverage(question: str, text: str) -> float:
    """Return the share of a question's words that a text has, stop words left out.

    >>> coverage("the denied attacks on Kent", "They deny attacking.")
    0.6666666666666666

    :param question: The question.
    :param text: The text.
    :return: From 0 to 1; 0 if the question has no word that counts.
    """
    asked = set(_words(question))
    return len(asked & set(_words(text))) / len(asked) if asked else 0.0


def _words(text: str) -> list[str]:
    tokens: list[list[str]] = bm25s.tokenize(
        [_folded(text)], stopwords="en", stemmer=_STEMMER, return_ids=False, show_progress=False
    )
    return tokens[0]


def _folded(text: str) -> str:
    """Drop accents, so that 'Guaido' finds 'Guaidó'."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
