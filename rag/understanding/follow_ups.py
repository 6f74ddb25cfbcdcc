"""Follow-ups: a question that leans on its conversation is read together with what was said before.

Encoder and readers are trained on such questions, so that they learn which of the earlier words a question needs; no
word of the question itself is changed. Asking with the words of earlier turns goes back to QuReTeC (Voskarides et al.
2020, arXiv 2005.11723), which chooses among them; here the models do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TURNS = 2
"""Turns that are read with a question, the latest first."""
_QUESTION_WORDS = 16
_ANSWER_WORDS = 10


@dataclass(frozen=True, slots=True)
class Said:
    """A question that was asked before and the words that answered it; none if nothing did."""

    question: str
    answer: str


def in_context(question: str, said: Sequence[Said]) -> str:
    """Put the latest turns behind a question.

    >>> in_context("And Cuba?", [Said("How large is Haiti?", "27,750 km²")])
    'And Cuba? (How large is Haiti? 27,750 km²)'

    :param question: The question.
    :param said: What was said before, the latest last; of each question and answer the first words are taken.
    :return: The question with up to `TURNS` turns; the question alone if nothing was said.
    """
    parts = [
        f"{_first(one.question, _QUESTION_WORDS)} {_first(one.answer, _ANSWER_WORDS)}".strip()
        for one in reversed(said[-TURNS:])
    ]
    return f"{question} ({'; '.join(parts)})" if parts else question


def _first(text: str, words: int) -> str:
    return " ".join(text.split()[:words])
