"""What a person meant: the one door of this room, for every way to ask.

Chat, API, tool and command line ask an assistant, which interprets here what was typed. The OpenAI-style route asks
here, too, whether the last question of a conversation needs the ones before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from index.errors import InputError
from rag.answer import Turn
from rag.language.names import Names
from rag.language.spelling import Spelling
from rag.understanding.answer_type import Asked, asked_for, asks_overview
from rag.understanding.follow_ups import TURNS, stand_alone_questions
from rag.understanding.leaning import leans
from rag.understanding.preamble import without_courtesy, without_reset
from rag.understanding.small_talk import LONGEST, SmallTalk, reply, small_talk

__all__ = [
    "LONGEST",
    "TURNS",
    "Interpretation",
    "Interpreter",
    "Overview",
    "Question",
    "StandAlone",
    "Talk",
    "check_question",
    "stands_alone",
]


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
class StandAlone:
    """A question that can be asked without its conversation.

    :param text: The question.
    :param asked: What kind of answer it asks for.
    """

    text: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed asks something about the article.

    :param meanings: All that it may mean, each written so that it stands alone: first the question itself, corrected;
        if it leans on what was said before, up to `rag.understanding.follow_ups.MOST` others, the likeliest first.
    :param leans: Whether it may need what was said before.
    """

    meanings: tuple[StandAlone, ...]
    leans: bool


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

        :param typed: What was typed, any text.
        :param turns: What was said before, the latest last.
        :param literally: Search for what is typed: no conversation, no correction, no courtesy left out. Small talk
            and what asks for an overview are told all the same.
        :return: The meaning.
        """
        kind = small_talk(typed, self.is_word, self.spelling.has)
        if kind is not None:
            return Talk(kind, reply(kind))
        asked = typed if literally else self._corrected(typed)
        if asks_overview(asked):
            return Overview()
        leaning = not literally and leans(asked, self.names)
        others = stand_alone_questions(asked, turns, self.names) if leaning else ()
        return Question(tuple(StandAlone(text, asked_for(text)) for text in (asked, *others)), leaning)

    def _corrected(self, typed: str) -> str:
        return self.spelling.corrected(without_reset(without_courtesy(typed)), self.is_word)


def check_question(question: str) -> None:
    """Refuse a question that cannot be asked.

    :param question: The question.
    :raises InputError: If it is empty or longer than `LONGEST`.
    """
    if not question.strip():
        raise InputError(f"The question {question!r} is empty. Ask in at least one word.")
    if len(question) > LONGEST:
        raise InputError(
            f"The question {question[:40]!r}… has {len(question)} characters; at most {LONGEST} are read. "
            "Ask in one sentence."
        )


def stands_alone(question: str, names: Names) -> bool:
    """Tell whether a question can be asked as it is, without a conversation.

    :param question: A question that was not typed by a person: nothing in it is corrected.
    :param names: The names of the articles.
    """
    return len(question) <= LONGEST and not leans(question, names)
