"""What a person meant: the one door of this room, for every way to ask.

Chat, API, tool and command line ask an assistant, which interprets here what was typed. The OpenAI-style route asks
here, too, whether the last question of a conversation needs the ones before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from index.article import is_blank
from index.errors import InputError
from rag.answer import Status, Turn
from rag.language.names import Names
from rag.language.spelling import Spelling
from rag.understanding.answer_type import Asked, asked_about, asked_for, asks_overview
from rag.understanding.double import parts
from rag.understanding.follow_ups import TURNS, Said, in_context
from rag.understanding.leaning import leans, points
from rag.understanding.preamble import without_courtesy, without_reset
from rag.understanding.small_talk import LONGEST, SmallTalk, reply, small_talk

__all__ = [
    "LONGEST",
    "REPLIES",
    "TURNS",
    "Interpretation",
    "Interpreter",
    "Overview",
    "Question",
    "Said",
    "Talk",
    "check_characters",
    "check_question",
    "in_context",
    "stands_alone",
]

REPLIES = frozenset(map(reply, SmallTalk))
"""All that is said back to small talk."""
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Talk:
    """What was typed is small talk.

    :param kind: Its kind.
    :param reply: What is said back.
    """

    kind: SmallTalk
    reply: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What was typed asks what the article is about."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed asks something about the article.

    :param text: The question, corrected.
    :param asked: What kind of answer it asks for.
    :param leans: Whether it may need what was said before.
    :param points: Whether it surely does.
    :param said: What was said before, the latest last, if the question leans on it.
    :param topic: Of what it wants to know all that the article says; nothing if it asks something else.
    """

    text: str
    asked: Asked
    leans: bool = False
    points: bool = False
    said: tuple[Said, ...] = ()
    topic: str = ""

    @property
    def in_context(self) -> str:
        """What is searched for and read: the question, with what it leans on behind it."""
        return in_context(self.text, self.said)


Interpretation: TypeAlias = Talk | Overview | Question


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Tells what people mean who ask about some articles.

    :param names: The names of the articles.
    :param spelling: The words of the articles.
    :param is_word: Tells of a word whether it is an English one.
    """

    names: Names
    spelling: Spelling
    is_word: Callable[[str], bool]

    def interpret(self, typed: str, turns: Sequence[Turn] = (), *, literally: bool = False) -> Interpretation:
        """Tell what was meant.

        :param typed: What was typed, any text of whole characters.
        :param turns: What was said before, the latest last.
        :param literally: Search for what is typed: no conversation, no correction, no courtesy left out. Small talk
            and what asks for an overview are told all the same.
        :return: The meaning.
        :raises InputError: If it, or what was said before, holds half of a surrogate pair.
        """
        for text in (typed, *(part for turn in turns for part in (turn.answer.understood_as, turn.answer.text))):
            check_characters(text)
        kind = small_talk(typed, self.is_word, self.spelling.has)
        if kind is not None:
            return Talk(kind, reply(kind))
        asked = typed if literally else self.corrected(typed)
        if asks_overview(asked):
            return Overview()
        leaning = not literally and leans(asked, self.names)
        said = (one for one in _said(turns) if one.question != asked)  # asked again, of another article maybe
        pointing = leaning and points(asked, self.names)
        told = tuple(said) if leaning else ()
        return Question(asked, asked_for(asked), leaning, pointing, told, asked_about(asked))

    def leaning(self, typed: str) -> bool:
        """Tell whether what was typed is a question that may need what was said before."""
        meant = self.interpret(typed)
        return isinstance(meant, Question) and meant.leans

    def parts(self, typed: str) -> tuple[str, ...]:
        """Part what was typed into the two questions that it asks; none if it asks one."""
        return parts(self.corrected(typed))

    def corrected(self, typed: str) -> str:
        """Leave courtesy out of what was typed, and correct its spelling by the words of the articles."""
        return self.spelling.corrected(without_reset(without_courtesy(typed)), self.is_word)


def _said(turns: Sequence[Turn]) -> Iterator[Said]:
    """Yield what a question may lean on: no small talk and no overview, and of a refusal the question alone."""
    for turn in turns:
        if turn.answer.status not in (Status.SMALL_TALK, Status.OVERVIEW):
            yield Said(turn.answer.understood_as, turn.answer.text)


def check_question(question: str) -> None:
    """Refuse a question that cannot be asked.

    :param question: The question.
    :raises InputError: If it is empty, longer than `LONGEST`, or holds half of a surrogate pair.
    """
    if is_blank(question):
        raise InputError(f"The question {question!r} is empty. Ask in at least one word.")
    if len(question) > LONGEST:
        raise InputError(
            f"The question {question[:40]!r}… has {len(question)} characters; at most {LONGEST} are read. "
            "Ask in one sentence."
        )
    check_characters(question)


def check_characters(question: str) -> None:
    """Refuse a question with half of a surrogate pair, which JSON can write and no model, file or page can read.

    :param question: The question.
    :raises InputError: If it holds one.
    """
    if half := _HALF.search(question):
        raise InputError(
            f"The question holds {half.group()!r} at character {half.start()}, which is half of a surrogate pair. "
            "Send both halves, or leave it out."
        )


def stands_alone(question: str, names: Names) -> bool:
    """Tell whether a question can be asked as it is, without a conversation.

    :param question: A question that was not typed by a person: nothing in it is corrected.
    :param names: The names of the articles.
    """
    return len(question) <= LONGEST and not leans(question, names)
