"""The cascade: the most probable span wins, and the second reader is asked only if need be."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from index.article import Article
from index.sentences import split
from rag.answer import Passage
from rag.reading.calibration import Calibration
from rag.reading.cascade import MARGIN, CalibratedReader, Cascade
from rag.reading.reader import Candidate
from tests.conftest import LastWordReader

TEXT = Article("Red apples grow in Kent. They ripen late.\n\nGreen pears fall in Devon.")
PASSAGES = tuple(Passage(TEXT, number, (sentence,)) for number, sentence in enumerate(split(TEXT)))
NO_SUPPORT: dict[tuple[str, int], float] = {}


class FirstWordReader(LastWordReader):
    """A second reader: the first word of each passage, always as sure, and it keeps what it was given."""

    name = "first word"
    budget = 6

    def __init__(self) -> None:
        self.given: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:  # noqa: ARG002 - the protocol's
        """Propose the first word of each passage."""
        self.given += [passage.text for passage in passages]
        return [
            Candidate(number, passage.start, passage.start + len(passage.text.split()[0]), 1.0)
            for number, passage in enumerate(passages)
        ]


def _cascade(sufficient: float, margin: float = MARGIN) -> tuple[Cascade, FirstWordReader]:
    second = FirstWordReader()
    first = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0, sufficient))
    return Cascade([first, CalibratedReader(second, Calibration(0.0, 1.0, 0.0))], margin), second


def test_a_sure_first_reader_has_the_last_word() -> None:
    """Three words in common are log-odds of 1.5, which is 0.82: enough here, and the second is not asked."""
    cascade, second = _cascade(0.8)
    reading = cascade.read("Where do red apples grow?", PASSAGES, NO_SUPPORT)
    best = reading.findings[0]
    assert (reading.by, TEXT.text[best.start : best.end]) == ("last word", "Kent")
    assert best.confidence == pytest.approx(0.8176, abs=1e-3)
    assert second.given == []
    assert cascade.name == "last word + first word"


def test_an_unsure_first_reader_hands_its_best_passages_on() -> None:
    """The second reader reads within its budget of six tokens, the most promising passage first."""
    cascade, second = _cascade(0.9)
    reading = cascade.read("Where do green pears fall?", PASSAGES, NO_SUPPORT)
    assert second.given == ["Green pears fall in Devon."]
    best = reading.findings[0]
    assert (reading.by, TEXT.text[best.start : best.end]) == ("first word", "Green")
    assert reading.passages[best.passage].text == "Green pears fall in Devon."
    assert best.number == 2


@pytest.mark.parametrize(
    ("margin", "every", "given"),
    [
        (1.4, False, ["Green pears fall in Devon."]),
        (1.6, False, ["Green pears fall in Devon.", "Red apples grow in Kent."]),
        (2.6, False, ["Green pears fall in Devon.", "Red apples grow in Kent.", "They ripen late."]),
        (0.0, True, ["Green pears fall in Devon.", "Red apples grow in Kent.", "They ripen late."]),
    ],
)
def test_reading_on_stops_where_nothing_can_overtake(margin: float, every: bool, given: list[str]) -> None:
    """The second is sure by log-odds of 1 everywhere, the first by 2.5, -0.5 and -1.5: words in common, less 1.5."""
    cascade, second = _cascade(0.99, margin)
    second.budget = 100
    reading = cascade.read("Where do green pears fall in it?", PASSAGES, NO_SUPPORT, every=every)
    assert second.given == given
    assert [passage.text for passage in reading.passages] == given
    assert [reading.passages[finding.passage].text for finding in reading.findings] == given


@pytest.mark.parametrize(
    ("ceiling", "every", "read"), [(0.9, False, 2), (1.1, False, 3), (math.inf, False, 3), (0.0, True, 3)]
)
def test_the_first_reader_stops_where_nothing_can_overtake(ceiling: float, every: bool, read: int) -> None:
    """It is sure by log-odds of 1.5, and a span in the third passage would have its score and 0.5 of support."""
    cascade = Cascade([CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 1.0, ceiling=ceiling))])
    reading = cascade.read("Where do red apples grow?", PASSAGES, {(TEXT.id, 2): 0.5}, every=every)
    assert reading.passages == PASSAGES[:read]
    assert {finding.passage for finding in reading.findings} == set(range(read))
    assert reading.findings[0].number == 0


def test_one_passage_is_read_whatever_it_costs() -> None:
    """The budget is smaller than any passage."""
    cascade, second = _cascade(0.9)
    second.budget = 1
    cascade.read("Where do green pears fall?", PASSAGES, NO_SUPPORT)
    assert second.given == ["Green pears fall in Devon."]


def test_support_decides_between_equal_scores() -> None:
    """The same two words in common: the sentence that the retriever prefers wins."""
    reader = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 4.0))
    for number, word in ((0, "Kent"), (2, "Devon")):
        reading = Cascade([reader]).read("Who is in it?", PASSAGES, {(TEXT.id, number): 0.5})
        best = reading.findings[0]
        assert TEXT.text[best.start : best.end] == word
        assert best.signals.support == 0.5
        assert best.confidence > reading.findings[1].confidence


def test_nothing_to_read_finds_nothing() -> None:
    """An article of furniture has no passage."""
    cascade, _ = _cascade(0.9)
    assert cascade.read("Who?", (), NO_SUPPORT).findings == ()
