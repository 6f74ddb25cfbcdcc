"""The same question is answered once, as long as nothing that matters is different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answer import Answer, Timings, Turn
from rag.answering.assistant import Assistant
from rag.answering.memory import Memory
from tests.conftest import WordEncoder, last_words

TEXT = Article("Ada Byron met Cy Dee in Kent. Cy Dee was fond of red apples.")
OTHER = Article("Bo Fay was fond of pears.")


class CountingEncoder(WordEncoder):
    """Counts what it is asked to encode."""

    asked = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Count, and encode."""
        self.asked += 1
        return super().encode(texts)


def _assistant(remembered: int) -> tuple[Assistant, CountingEncoder]:
    encoder = CountingEncoder()
    assistant = Assistant(build_index([TEXT, OTHER], encoder), encoder, last_words(2), 0.5, remembered=remembered)
    encoder.asked = 0
    return assistant, encoder


def _untimed(answer: Answer) -> Answer:
    return replace(answer, timings_ms=Timings(0, 0, 0))


def test_the_same_question_is_not_searched_again() -> None:
    """The answer is equal but for its times; another article, or the question taken literally, is another one."""
    assistant, encoder = _assistant(5)
    first = assistant.ask("Where did Ada Byron meet Cy Dee?")
    again = assistant.ask("Where did Ada Byron meet Cy Dee?")
    assert _untimed(again) == _untimed(first)
    assert (again.timings_ms.retrieve, again.timings_ms.read, encoder.asked) == (0.0, 0.0, 1)
    assistant.ask("Where did Ada Byron meet Cy Dee?", article=TEXT.id)
    assistant.ask("Where did Ada Byron meet Cy Dee?", literally=True)
    assert encoder.asked == 3


def test_a_conversation_is_not_remembered() -> None:
    """What was said before belongs to a question, so it is searched for each time."""
    assistant, encoder = _assistant(5)
    question = "Where did Ada Byron meet Cy Dee?"
    turns = [Turn(question, assistant.ask(question))]
    searched = []
    for _ in range(2):
        before = encoder.asked
        assistant.ask("Who was fond of pears?", turns)
        searched.append(encoder.asked - before)
    assert searched[0] == searched[1] > 0


def test_without_a_memory_nothing_is_kept() -> None:
    """0 is off, and a wrong article is told each time."""
    assistant, encoder = _assistant(0)
    for _ in range(2):
        assistant.ask("Who was fond of pears?")
        with pytest.raises(InputError, match="No article has the id 'x'"):
            assistant.ask("Who was fond of pears?", article="x")
    assert encoder.asked == 2


def test_the_one_untouched_longest_is_forgotten() -> None:
    """Of three, with room for two."""
    assistant, _ = _assistant(0)
    answer = assistant.ask("Who was fond of pears?")
    memory = Memory(2)
    for name in ("a", "b"):
        memory.keep((name, (), False), answer)
    assert memory.recall(("a", (), False)) == answer
    memory.keep(("c", (), False), answer)
    assert [memory.recall((name, (), False)) is not None for name in "abc"] == [True, False, True]
