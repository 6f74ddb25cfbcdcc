"""Another article answers better: it is told, costs nothing where it cannot be so, and changes no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from rag.answer import Passage, Status
from rag.answering.assistant import Assistant
from rag.reading.calibration import Calibration
from rag.reading.reader import SpanProposal
from rag.reading.reading import CalibratedReader
from tests.conftest import LastWordReader, WordEncoder

APPLES = Article("Red apples\n\nRed apples grow in Kent.")
PEARS = Article("Pears\n\nGreen pears fall in Devon.")
PLUMS = Article("Plums\n\nRipe plums are sweet.")
WHERE = "Where do red apples grow?"


class NotingReader(LastWordReader):
    """Notes which articles it reads."""

    def __init__(self) -> None:
        self.titles: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Note them."""
        self.titles += sorted({passage.article.title for passage in passages})
        return super().read(question, passages)


def _assistant(
    *articles: Article, hints: bool = True, sure: float = 0.5, ceiling: float = 10.0
) -> tuple[Assistant, NotingReader]:
    """An assistant that answers from a confidence of 0.2 on, and what it reads."""
    encoder, reader = WordEncoder(), NotingReader()
    read_by = CalibratedReader(reader, Calibration(0.0, 1.0, 0.0, ceiling))
    return Assistant(build_index(articles, encoder), encoder, read_by, 0.2, sure=sure, hints=hints), reader


def test_another_article_is_named() -> None:
    """The one that answers, among two; the answer is the one that the article gives alone, with the same seal."""
    assistant, _ = _assistant(APPLES, PEARS, PLUMS)
    answer = assistant.ask(WHERE, article=PEARS.id)
    assert answer.status is Status.NOT_IN_ARTICLE
    assert answer.to_dict()["elsewhere"] == {"article": APPLES.id, "title": "Red apples", "confidence": 0.8176}
    alone = _assistant(PEARS)[0].ask(WHERE)
    assert answer == replace(alone, timings_ms=answer.timings_ms)
    assert (alone.elsewhere, alone.to_dict()["sha256"]) == (None, answer.to_dict()["sha256"])
    assert assistant.ask(WHERE, article=[PEARS.id, PLUMS.id]).elsewhere == answer.elsewhere
    assert assistant.ask(WHERE, article=[PEARS.id, APPLES.id]).elsewhere is None


def test_only_where_some_were_searched() -> None:
    """Also for what is typed, literally; not for small talk, an overview, or a question to all articles."""
    assistant, _ = _assistant(APPLES, PEARS)
    assert assistant.ask("Where do Kent apples grow?", article=PEARS.id, literally=True).elsewhere is not None
    assert assistant.ask("Hello!", article=PEARS.id).elsewhere is None
    assert assistant.ask("What is this article about?", article=PEARS.id).elsewhere is None
    assert assistant.ask(WHERE).elsewhere is None


def test_nothing_more_is_read_without_need() -> None:
    """The article answers surely; or nobody wants hints."""
    assistant, reader = _assistant(APPLES, PEARS)
    assert assistant.ask(WHERE, article=APPLES.id).status is Status.ANSWERED
    assert set(reader.titles) == {"Red apples"}
    # a ceiling tells in which order is read, not whether
    assistant, reader = _assistant(APPLES, PEARS, ceiling=0.0)
    assert assistant.ask(WHERE, article=PEARS.id).elsewhere is not None
    assistant, reader = _assistant(APPLES, PEARS, hints=False)
    assert assistant.ask(WHERE, article=PEARS.id).elsewhere is None
    assert set(reader.titles) == {"Pears"}


@pytest.mark.parametrize(
    ("here", "found"),
    # each word in common makes the odds 2.7 times as high, and there are three in the other article
    [("Sour grapes rot in Devon.", True), ("Sour apples rot in Devon.", True), ("Sour apples grow in Devon.", False)],
)
def test_it_must_be_clearly_better(here: str, *, found: bool) -> None:
    """Five times the odds, not a little more."""
    assistant, _ = _assistant(APPLES, Article(here, id="here"), sure=0.8)
    answer = assistant.ask(WHERE, article="here")
    assert (answer.status is Status.ANSWERED, answer.elsewhere is not None) == (False, found)


def test_it_must_be_sure() -> None:
    """An answer that would be doubtful is no reason to go elsewhere."""
    assistant, _ = _assistant(APPLES, PEARS, sure=0.9)
    assert assistant.ask(WHERE, article=PEARS.id).elsewhere is None


WORDS = st.lists(st.sampled_from(["red", "apples", "grow", "Kent.", "pears", "fall", "\n\n"]), min_size=1, max_size=12)


@given(st.lists(WORDS, min_size=2, max_size=4, unique_by=" ".join), WORDS)
def test_it_is_sure_and_was_not_asked(texts: list[list[str]], asked: list[str]) -> None:
    """Whatever the articles and the question; and it is told only where the article itself is not sure."""
    articles = [Article(f"{place}. " + " ".join(words)) for place, words in enumerate(texts)]
    assistant, _ = _assistant(*articles, sure=0.7)
    first, second, *others = (article.id for article in articles)
    for chosen in ([first], [first, second]):
        answer = assistant.ask(" ".join(asked), article=chosen)
        if answer.elsewhere:
            assert answer.elsewhere.article in {first, second, *others} - set(chosen)
            assert answer.elsewhere.confidence >= 0.7
            assert answer.status in (Status.UNSURE, Status.NOT_IN_ARTICLE)
