"""What stands beside the body is told from it, and goes behind it."""

from __future__ import annotations

from time import perf_counter

import pytest

from index.article import Article
from index.sentences import split
from rag.answer import Passage
from rag.answering.asides import body_first, is_aside
from rag.reading.calibration import Signals
from rag.reading.reading import Finding, Reading


@pytest.mark.parametrize(
    "text",
    [
        "Correction: An earlier version of this article gave the wrong length of the bridge.",
        "CORRECTION (5 May): The bridge is 40 m long.",
        "An earlier version of this story said that the bridge was 50 m long.",
        "This article was updated to add the length of the bridge.",
        "Editor’s note — the names have been changed.",
        "By Ada Byron",
        "By ADA BYRON and CY DEE, Staff Writers",
        "Reporting by Ada Byron; editing by Cy Dee.",
        "Additional reporting by Bo Fay in Kent.",
        "Image: Ada Byron.",
        "The bridge at night Image: Ada Byron.",
        "The bridge at night (Photo by Ada Byron)",
        "Photo credit: Ada Byron / AP",
        "File photo of the bridge.",
        "(credit: Library of Congress)",
        "Published on 5 May 2020",
        "Last updated: 14:05, Tuesday",
    ],
)
def test_asides(text: str) -> None:
    """Corrections, authors, credits, dates."""
    assert is_aside(text)


@pytest.mark.parametrize(
    "text",
    [
        "By boat the islands are reached in two days.",
        "By far the most successful of the operas is Rusalka.",
        "By Monday Ada Byron had left Kent for good.",
        "The correction of the river took ten years.",
        "He took a photo of the bridge.",
        "The earlier version of the bridge was made of wood.",
        "The image of the town suffered.",
        "She updated her will in 1990.",
        "He published two books on bridges.",
        "This story was told to every child.",
        "",
    ],
)
def test_the_body_is_none(text: str) -> None:
    """Sentences with the same words."""
    assert not is_aside(text)


ARTICLE = Article("The bridge is 40 m long. Correction: An earlier version of this article said 50 m.")


def _finding(number: int, confidence: float) -> Finding:
    sentence = split(ARTICLE)[number]
    return Finding(0, number, sentence, sentence.start, sentence.end, Signals(0.0, 0.0), confidence)


@pytest.mark.parametrize(
    ("body", "first"), [(0.4, 0), (0.3, 1), (0.7, 0), (0.0, 1)], ids=["as sure", "less sure", "surer", "not"]
)
def test_the_body_goes_first_if_it_is_about_as_sure(body: float, first: int) -> None:
    """At half the confidence of the correction; nothing is lost."""
    findings = sorted([_finding(0, body), _finding(1, 0.7)], key=lambda one: -one.confidence)
    reading = Reading("reader", (Passage(ARTICLE, 0, tuple(split(ARTICLE))),), tuple(findings))
    found = body_first(reading)
    assert [one.number for one in found.findings] == [first, 1 - first]
    assert (found.by, found.passages) == (reading.by, reading.passages)


def test_nothing_found_stays_nothing() -> None:
    """And what was found beside the body alone is given."""
    assert body_first(Reading("reader", (), ())) == Reading("reader", (), ())
    alone = Reading("reader", (Passage(ARTICLE, 0, tuple(split(ARTICLE))),), (_finding(1, 0.7),))
    assert body_first(alone) == alone


@pytest.mark.parametrize(
    "word", ["By A ", "photo: ", "earlier version of ", "(photo ", "updated 1 ", "correction ", "A, "]
)
def test_hostile_repetition_is_no_trap(word: str) -> None:
    """A sentence of the greatest length is looked at in no time."""
    began = perf_counter()
    is_aside((word * 1000)[:1000])
    assert perf_counter() - began < 1
