"""Asked of one article, the answer is the same to the last digit, however many others lie beside it."""

from __future__ import annotations

from typing import Any

import pytest

from index.article import Article, read_article
from index.build import build_index
from index.openvino_encoder import open_encoder
from rag.answer import Answer, Turn
from rag.answering.assistant import Assistant
from rag.chat.conversations import Conversations, Speaker
from rag.chat.dialogue import Dialogue
from rag.reading.calibration import Caution
from rag.reading.shipped import FAST, load_reader
from tests.conftest import ROOT, SEED

pytestmark = pytest.mark.slow

ARTICLES = [
    Article("Red apples grow in Kent. Maduro was not there, said Borisov, and nobody asked why."),
    *(read_article(path) for path in (SEED, ROOT / "docs" / "widget.md")),
]
"""Of two sentences to a hundred; names and words of one are in others, more often and less often."""
QUESTIONS = [
    "Who is Anatoly Antonov?", "When was the Cuban Missile Crisis?", "Was Maduro there?",
    "wat have Putin and his top oficials repeatedly denyed?", "Which countries did he visit?",
    "Where do red aples grow?", "Who may embed the chat?", "Why?", "What is this article about?", "hello",
    "Who is the president of France?", "Wo wohnt Maduro?",
]  # fmt: skip
CONVERSATION = ["Who is Borisov?", "Where was he?", "And Maduro?", "Was he there, too?"]


class Parts:
    """The real encoder and the fast reader, loaded once: what neighbours could change is found before it is read."""

    def __init__(self) -> None:
        self._encoder = open_encoder()
        self._reader = load_reader(FAST)

    def asked_about(self, *articles: Article) -> Assistant:
        """Make an assistant."""
        threshold = self._reader.calibration.threshold(Caution.NORMAL)
        return Assistant(build_index(articles, self._encoder), self._encoder, self._reader, threshold)


@pytest.fixture(scope="module")
def parts() -> Parts:
    """The models."""
    return Parts()


@pytest.fixture(scope="module")
def many(parts: Parts) -> Assistant:
    """The assistant of all articles."""
    return parts.asked_about(*ARTICLES)


def _untimed(answer: Answer) -> dict[str, Any]:
    """All but the times, and the hint that another article answers better: alone, an article has no other."""
    return {**answer.to_dict(), "timings_ms": None, "elsewhere": None}


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.title[:20])
def test_neighbours_change_no_answer(article: Article, many: Assistant, parts: Parts) -> None:
    """Of each article every question, and a conversation, in a program and in the chat."""
    alone = parts.asked_about(article)
    for question in QUESTIONS:
        assert _untimed(many.ask(question, article=article.id)) == _untimed(alone.ask(question))
    turns: list[Turn] = []
    chat = Dialogue(many, (), Conversations())
    for question in CONVERSATION:
        expected = alone.ask(question, turns)
        assert _untimed(many.ask(question, turns, article.id)) == _untimed(expected)
        assert _untimed(chat.ask(Speaker("conversation"), question, article.id, "", lambda _: None)) == _untimed(
            expected
        )
        turns.append(Turn(question, expected))
