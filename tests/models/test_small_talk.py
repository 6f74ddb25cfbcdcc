"""Small talk, answered by the whole assistant."""

from __future__ import annotations

import pytest

from rag.answer import Status, Turn
from rag.answering.assistant import Assistant
from tests.unit.understanding.test_small_talk import EXPECTED, INPUTS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "record"), INPUTS, ids=lambda value: value if isinstance(value, str) else value["kind"]
)
def test_each_input_is_answered_in_earnest(assistant: Assistant, place: str, record: dict[str, str]) -> None:
    """By the whole assistant, in the middle of a conversation: the promise is kept, and nothing is quoted."""
    question = "Who is Yuri Borisov?"
    answer = assistant.ask(record["question"], [Turn(question, assistant.ask(question))])
    _, promise = EXPECTED[record["id"]]
    assert promise in answer.text, place
    assert (answer.status, answer.citations, answer.closest, answer.spans) == (Status.SMALL_TALK, (), (), ())
    assert "poem" not in answer.text
    assert "cancel" not in answer.text
