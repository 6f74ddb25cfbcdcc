"""What is known of a question after it was asked: the verdict, light enough to keep ten thousand of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rag.question_sets.question import Place


class Asked(StrEnum):
    """How a question was asked."""

    SINGLE = "single questions"
    FOLLOW_UP = "follow-ups that need the conversation"
    WRITTEN_OUT = "the same written out, asked alone"
    TURN = "other turns, in the conversation"
    TURN_ALONE = "the same asked alone"


class Outcome(StrEnum):
    """Where a question went right or wrong."""

    RIGHT = "right"
    """The sentence that proves it, with at least one right word."""
    RIGHT_REFUSAL = "right refusal"
    RETRIEVAL_MISS = "retrieval miss"
    """It has an answer, and no passage that was read holds it."""
    READER_MISS = "reader miss"
    """The answer was read, and something else was given."""
    WRONG_REFUSAL = "wrong refusal"
    """The answer was read, and nothing was given."""
    WRONG_ANSWER = "wrong answer"
    """It has no answer, and one was given."""
    UNJUDGED = "not judged"
    """The set does not say what would be right, or nothing was read: only the ranking counts."""


@dataclass(frozen=True, slots=True)
class Record:
    """A question and the verdict on its answer.

    :param id: Of the question.
    :param question: As it was asked.
    :param article: Id of the article that it was asked of; empty if not known.
    :param fields: What else the question set says of it, to slice by.
    :param answers: The gold, as text.
    :param gold: The gold, as places: where an answer stands inside a proof.
    :param status: Of the answer, as in its JSON; empty if only the ranking was asked for.
    :param text: Of the answer.
    :param confidence: Of the answer, from 0 to 1.
    :param spans: Of the answer.
    :param citations: The sentences cited.
    :param read_by: Name of the reader; empty where none was needed.
    :param timings_ms: Milliseconds by stage: retrieve, read, total.
    :param values: This question's value of each measure that is a mean over questions, by the measure's name.
    """

    id: str
    question: str
    asked: Asked
    answerable: bool
    outcome: Outcome
    article: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    gold: tuple[Place, ...] = ()
    status: str = ""
    text: str = ""
    understood_as: str = ""
    confidence: float = 0.0
    spans: tuple[Place, ...] = ()
    citations: tuple[Place, ...] = ()
    read_by: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A configuration and its verdicts on a question set.

    :param name: Of the configuration, for tables.
    :param settings: What was asked, of what, and with what: the encoder, the reader, the retriever, digests.
    :param records: In the order of the questions; of a conversation, each turn twice.
    """

    name: str
    settings: Mapping[str, str]
    records: tuple[Record, ...]
