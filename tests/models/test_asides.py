"""The body is right where a correction repeats what was wrong, and what stands beside the body is found."""

from __future__ import annotations

import pytest

from index.article import Article
from rag.answer import Status
from rag.answering.assistant import Assistant
from rag.loading import load_assistant

pytestmark = pytest.mark.slow

BRIDGE = Article(
    "New bridge opens in Kent\n\nBy Ada Byron\n\nThe council of Kent opened the new bridge over the Stour on Monday. "
    "The bridge cost 3 million dollars and is 40 metres long. It was designed by the architect Cy Dee. Thousands of "
    "people came to the opening.\n\nPhoto: Bo Fay / The Kent Herald\n\nRead more: Why the old bridge fell\n\n"
    "Correction: An earlier version of this article said that the bridge cost 5 million dollars and was designed by "
    "Bo Lee."
)


@pytest.fixture(scope="module")
def bridge() -> Assistant:
    """The assistant of the article about the bridge."""
    return load_assistant(BRIDGE)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How much did the bridge cost?", "3 million"),
        ("Who designed the bridge?", "Cy Dee"),
        ("Who took the photo?", "Bo Fay"),
    ],
)
def test_the_body_and_what_stands_beside_it(bridge: Assistant, question: str, words: str) -> None:
    """Each where it is asked for."""
    assert words in bridge.ask(question).text


def test_an_overview_is_of_the_body(bridge: Assistant) -> None:
    """The headline and the first sentences; no author, no credit, no correction, no link."""
    answer = bridge.ask("What is this article about?")
    assert answer.status is Status.OVERVIEW
    assert [citation.sentence for citation in answer.citations] == [0, 2, 3, 4]
    assert bridge.ask("Why did the old bridge fall?").status is Status.NOT_IN_ARTICLE
