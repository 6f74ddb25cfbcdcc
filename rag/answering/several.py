"""A question to several editions, whose articles have nothing in common, such as a library and a reader's documents.

Each edition is asked by itself: it understands the question by its own words, and nothing of one is joined to another,
however big they are. Confidence is a probability, so that of two answers the more probable one can be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from rag.answer import Answer, Status, Timings, Turn
from rag.answering.edition import Retrieved


class Steps(Protocol):
    """What a question goes through, step by step."""

    def steps(
        self, question: str, turns: Sequence[Turn] = (), *, literally: bool = False
    ) -> Iterator[Retrieved | Answer]:
        """Answer a question: see `rag.answering.assistant.Assistant.steps`."""


def steps_of_all(
    editions: Sequence[Steps], question: str, turns: Sequence[Turn] = (), *, literally: bool = False
) -> Iterator[Retrieved | Answer]:
    """Ask each edition, and give the most probable answer.

    :param editions: Where to look; of answers that are alike, that of the first is given.
    :param question: The question.
    :param turns: What was said before, the latest last.
    :param literally: Search for what is typed.
    :return: What each is about to read, then the `Answer`. If none answers, it names the articles that any has read.
    :raises InputError: If the question holds half of a surrogate pair.
    """
    answers = []
    for edition in editions:
        for step in edition.steps(question, turns, literally=literally):
            if isinstance(step, Answer):
                answers.append(step)
            else:
                yield step
    best = max(answers, key=lambda answer: (answer.status is not Status.SMALL_TALK, answer.given, answer.confidence))
    times = [answer.timings_ms for answer in answers]
    spent = Timings(*(sum(getattr(time, name) for time in times) for name in ("retrieve", "read", "total")))
    if not best.given:
        best = replace(best, versions=tuple(version for answer in answers for version in answer.versions))
    yield replace(best, timings_ms=spent)
