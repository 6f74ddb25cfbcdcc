"""The door of the room: what was typed becomes small talk, an overview, or questions that stand alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from rag.answer import Answer, Status, Timings, Turn
from rag.language.names import Names
from rag.language.spelling import Spelling
from rag.understanding.answer_type import AnswerType, Asked
from rag.understanding.follow_ups import Said
from rag.understanding.interpretation import (
    LONGEST,
    Interpreter,
    Overview,
    Question,
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


def _question(typed: str, *turns: Turn, literally: bool = False) -> Question:
    meant = INTERPRETER.interpret(typed, turns, literally=literally)
    assert isinstance(meant, Question)
    return meant


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
    assert _question(typed, literally=True).text == typed


def test_the_question_comes_first_as_corrected() -> None:
    """Courtesies and the change of the subject go, 'misile' is 'missile'; with what kind of answer it asks for."""
    asked = INTERPRETER.interpret("Hi! Where did Cy Dee sign the misile treaty? Thanks!")
    assert asked == Question("Where did Cy Dee sign the missile treaty?", Asked(AnswerType.OTHER))
    who = INTERPRETER.interpret("OK, different topic: who is Ada Byron?")
    assert who == Question("who is Ada Byron?", Asked(AnswerType.DEFINITION, "Ada Byron"))


def test_what_is_typed_may_be_taken_literally() -> None:
    """Nothing is corrected, and nothing leans."""
    typed = "OK, where did he sign the misile treaty?"
    turn = _turn("Who is Cy Dee?", "")
    meant = INTERPRETER.interpret(typed, [turn], literally=True)
    assert meant == Question(typed, Asked(AnswerType.OTHER))


def test_what_leans_has_what_was_said() -> None:
    """Without a conversation it is still told that it leans, since somebody may have one to give."""
    turn = _turn("Where did Ada Byron meet Cy Dee?", "Kent")
    leaning = _question("When did she live there?", turn)
    assert leaning.said == (Said("Where did Ada Byron meet Cy Dee?", "Kent"),)
    assert leaning.in_context == "When did she live there? (Where did Ada Byron meet Cy Dee? Kent)"
    alone = _question("When did he live there?")
    assert alone == Question("When did he live there?", Asked(AnswerType.OTHER), leans=True, points=True)
    assert _question("Who was the architect?") == Question(
        "Who was the architect?", Asked(AnswerType.OTHER), leans=True
    )
    assert _question("Where did Cy Dee sign the treaty?", turn).said == ()
    again = _turn("When did she live there?", "1821")  # of another article
    assert _question("When did she live there?", turn, again).said == leaning.said


def test_an_unsure_answer_may_be_meant_like_a_sure_one() -> None:
    """Its words are read with the next question, too."""
    turn = _turn("Where did Ada Byron meet Cy Dee?", "Kent")
    unsure = replace(turn, answer=replace(turn.answer, status=Status.UNSURE))
    assert _question("When did she live there?", unsure).said == (Said("Where did Ada Byron meet Cy Dee?", "Kent"),)


@pytest.mark.parametrize("status", [Status.OVERVIEW, Status.SMALL_TALK])
def test_an_overview_says_nothing_to_lean_on(status: Status) -> None:
    """Nor does small talk; the turn before it is what is meant."""
    before = _turn("Where did Ada Byron meet Cy Dee?", "Kent")
    nothing = Turn("?", replace(_turn("?", "words").answer, status=status))
    assert _question("When did she live there?", before, nothing).said == (
        Said("Where did Ada Byron meet Cy Dee?", "Kent"),
    )
    assert _question("When did she live there?", nothing).said == ()


@given(st.lists(st.sampled_from(["who", "is", "he", "Ada Byron", "misile", "hello", "thanks!", "?", *HOSTILE])))
def test_any_text_has_a_meaning(words: list[str]) -> None:
    """What was said is read only with a question that leans on it."""
    typed = " ".join(words)
    meant = INTERPRETER.interpret(typed, [_turn("Where did Cy Dee meet Ada Byron?", "Kent")])
    if isinstance(meant, Question):
        assert bool(meant.said) == meant.leans
        assert meant.in_context.startswith(meant.text)
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
