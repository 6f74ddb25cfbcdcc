"""Read passages for a question: the best span of each, or the sense that there is none.

The decoder is ours: start and end are chosen jointly, only inside the passage (special tokens and
the question are out), only within one sentence, never in boilerplate. Position 0 of every window
carries the null score, 'this passage does not say'. A span's score is its log-odds against the null
of its own window, the one comparison that the reader was trained for; nulls are never ranked
against spans of other passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.answer import Passage

LONGEST_SPAN = 48
"""Tokens."""
SPANS_PER_WINDOW = 5
_IMPOSSIBLE = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class SpanProposal:
    """A span that a reader proposes.

    :param passage: Number of its passage among those read.
    :param start: First code point in the article.
    :param end: One past the last.
    :param score: Log-odds of the span against 'this passage does not say'; higher is better.
    """

    passage: int
    start: int
    end: int
    score: float


class Reader(Protocol):
    """Anything that finds spans in passages."""

    @property
    def name(self) -> str:
        """What the reader is called in messages."""

    @property
    def budget(self) -> int:
        """Tokens of passages that one question may cost."""

    def token_ends(self, text: str) -> list[int]:
        """Return the offset after each token of a text: their number is its cost."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Find spans in passages.

        :param question: The question.
        :param passages: What to read.
        :return: Proposals, best first; none crosses a sentence or lies in boilerplate.
        """


def decode(
    start_logits: NDArray[np.float32], end_logits: NDArray[np.float32], sentences: NDArray[np.int64]
) -> list[tuple[int, int, float]]:
    """Choose the best spans of a window, start and end jointly.

    >>> starts, ends = np.array([0, 3, 1, 0.0]), np.array([1, 0, 2, 4.0])
    >>> decode(starts, ends, np.array([-1, 0, 0, 1]))[0]
    (1, 2, 4.0)

    :param start_logits: float32 (tokens,); position 0 is the null.
    :param end_logits: float32 (tokens,); position 0 is the null.
    :param sentences: int (tokens,): sentence of each token, -1 where no answer may lie.
    :return: (first token, last token, score), best first, at most `SPANS_PER_WINDOW`; the score is
        the span's logits less the null's.
    """
    null = start_logits[0] + end_logits[0]
    tokens = np.arange(len(sentences))
    length = tokens[np.newaxis, :] - tokens[:, np.newaxis]
    allowed = (
        (sentences[:, np.newaxis] == sentences[np.newaxis, :])
        & (sentences[:, np.newaxis] >= 0)
        & (length >= 0)
        & (length < LONGEST_SPAN)
    )
    scores = np.where(allowed, start_logits[:, np.newaxis] + end_logits[np.newaxis, :] - null, _IMPOSSIBLE).ravel()
    best = np.argsort(-scores, kind="stable")[:SPANS_PER_WINDOW]
    return [
        (int(place // len(tokens)), int(place % len(tokens)), float(scores[place]))
        for place in best
        if scores[place] > _IMPOSSIBLE
    ]
