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
from rag.understanding.follow_ups import Said, in_context
from rag.understanding.leaning import leans
from rag.understanding.preamble import without_reset
from tests.conftest import WordEncoder, last_words

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
        "How long does it take?",
        "When was the deal made?",
        "Can I go inside?",
        "how did they cook arepas",
        "What was lost?",
        "What is an example?",
        "What are examples?",
        "What is an alternative?",
        "What are reasons?",
        "Do most agree?",
        "Are any still alive?",
        "How many were seriously injured?",
        "Who was already dead?",
        "What was done later?",
        "Did prices rise afterwards?",
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
        "how do i cook arepas",
        "Do cats like milk?",
        "What is an arepa?",
        "what are arepas",
    ],
)
def test_questions_that_stand_alone(question: str) -> None:
    """A name, an empty 'it' or 'there', a pronoun that is bound, a change of the subject; or few words that say all."""
    assert not leans(question, NAMES)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ([], "And Wales?"),
        ([Said("What grows in Kent?", "apples")], "And Wales? (What grows in Kent? apples)"),
        ([Said("Who owns it?", "")], "And Wales? (Who owns it?)"),
        ([Said("a", "b"), Said("c", "d"), Said("e", "f")], "And Wales? (e f; c d)"),
        ([Said("why " * 20, "so " * 20)], f"And Wales? ({'why ' * 16}{'so ' * 10})".replace(" )", ")")),
    ],
)
def test_what_was_said_is_read_behind_the_question(said: list[Said], read: str) -> None:
    """The latest turn comes first, at most two are read, and of each the first words."""
    assert in_context("And Wales?", said) == read


@given(st.text(), st.lists(st.builds(Said, st.text(), st.text()), max_size=4))
def test_no_word_of_the_question_is_changed(question: str, said: list[Said]) -> None:
    """Whatever was said before, the question comes first and whole."""
    assert in_context(question, said).startswith(question)


def test_a_change_of_the_subject() -> None:
    """Its words are not searched for."""
    assert without_reset("OK, different topic: what year was it?") == "what year was it?"
    assert without_reset("Changing the subject, who is Cy Dee?") == "who is Cy Dee?"
    assert without_reset("What is the topic: war or peace?") == "What is the topic: war or peace?"


def test_the_assistant_reads_on_with_what_was_said() -> None:
    """The answer says in the light of which question it was found; a refusal lends its question, small talk nothing."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(2), 0.5)
    asked = "Where was the Alton Treaty signed by Cy Dee?"
    turns = [Turn(asked, assistant.ask(asked))]
    assert turns[0].answer.text == "Wales"
    second = assistant.ask("Who signed it?", turns)
    assert (second.question, second.understood_as, second.in_light_of) == ("Who signed it?", "Who signed it?", asked)
    assert second.citations[0].quote == "Cy Dee signed the Alton Treaty in Wales."
    for alone in (
        assistant.ask("Who signed it?"),
        assistant.ask("Who signed it?", turns, literally=True),
        assistant.ask("Who signed it?", [Turn("Hello!", assistant.ask("Hello!"))]),
        assistant.ask("Where does Bo Fay live?", turns),
    ):
        assert alone.in_light_of == ""
    refused = _turn("Who signed the Alton Treaty?")
    assert assistant.ask("Where was it?", [refused]).in_light_of == "Who signed the Alton Treaty?"
