"""Follow-ups: which questions lean on the conversation, and what they are made into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from rag.answer import Answer, Citation, Quotation, Span, Status, Timings, Turn
from rag.answering.assistant import Assistant
from rag.language.names import Names
from rag.understanding.follow_ups import MOST, stand_alone_questions
from rag.understanding.leaning import leans
from rag.understanding.preamble import without_reset
from tests.conftest import HOSTILE, WordEncoder, last_words

TEXT = Article(
    "Prime Minister Ada Byron met Cy Dee in Kent on 3 May 1952. Byron said that Dee had lived in Kent.\n\n"
    "Cy Dee signed the Alton Treaty in Wales. Dee was fond of red apples, which grow in Kent. Bo Fay lives in Wales."
)
NAMES = Names([TEXT.text])


def _turn(question: str, text: str = "", cited: str = "") -> Turn:
    quoted = Quotation(TEXT.id, TEXT.digest, 0, 0, len(cited), 0, len(cited), cited, "", "")
    answer = Answer(
        question=question,
        understood_as=question,
        status=Status.ANSWERED if text else Status.NOT_IN_ARTICLE,
        text=text,
        confidence=0.9,
        spans=(Span(TEXT.id, 0, len(text), text),) if text else (),
        citations=(Citation.of(1, quoted),) if cited else (),
        closest=(),
        timings_ms=Timings(1, 1, 2),
    )
    return Turn(question, answer)


@pytest.mark.parametrize(
    "question",
    [
        "And Wales?",
        "what about Cy Dee?",
        "Why?",
        "When did he say that?",
        "Where does his trip end?",
        "how old is she",
        "Was Byron one of them?",
        "Who else signed?",
        "How many others took part in the meeting?",
        "How long?",
        "Did it last?",
        "Who lives there?",
    ],
)
def test_questions_that_lean(question: str) -> None:
    """A pronoun, an opener, a word that points elsewhere, or too few words of its own."""
    assert leans(question, NAMES)


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ada Byron?",
        "ada byron?",
        "When was the Alton Treaty signed?",
        "What did Byron say about Dee's home?",
        "Which apples grow in the county of Kent?",
        "Is it true that Dee signed the treaty?",
        "Did Byron say that the treaty was signed?",
        "Are there apples in Kent?",
        "What did Ada Byron and her ministers discuss?",
        "OK, different topic: when was it signed?",
    ],
)
def test_questions_that_stand_alone(question: str) -> None:
    """A name of their own, an empty 'it' or 'there', a pronoun that is bound, or a change of the subject."""
    assert not leans(question, NAMES)


@pytest.mark.parametrize(
    ("question", "earlier", "answer", "made"),
    [
        ("When did she meet Dee?", "Who is Ada Byron?", "Prime Minister", "When did Ada Byron meet Dee?"),
        ("And what was his treaty?", "Who lived in Kent?", "Cy Dee", "What was Cy Dee's treaty?"),
        ("Who lives there?", "Where was the treaty signed?", "Wales", "Who lives in Wales?"),
        ("What did her ministers do?", "Who is Ada Byron?", "", "What did Ada Byron's ministers do?"),
        ("Who asked her?", "Who is Ada Byron?", "", "Who asked Ada Byron?"),
        ("When was it signed?", "What did Dee sign?", "the Alton Treaty", "When was the Alton Treaty signed?"),
        ("Who was born then?", "When did they meet?", "3 May 1952", "Who was born in 3 May 1952?"),
        ("And Cy Dee?", "Who is Ada Byron?", "Prime Minister", "Who is Cy Dee?"),
        ("What about Wales", "What grows in Kent?", "apples", "What grows in Wales?"),
        ("Why?", "Who did Byron meet?", "Cy Dee", "Why did Byron meet Cy Dee?"),
        ("How many in all?", "Where do red apples grow?", "Kent", "How many in all (red apples grow)?"),
        ("And Cy Dee, who is he?", "Who is Ada Byron?", "Prime Minister", "Who is Cy Dee?"),
        ("How much did it cost?", "Where did Ada Byron's trip end?", "Kent", "How much did Ada Byron's trip cost?"),
        ("How many guests?", "On what day did Dee meet her?", "", "How many guests (Dee meet her)?"),
        ("And Cy Dee?", "What did Byron say of Kent?", "", "What did Cy Dee say of Kent?"),
        ("How late were they?", "What did Dee say?", "he was sorry", "How late were Dee?"),
        ("Were they late?", "How many other guests came?", "nine", "Were the other guests late?"),
    ],
)
def test_what_a_follow_up_may_mean(question: str, earlier: str, answer: str, made: str) -> None:
    """The likeliest reading comes first."""
    assert stand_alone_questions(question, [_turn(earlier, answer)], NAMES)[0] == made


def test_two_pronouns_stand_for_two_people() -> None:
    """Who is who is left to the answers."""
    made = stand_alone_questions("When did she thank him?", [_turn("Who did Ada Byron meet?", "Cy Dee")], NAMES)
    assert made[:2] == ["When did Ada Byron thank Cy Dee?", "When did Cy Dee thank Ada Byron?"]


def test_an_earlier_turn_is_reached() -> None:
    """What was said last comes first, what was said before is not forgotten; small talk says nothing."""
    small = _turn("hello", "")
    small = Turn("hello", Answer(**{**_fields(small.answer), "status": Status.SMALL_TALK}))  # type: ignore[arg-type]
    turns = [_turn("Who is Ada Byron?", "Prime Minister"), _turn("Who signed the treaty?", "Cy Dee"), small]
    assert stand_alone_questions("How old is he?", turns, NAMES)[:2] == ["How old is Cy Dee?", "How old is Ada Byron?"]
    assert stand_alone_questions("How old is he?", [small], NAMES) == []
    assert stand_alone_questions("How old is he?", [], NAMES) == []


def _fields(answer: Answer) -> dict[str, object]:
    return {name: getattr(answer, name) for name in Answer.__dataclass_fields__}


def test_a_change_of_the_subject() -> None:
    """Its words are not searched for."""
    assert without_reset("OK, different topic: what year was it?") == "what year was it?"
    assert without_reset("Changing the subject, who is Cy Dee?") == "who is Cy Dee?"
    assert without_reset("What is the topic: war or peace?") == "What is the topic: war or peace?"


def test_the_assistant_understands() -> None:
    """The surest reading wins, and the answer says how the question was understood."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(2), 0.5)
    first = assistant.ask("Where was the Alton Treaty signed by Cy Dee?")
    assert first.text == "Wales"
    turns = [Turn("Where was the Alton Treaty signed by Cy Dee?", first)]
    second = assistant.ask("What was he fond of?", turns)
    assert second.understood_as == "What was Cy Dee fond of?"
    assert second.question == "What was he fond of?"
    alone = assistant.ask("What was he fond of?")
    assert alone.understood_as == "What was he fond of?"
    assert assistant.ask("What was he fond of?", turns, literally=True).understood_as == "What was he fond of?"
    assert second.confidence > alone.confidence


@given(
    st.lists(st.sampled_from(["he", "and", "what", "it", "there", "Kent", "their", "her", "?", *HOSTILE]), max_size=8),
    st.lists(st.sampled_from(["who", "is", "Ada Byron", "it", "1952", *HOSTILE]), max_size=6),
)
def test_any_text_gives_a_few_other_questions(asked: list[str], said: list[str]) -> None:
    """Never the question itself, never one twice, never more than are worth reading."""
    question = " ".join(asked)
    made = stand_alone_questions(question, [_turn(" ".join(said), "Cy Dee")], NAMES)
    assert len(made) <= MOST
    assert len(set(made)) == len(made)
    assert question not in made
    assert all(one.endswith("?") for one in made)
