"""Reading: the most probable span wins, and nothing is read that cannot overtake it."""

from __future__ import annotations

import math

import pytest

from index.article import Article
from index.sentences import split
from rag.answer import Passage
from rag.reading import reading as module
from rag.reading.calibration import Calibration
from rag.reading.reading import CalibratedReader, read
from tests.conftest import LastWordReader

TEXT = Article("Red apples grow in Kent. They ripen late.\n\nGreen pears fall in Devon.")
PASSAGES = tuple(Passage(TEXT, number, (sentence,)) for number, sentence in enumerate(split(TEXT)))
NO_SUPPORT: dict[tuple[str, int], float] = {}


def test_the_most_probable_span_wins() -> None:
    """Three words in common are log-odds of 1.5, which is 0.82."""
    reading = read(
        CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0)),
        "Where do red apples grow?",
        PASSAGES,
        NO_SUPPORT,
    )
    best = reading.findings[0]
    assert (reading.by, TEXT.text[best.start : best.end]) == ("last word", "Kent")
    assert best.confidence == pytest.approx(0.8176, abs=1e-3)
    assert reading.passages == PASSAGES


@pytest.mark.parametrize(
    ("ceiling", "every", "passages"), [(0.9, False, 2), (1.1, False, 3), (math.inf, False, 3), (0.0, True, 3)]
)
def test_reading_stops_where_nothing_can_overtake(
    ceiling: float, every: bool, passages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first two passages give log-odds of 1.5; a span in the third would have its score and 0.5 of support."""
    monkeypatch.setattr(module, "BEGINNING", 6)
    reader = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 1.0, ceiling=ceiling))
    reading = read(reader, "Where do red apples grow?", PASSAGES, {(TEXT.id, 2): 0.5}, every=every)
    assert reading.passages == PASSAGES[:passages]
    assert {finding.passage for finding in reading.findings} == set(range(passages))
    assert reading.findings[0].number == 0


def test_what_is_read_later_may_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third passage is read after the others, and its finding tells of the third passage."""
    monkeypatch.setattr(module, "BEGINNING", 1)
    reader = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 1.0, ceiling=9.0))
    reading = read(reader, "Where do green pears fall?", PASSAGES, NO_SUPPORT)
    best = reading.findings[0]
    assert (best.passage, best.number, TEXT.text[best.start : best.end]) == (2, 2, "Devon")


def test_support_decides_between_equal_scores() -> None:
    """The same two words in common: the sentence that the retriever prefers wins."""
    reader = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 4.0))
    for number, word in ((0, "Kent"), (2, "Devon")):
        reading = read(reader, "Who is in it?", PASSAGES, {(TEXT.id, number): 0.5})
        best = reading.findings[0]
        assert TEXT.text[best.start : best.end] == word
        assert best.signals.support == 0.5
        assert best.confidence > reading.findings[1].confidence


def test_nothing_to_read_finds_nothing() -> None:
    """An article of boilerplate has no passage."""
    assert read(CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0)), "Who?", (), NO_SUPPORT).findings == ()
