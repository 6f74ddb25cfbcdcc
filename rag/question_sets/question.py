"""A question with its gold, and a set of them, whatever file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from index.article import Article


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of an article.

    :param article: Id of the article.
    :param start: First code point.
    :param end: One past the last.
    """

    article: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gold answers.

    :param text: The question.
    :param answerable: Whether the article answers it.
    :param answers: Verbatim variants, any of which is right; none where only the relevant articles are known.
    :param evidence: Stretches of the article that prove it, as text.
    :param items: What a list answer must cover, or nothing.
    :param conversation: Of a turn, what names its conversation; empty for a single question.
    :param standalone: Of a turn that needs its conversation, the question written out; else empty.
    :param places: Where the answers stand, if the set says so exactly; else they are looked for within the evidence.
    :param article: Id of the article that it was asked of; empty if the set does not say.
    :param relevant: Grade of each relevant article by its id, where the set judges whole articles; 1 or more.
    :param fields: What else the set says of it ('type', 'difficulty'), to slice by.
    :param origin: Where it was read: file and line.
    """

    id: str
    text: str
    answerable: bool
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    items: tuple[str, ...]
    conversation: str = ""
    standalone: str = ""
    places: tuple[Place, ...] = ()
    article: str = ""
    relevant: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""

    @property
    def judged(self) -> bool:
        """Whether an answer to it can be judged: its answers are known, or that there is none."""
        return bool(self.answers) or not self.answerable


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be used.

    :param place: File and line, or the nearest to it that the format has.
    :param reason: What is wrong with it and what would be right.
    :param expected: Whether the format means it to be left out: it is told, and no reason to refuse the file.
    """

    place: str
    reason: str
    expected: bool = False


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, the articles that came with them, and what could not be used.

    :param articles: Those that the set brings itself; none if it asks about articles given elsewhere.
    :param faults: In the order of the file; nothing is left out without one.
    """

    questions: tuple[Question, ...]
    articles: tuple[Article, ...] = ()
    faults: tuple[Fault, ...] = ()
