"""A question that asks two things gets both answers, or is marked as doubtful."""

from __future__ import annotations

import pytest

from index.article import Article
from index.build import build_index
from rag.answer import Answer, Status
from rag.answering.assistant import Assistant
from rag.understanding.double import parts
from tests.conftest import WordEncoder, last_words

TEXT = Article("Red apples grow in Kent. Green pears fall in Devon.\n\nBlue plums are sold by Ann. Hens lay eggs.")


def _asked(question: str) -> Answer:
    encoder = WordEncoder()
    return Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5, sure=0.5).ask(question)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("When and where was Ann born?", ("When was Ann born?", "where was Ann born?")),
        ("how many and which towns are there", ("how many towns are there?", "which towns are there?")),
        ("Who built the mill, and for how much?", ("Who built the mill?", "And for how much?")),
        (
            "At what time and in which town did they meet?",
            ("At what time did they meet?", "in which town did they meet?"),
        ),
        ("Where is Kent?", ()),
        ("What is the difference between what he says and what she says?", ()),
        ("Who decided when to sow and when to reap?", ()),
        ("Who are Ann and Cy?", ()),
        ("What and when", ()),
        ("Which steel magnate and which inventor met?", ()),
        ("How many hours of sport, and how often, are needed?", ()),
        ("Tell me where and when", ()),
        ("", ()),
    ],
)
def test_what_asks_two_things(question: str, asked: tuple[str, ...]) -> None:
    """Two words that ask of the same, or two questions; no clause that one of them tells of."""
    assert parts(question) == asked


def test_both_are_answered_each_with_its_citation() -> None:
    """In their order; the article says both surely."""
    answer = _asked("Where do red apples grow and where do green pears fall?")
    assert (answer.status, answer.text) == (Status.ANSWERED, "Kent; Devon")
    assert [(cited.number, cited.quote) for cited in answer.citations] == [
        (1, "Red apples grow in Kent."),
        (2, "Green pears fall in Devon."),
    ]
    assert answer.question == answer.understood_as == "Where do red apples grow and where do green pears fall?"


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Where do red apples grow and how much do oranges cost?", "How much do oranges cost?"),
        ("How much do oranges cost and where do red apples grow?", "How much do oranges cost?"),
    ],
)
def test_half_an_answer_tells_which_half_is_missing(question: str, missing: str) -> None:
    """What was found is as sure as if it had been asked alone; the JSON has the other question only here."""
    answer = _asked(question)
    assert (answer.status, answer.text, answer.missing) == (Status.ANSWERED, "Kent", missing)
    assert answer.to_dict()["missing"] == missing
    alone = _asked("Where do red apples grow?")
    assert (alone.missing, "missing" in alone.to_dict()) == ("", False)


def test_the_same_words_for_both_are_unsure() -> None:
    """They answer one of them at most, and which is not known."""
    answer = _asked("Where and why do red apples grow?")
    assert (answer.status, answer.text, answer.missing) == (Status.UNSURE, "Kent", "")


def test_nothing_found_is_a_refusal_of_the_whole() -> None:
    """With the sentences that are nearest to all of it."""
    answer = _asked("How much do oranges cost and when were melons brought?")
    assert (answer.status, answer.question) == (
        Status.NOT_IN_ARTICLE,
        "How much do oranges cost and when were melons brought?",
    )
