"""Ranking by common words: BM25 over stemmed words, accents dropped, stop words left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.store import SentenceIndex
from rag.language.words import tokenised, tokens_of


class WordIndex:
    """The words of some texts (Robertson's BM25, k1 1.5, b 0.75).

    :param texts: n texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        tokens = tokenised(texts)
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

    def scores(self, question: str) -> NDArray[np.float32]:
        """Compare a question with the texts.

        :param question: The question.
        :return: float32 (n,): BM25 divided by its maximum, from 0 to 1; all 0 if no word is common.
        """
        known = [word for word in tokens_of(question) if self._ranking and word in self._ranking.vocab_dict]
        if not known or self._ranking is None:
            return np.zeros(self._size, dtype=np.float32)
        scores = np.asarray(self._ranking.get_scores(known), dtype=np.float32)
        return scores / max(float(scores.max()), 1e-9)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of an index.

    :param sentences: Those of the sentences, by row.
    :param paragraphs: Those of the paragraphs, by row; of each its sentences with a space between.
    """

    sentences: WordIndex
    paragraphs: WordIndex


def count_words(index: SentenceIndex) -> Words:
    """Count the words of an index.

    :param index: The index.
    """
    texts = [index.text(row) for row in range(len(index))]
    paragraphs: dict[int, list[str]] = {}
    for text, stored in zip(texts, index.sentences, strict=True):
        paragraphs.setdefault(stored.paragraph, []).append(text)
    return Words(WordIndex(texts), WordIndex([" ".join(of) for of in paragraphs.values()]))
