"""Where an article asks and answers, its questions are no answers."""

from __future__ import annotations

import pytest

from index.article import Article
from index.build import build_index
from rag.answering.assistant import Assistant
from tests.conftest import WordEncoder, last_words

MANUAL = Article(
    "Brewing machine\n\nCan I freeze the cake? Slices keep for two months. Gluten free? Why not? It was dry.\n\n"
    "The machine leaks. What can I do? Pull the plug at once.\n\nShe asked: who ate the cake?"
)


@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("can i freeze the cake", "Slices keep for two months."),
        ("is it gluten free", "It was dry."),
        ("the machine leaks", "Pull the plug at once."),
        # what the article asks may be asked for
        ("Who asked who ate the cake?", "She asked: who ate the cake?"),
        ("Has she ever had to freeze a cake?", "Slices keep for two months."),
        # one word of two is no echo, so the question may be cited
        ("When was the cake made by her?", "Can I freeze the cake?"),
    ],
)
def test_what_stands_behind_a_question_answers_it(question: str, cited: str) -> None:
    """Whole, since nobody marked a part of it; a question behind a question is passed over."""
    encoder = WordEncoder()
    answer = Assistant(build_index([MANUAL], encoder), encoder, last_words(), 0.0, sure=0.0).ask(question)
    assert answer.citations[0].quote == cited


def test_a_question_at_the_end_is_left_out() -> None:
    """Nothing stands behind it: what was found in another sentence is shown."""
    encoder = WordEncoder()
    article = Article("The old mill stands in Kent.\n\nWhere is the old mill?")
    answer = Assistant(build_index([article], encoder), encoder, last_words(), 0.0, sure=0.0).ask(
        "where is the old mill"
    )
    assert [cited.quote for cited in answer.citations] == ["The old mill stands in Kent."]
