"""From a question to the passages worth reading, by one score.

The score of a sentence is a weighted sum of four signals:

    0.65 cos(sentence) + 0.26 cos(paragraph) + 0.03 BM25(sentence) + 0.06 BM25(paragraph)

with each BM25 divided by its maximum for the question (`rag/retrieval/fusion.py` has the weights, and other ways to
rank).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoder
from index.store import SentenceIndex
from rag.answer import Passage
from rag.reading.reader import Reader
from rag.retrieval.fusion import DEFAULT, SIGNALS, Fusion
from rag.retrieval.lexical import Words, count_words

DEPTH = 100
"""Sentences taken from the dense and from the lexical ranking before the two are weighed."""
HITS = 10
"""Sentences that get into passages before the neighbours of the best do; what is left of the budget is for the rest."""
LONGEST = 700
"""Characters of a passage of more than one sentence."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence found.

    :param row: Row of the sentence in the index.
    :param score: See the module; higher is better.
    """

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class SentenceHits:
    """Sentences that are worth ranking.

    :param rows: n rows of the index, ascending; boilerplate is left out.
    :param signals: float32 (4, n).
    """

    rows: tuple[int, ...]
    signals: NDArray[np.float32]


class Retriever:
    """Finds passages for questions.

    :param index: The index.
    :param encoder: The encoder that the index was built with.
    :param fusion: Ranks the sentences.
    :param words: The words of the index; by default they are counted.
    :raises ValueError: If it is another encoder.
    """

    def __init__(
        self, index: SentenceIndex, encoder: Encoder, fusion: Fusion = DEFAULT, words: Words | None = None
    ) -> None:
        if encoder.digest != index.encoder_digest:
            raise ValueError(f"index made with {index.encoder_name!r}, questions encoded with {encoder.name!r}")
        self.index = index
        self._encoder = encoder
        self._fusion = fusion
        self._words = words or count_words(index)

    def hits(self, question: str) -> list[Hit]:
        """Rank sentences.

        :param question: The question.
        :return: Up to `2 * DEPTH` sentences, best first; boilerplate is left out. Their scores are the module's,
            which confidence was fitted on, whatever ranks them.
        """
        found = self.sentence_hits(question)
        scores = DEFAULT.scores(found.signals)
        order = np.argsort(-self._fusion.scores(found.signals), kind="stable")
        return [Hit(found.rows[place], float(scores[place])) for place in order]

    def sentence_hits(self, question: str, depth: int = DEPTH) -> SentenceHits:
        """Find the sentences that a ranking may begin with.

        :param question: The question.
        :param depth: How many are taken from the dense and from the lexical ranking.
        :return: They, with their signals.
        """
        vector = self._encoder.encode_questions([question])[0]
        words = self._words.sentences.scores(question)
        rows = sorted({row for row, _ in self.index.search(vector, depth)} | set(_best(words, depth)))
        rows = [row for row in rows if not self.index.sentences[row].sentence.boilerplate]
        if not rows:
            return SentenceHits((), np.zeros((SIGNALS, 0), dtype=np.float32))
        return SentenceHits(tuple(rows), self._signals(question, vector, rows, words))

    def signals(self, question: str) -> NDArray[np.float32]:
        """Compare a question with every sentence, for fitting the weights.

        :param question: The question.
        :return: float32 (4, sentences), in the order of `rag.retrieval.fusion`.
        """
        words = self._words.sentences.scores(question)
        return self._signals(question, self._encoder.encode_questions([question])[0], range(len(self.index)), words)

    def _signals(
        self, question: str, vector: NDArray[np.float32], rows: Sequence[int], of_sentences: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        of_paragraphs = self._words.paragraphs.scores(question)
        paragraphs = [self.index.sentences[row].paragraph for row in rows]
        return np.stack(
            [*self.index.similarities(vector, rows), of_sentences[np.asarray(rows)], of_paragraphs[paragraphs]]
        )

    def passages(self, hits: Sequence[Hit], reader: Reader) -> list[Passage]:
        """Make passages of the best hits: windows of whole sentences, merged when they touch.

        First the `HITS` best sentences, since more separate places help to find the right one; then their
        neighbours, since context helps to find the right words; then all others, so that a short article is read
        whole; each only while the reader's budget lasts. A sentence that exceeds what is left of it is left out.

        :param hits: Ranked sentences.
        :param reader: Its tokens are counted, its budget kept.
        :return: Passages in the order of their best hit.
        """
        rank: dict[int, int] = {}
        left = reader.budget
        ranked = [hit.row for hit in hits]
        near = [row for best in ranked[:HITS] for row in self._neighbours(best)]
        for row in [*ranked[:HITS], *near, *ranked[HITS:]]:
            if left <= 0:
                break
            if row not in rank:
                cost = len(reader.token_ends(self.index.text(row)))
                if cost <= left:
                    left -= cost
                    rank[row] = len(rank)
        runs = self._runs(sorted(rank))
        return [self._passage(run) for run in sorted(runs, key=lambda run: min(rank[row] for row in run))]

    def _neighbours(self, row: int) -> list[int]:
        of_article = self.index.rows_of(self.index.sentences[row].article)
        return [
            near
            for near in (row - 1, row + 1)
            if near in of_article and not self.index.sentences[near].sentence.boilerplate
        ]

    def _runs(self, rows: Sequence[int]) -> list[list[int]]:
        """Group rows that follow each other in one article, up to `LONGEST` characters."""
        runs: list[list[int]] = []
        for row in rows:
            last = runs[-1] if runs else []
            here = self.index.sentences[row]
            if (
                last
                and last[-1] == row - 1
                and self.index.sentences[last[0]].article == here.article
                and here.sentence.end - self.index.sentences[last[0]].sentence.start <= LONGEST
            ):
                last.append(row)
            else:
                runs.append([row])
        return runs

    def _passage(self, rows: Sequence[int]) -> Passage:
        stored = [self.index.sentences[row] for row in rows]
        return Passage(self.index.articles[stored[0].article], stored[0].number, tuple(s.sentence for s in stored))


def _best(scores: NDArray[np.float32], most: int) -> list[int]:
    """Return the places of the highest scores, of equal ones the first. Most of a million are 0 and need no sorting."""
    matching = np.flatnonzero(scores)
    best: list[int] = matching[np.argsort(-scores[matching], kind="stable")[:most]].tolist()
    return [*best, *np.flatnonzero(scores == 0)[: most - len(best)].tolist()]
