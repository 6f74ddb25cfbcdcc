"""How surely questions were answered: surely, as unsure, or not at all, and how often rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Status
from rag.evaluation.record import Outcome, Record


@dataclass(frozen=True, slots=True)
class Certainty:
    """How surely the questions of one kind were answered. Right is the sentence that proves it, with a right word.

    :param kind: `answerable` or `unanswerable`.
    :param questions: How many there are.
    :param sure: Those answered surely, overviews too.
    :param sure_right: Those of them that are right.
    :param unsure: Those answered as unsure.
    :param unsure_right: Those of them that are right.
    :param refused: The others.
    """

    kind: str
    questions: int
    sure: int
    sure_right: int
    unsure: int
    unsure_right: int
    refused: int


def certainties(records: Sequence[Record]) -> tuple[Certainty, ...]:
    """Count how surely questions were answered.

    :param records: The verdicts; what was not judged is not counted.
    :return: The answerable, then the unanswerable; a kind without a question is not there.
    """
    judged = [record for record in records if record.outcome is not Outcome.UNJUDGED]
    kinds = {"answerable": True, "unanswerable": False}
    parts = {kind: [one for one in judged if one.answerable is answerable] for kind, answerable in kinds.items()}
    return tuple(_certainty(kind, part) for kind, part in parts.items() if part)


def _certainty(kind: str, records: Sequence[Record]) -> Certainty:
    unsure = [record for record in records if record.status == Status.UNSURE]
    sure = [record for record in records if record.citations and record.status != Status.UNSURE]
    return Certainty(
        kind=kind,
        questions=len(records),
        sure=len(sure),
        sure_right=_right(sure),
        unsure=len(unsure),
        unsure_right=_right(unsure),
        refused=len(records) - len(sure) - len(unsure),
    )


def _right(records: Sequence[Record]) -> int:
    return sum(record.outcome is Outcome.RIGHT for record in records)
