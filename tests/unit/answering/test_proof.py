"""Proof: a yes-or-no question is proved by the sentence that repeats its words."""

from __future__ import annotations

import pytest

from index.article import Article
from index.build import build_index
from rag.answer import Status
from rag.answering.assistant import Assistant
from rag.answering.proof import CONFIDENCE, proof, proved_by
from tests.conftest import WordEncoder, last_words

SENTENCES = ["Bob left the ball.", "At the ball were Ada, Cy and Di.", "Ada Byron never left Kent."]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("Was Ada at the ball?", 1),
        ("were cy and di at the balls", 1),
        ("Did Ada Byron leave Kent?", None),  # 'leave' and 'left' have different stems
        ("Has Ada Byron left Kent?", 2),
        ("Did Bob leave or stay at the ball?", None),  # a choice is no yes or no
        ("Who was at the ball?", None),
        ("Was Eve at the ball?", None),
        ("Was Ada?", None),
        ("", None),
    ],
)
def test_the_sentence_that_repeats_the_question(question: str, place: int | None) -> None:
    """By hand, stop words aside."""
    assert proof(question, SENTENCES) == place


def test_a_question_proves_nothing() -> None:
    """Not even the one that was asked, as an interview has it: the sentence after it may."""
    asked = ["Was Ada at the ball?", "“Was Ada at the ball?”", "(Was Ada at the ball?)"]
    assert proof("Was Ada at the ball?", asked) is None
    assert proof("Was Ada at the ball?", [*asked, "Ada was at the ball."]) == 3
    assert not proved_by("Was Cy there, too?", "Who was at the ball?", "Was Cy at it?")


def test_the_answer_is_the_whole_sentence_and_nothing_is_read() -> None:
    """Its confidence is what was measured, and no reader had a word."""
    encoder, text = WordEncoder(), Article(" ".join(SENTENCES))
    answer = Assistant(build_index([text], encoder), encoder, last_words(), 0.5).ask("Was Ada at the ball?")
    assert (answer.status, answer.text, answer.read_by) == (Status.ANSWERED, SENTENCES[1], "")
    assert answer.confidence == CONFIDENCE
    assert answer.citations[0].quote == SENTENCES[1]
