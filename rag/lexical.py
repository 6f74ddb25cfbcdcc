"""Ranking by common words: BM25 over stemmed words, accents dropped, stop words left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray


class WordIndex:
    """The words of some texts (Robertson's BM25, k1 1.5, b 0.75).

    :param texts: n texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Count the words."""
        self._size = len(texts)
        self._stem = Stemmer.Stemmer("english")
        tokens = self._tokens(texts)
        self._ranking = None
        if any(tokens):
            self._ranking = bm25s.BM25(k1=1.5, b=0.75)
            self._ranking.index(tokens, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """Compare a question with every text.

        :param question: The question.
        :return: float32 (n,): BM25 divided by its maximum, from 0 to 1; all 0 if no word is common.
        """
        known = [token for token in self._tokens([question])[0] if self._ranking and token in self._ranking.vocab_dict]
        if not known or self._ranking is None:
            return np.zeros(self._size, dtype=np.float32)
        scores = np.asarray(self._ranking.get_scores(known), dtype=np.float32)
        return scores / max(float(scores.max()), 1e-9)

    def _tokens(self, texts: Sequence[str]) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(
            [_folded(text) for text in texts],
            stopwords="en",
            stemmer=self._stem,
            return_ids=False,
            show_progress=False,
        )
        return tokens


def _folded(text: str) -> str:
    """Drop accents, so that 'Guaido' finds 'Guaidó'."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
