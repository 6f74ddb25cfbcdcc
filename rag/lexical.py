"""Ranking by common words: BM25 over stemmed words, accents dropped, stop words left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

_STEMMER = Stemmer.Stemmer("english")
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
TOKENS = f"1 bm25s {bm25s.__version__} stemmer {Stemmer.version()} unicode {unicodedata.unidata_version}"
"""What counts depend on beside the texts; the number goes up when other words are made of a text here."""


class WordIndex:
    """The words of some texts (Robertson's BM25, k1 1.5, b 0.75).

    :param texts: n texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Count the words."""
        self._size = len(texts)
        tokens = _tokens(texts)
        self._ranking = None
        if any(tokens):
            self._ranking = bm25s.BM25(k1=1.5, b=0.75)
            self._ranking.index(tokens, show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> WordIndex:
        """Map what `save` wrote; nothing in it is unpickled.

        :param folder: Where it is. It must stay while the words are in use.
        :param size: How many texts were counted.
        :return: What counting them again gives, to the bit.
        :raises OSError: If a file is missing.
        :raises ValueError: If one is none of bm25s.
        """
        words = cls(())
        words._size = size
        if folder.is_dir():
            words._ranking = bm25s.BM25.load(folder, mmap=True, allow_pickle=False)
        return words

    def save(self, folder: Path) -> None:
        """Write the counts: three arrays, and the vocabulary and the settings in JSON.

        :param folder: Where to; it is made, unless no text has a word.
        :raises OSError: If it cannot be written.
        """
        if self._ranking:
            self._ranking.save(folder, allow_pickle=False, show_progress=False)

    def scores(self, question: str, among: range | None = None) -> NDArray[np.float32]:
        """Compare a question with the texts.

        :param question: The question.
        :param among: Places of the texts to compare; the others score 0. By default all are compared.
        :return: float32 (n,): BM25 divided by its maximum, from 0 to 1; all 0 if no word is common.
        """
        known = [word for word in _words(question) if self._ranking and word in self._ranking.vocab_dict]
        if not known or self._ranking is None:
            return np.zeros(self._size, dtype=np.float32)
        scores = np.asarray(self._ranking.get_scores(known), dtype=np.float32)
        if among is not None:
            scores[: among.start] = scores[among.stop :] = 0
        return scores / max(float(scores.max()), 1e-9)


def content_words(text: str) -> set[str]:
    """Return the stems of a text's words, stop words left out.

    >>> sorted(content_words("They denied the attacks on Kent."))
    ['attack', 'deni', 'kent']
    """
    return set(_words(text))


def folded(text: str) -> str:
    """Drop accents and case and straighten quotation marks, so that 'Guaido' finds 'Guaidó'.

    >>> folded("Guaidó’s")
    "guaido's"
    """
    if text.isascii():
        return text.lower()
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return plain.translate(_STRAIGHT).lower()


def stem(word: str) -> str:
    """Return the stem of an English word.

    >>> stem("attacks")
    'attack'
    """
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=64)
def _words(text: str) -> tuple[str, ...]:
    """Return the words of one text; a question is compared with sentences, then with paragraphs."""
    return tuple(_tokens([text])[0])


def _tokens(texts: Sequence[str]) -> list[list[str]]:
    """Return the words of each text; all at once takes a fifth of the time that one by one takes."""
    tokens: list[list[str]] = bm25s.tokenize(
        [folded(text) for text in texts], stopwords="en", stemmer=_STEMMER, return_ids=False, show_progress=False
    )
    return tokens
