"""The door of the room: what was typed becomes small talk, an overview, or questions that stand alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from rag.answer import Answer, Status, Timings, Turn
from rag.language.names import Names
from rag.language.spelling import Spelling
from rag.understanding.answer_type import AnswerType, Asked
from rag.understanding.follow_ups import MOST
from rag.understanding.interpretation import (
    LONGEST,
    Interpreter,
    Overview,
    Question,
    StandAlone,
    Talk,
    check_question,
    stands_alone,
)
from rag.understanding.small_talk import SmallTalk
from tests.conftest import HOSTILE

TEXT = "Prime Minister Ada Byron met Cy Dee in Kent. Dee signed the missile treaty in Wales. They grow apples."
ENGLISH = frozenset(["what", "where", "when", "which", "does", "this", "about", "article", "live", "tell", "please"])
INTERPRETER = Interpreter(Names([TEXT]), Spelling([TEXT]), ENGLISH.__contains__)


def _turn(question: str, text: str) -> Turn:
    status = Status.ANSWERED if text else Status.NOT_IN_ARTICLE
    answer = Answer(question, question, status, text, 0.9, (), (), (), Timings(0, 0, 0))
    return Turn(question, answer)


def _texts(typed: str, *turns: Turn, literally: bool = False) -> list[str]:
    meant = INTERPRETER.interpret(typed, turns, literally=literally)
    assert isinstance(meant, Question)
    return [one.text for one in meant.meanings]


@pytest.mark.parametrize(
    ("typed", "kind", "reply"),
    [
        ("Hello!", SmallTalk.GREETING, "Hello! I answer questions about this article"),
        (" \n", SmallTalk.EMPTY, "Please type a question"),
        ("x" * (LONGEST + 1), SmallTalk.TOO_LONG, "That is too long"),
    ],
)
@pytest.mark.parametrize("literally", [False, True])
def test_small_talk_has_its_reply(typed: str, kind: SmallTalk, reply: str, *, literally: bool) -> None:
    """Also where a question is taken literally: nothing to search for is nothing to search for."""
    meant = INTERPRETER.interpret(typed, literally=literally)
    assert isinstance(meant, Talk)
    assert (meant.kind, meant.reply[: len(reply)]) == (kind, reply)


def test_an_overview_is_told_behind_courtesies() -> None:
    """They are left out before it is looked for; taken literally they are not."""
    assert INTERPRETER.interpret("Hi! What is this article about? Thanks!") == Overview()
    assert INTERPRETER.interpret("What is this article about?", literally=True) == Overview()
    typed = "Hi! What is this article about? Thanks!"
    assert _texts(typed, literally=True) == [typed]


def test_the_question_comes_first_as_corrected() -> None:
    """Courtesies and the change of the subject go, 'misile' is 'missile'; with what kind of answer it asks for."""
    asked = INTERPRETER.interpret("Hi! Where did Cy Dee sign the misile treaty? Thanks!")
    assert asked == Question(
        (StandAlone("Where did Cy Dee sign the missile treaty?", Asked(AnswerType.OTHER)),), leans=False
    )
    who = INTERPRETER.interpret("OK, different topic: who is Ada Byron?")
    assert who == Question((StandAlone("who is Ada Byron?", Asked(AnswerType.DEFINITION, "Ada Byron")),), leans=False)


def test_what_is_typed_may_be_taken_literally() -> None:
    """Nothing is corrected, and nothing leans."""
    typed = "OK, where did he sign the misile treaty?"
    turn = _turn("Who is Cy Dee?", "")
    meant = INTERPRETER.interpret(typed, [turn], literally=True)
    assert meant == Question((StandAlone(typed, Asked(AnswerType.OTHER)),), leans=False)


def test_what_leans_is_written_out_after_the_question_itself() -> None:
    """Without a conversation it is still told that it leans, since somebody may have one to give."""
    turn = _turn("Where did Ada Byron meet Cy Dee?", "Kent")
    assert _texts("When did she travel?", turn)[:2] == ["When did she travel?", "When did Ada Byron travel?"]
    assert len(_texts("When did he live there?", turn)) <= MOST + 1
    alone = INTERPRETER.interpret("When did he live there?")
    assert alone == Question((StandAlone("When did he live there?", Asked(AnswerType.OTHER)),), leans=True)
    assert _texts("Where did Cy Dee sign the treaty?", turn) == ["Where did Cy Dee sign the treaty?"]


@given(st.lists(st.sampled_from(["who", "is", "he", "Ada Byron", "misile", "hello", "thanks!", "?", *HOSTILE])))
def test_any_text_has_a_meaning(words: list[str]) -> None:
    """A question that stands alone has one meaning; one that leans has itself and a few others."""
    typed = " ".join(words)
    meant = INTERPRETER.interpret(typed, [_turn("Where did Cy Dee meet Ada Byron?", "Kent")])
    if isinstance(meant, Question):
        assert 1 <= len(meant.meanings) <= (1 + MOST if meant.leans else 1)
        assert len({one.text for one in meant.meanings}) == len(meant.meanings)
        assert len(typed) <= LONGEST


@pytest.mark.parametrize(
    ("question", "message"),
    [("", "The question '' is empty"), (" \n\t", "is empty"), ("why " * 126, "has 504 characters; at most 500")],
)
def test_questions_that_cannot_be_asked(question: str, message: str) -> None:
    """Where a program asks, empty and over-long questions are refused."""
    with pytest.raises(InputError, match=message):
        check_question(question)


def test_a_made_question_stands_alone() -> None:
    """It has names or words enough of its own, and is short enough to be asked."""
    names = Names([TEXT])
    assert stands_alone("Where did Cy Dee sign the treaty?", names)
    assert not stands_alone("Where did he sign it?", names)
    assert not stands_alone("Where did Cy Dee sign " + "x" * LONGEST, names)
