"""Reading: the most probable span wins, and nothing is read that cannot overtake it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from index.article import Article
from index.sentences import split
from rag.answer import Passage
from rag.reading import reading as module
from rag.reading.calibration import Calibration
from rag.reading.reader import SpanProposal
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


class TwiceReader(LastWordReader):
    """Finds two spans of score 2 in the first passage, and one of another score in the third."""

    def __init__(self, alone: float) -> None:
        self.alone = alone

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Propose them."""
        assert (question, len(passages)) == ("Where?", 3)
        spans = {"Kent": (0, 2.0), "Red": (0, 2.0), "Devon": (2, self.alone)}
        return [SpanProposal(n, TEXT.text.find(w), TEXT.text.find(w) + len(w), s) for w, (n, s) in spans.items()]


@pytest.mark.parametrize(("alone", "best"), [(3.3, "Kent"), (3.5, "Devon")])
def test_all_spans_of_a_sentence_speak_for_it(alone: float, best: str) -> None:
    """Two equal ones add twice the logarithm of 2, which is 1.386."""
    reader = CalibratedReader(TwiceReader(alone), Calibration(0.0, 1.0, 0.0))
    findings = read(reader, "Where?", PASSAGES, NO_SUPPORT).findings
    assert TEXT.text[findings[0].start : findings[0].end] == best
    scores = sorted(finding.signals.score for finding in findings)
    assert scores == pytest.approx(sorted([3.386, 3.386, alone]), abs=1e-3)


def test_nothing_to_read_finds_nothing() -> None:
    """An article of boilerplate has no passage."""
    assert read(CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0)), "Who?", (), NO_SUPPORT).findings == ()


def test_a_mark_alone_is_no_answer() -> None:
    """A reader may propose the full stop behind a sentence."""

    class StopReader(LastWordReader):
        def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
            """Propose a full stop before anything else."""
            return [SpanProposal(0, 23, 24, 9.0), *super().read(question, passages)]

    reading = read(
        CalibratedReader(StopReader(), Calibration(0.0, 1.0, 0.0)), "Where do apples grow?", PASSAGES, NO_SUPPORT
    )
    assert TEXT.text[23:24] == "."
    assert TEXT.text[reading.findings[0].start : reading.findings[0].end] == "Kent"
