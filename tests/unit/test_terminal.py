"""What the commands say of a caution."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from index.article import Article
from index.build import build_index
from rag.answering.assistant import Assistant
from rag.reading.calibration import Calibration, Caution, OperatingPoint
from rag.reading.reading import CalibratedReader
from rag.terminal import _price
from tests.conftest import LastWordReader, WordEncoder

NORMAL = OperatingPoint(0.2, 0.5, 0.814, 0.6, 0.7, 0.85)
POINTS = {
    Caution.NONE: OperatingPoint(0.0, 0.5, 0.9, 0.0, 0.7, 0.85),
    Caution.LOW: OperatingPoint(0.1, 0.5, 0.88, 0.25),
    Caution.NORMAL: NORMAL,
    Caution.HIGH: OperatingPoint(0.6, 0.6, 0.6, 0.9, 0.6, 0.9),
}
SAID_OF_NORMAL = (
    "\nCaution normal: of 100 questions with an answer, 81 are answered with the right sentence, 70 of them surely; "
    "of 100 without one, 60 are refused and 25 more are marked as unsure."
)


def _assistant(points: Mapping[Caution, OperatingPoint] | None) -> Assistant:
    encoder = WordEncoder()
    reader = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0, points=points))
    return Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, reader, 0.5)


@pytest.mark.parametrize(
    ("caution", "said"),
    [
        (
            Caution.NONE,
            "of 100 questions with an answer, 90 are answered with the right sentence, 70 of them surely; "
            "of 100 without one, 0 are refused and 85 more are marked as unsure.",
        ),
        (
            Caution.LOW,
            "of 100 questions with an answer, 88 are answered with the right sentence; of 100 without one, 25 are "
            "refused.",
        ),
        (
            Caution.HIGH,
            "of 100 questions with an answer, 60 are answered with the right sentence, 60 of them surely; "
            "of 100 without one, 90 are refused and 0 more are marked as unsure.",
        ),
    ],
)
def test_a_caution_tells_how_often_it_is_right(caution: Caution, said: str) -> None:
    """For both kinds of questions, with the normal one to compare; what nobody measured is left out."""
    assert _price(_assistant(POINTS), caution) == f"Caution {caution}: {said}{SAID_OF_NORMAL}"


def test_what_nobody_measured_is_not_told() -> None:
    """A reader that was not calibrated has no rates."""
    assert _price(_assistant(None), Caution.LOW) == (
        "Caution low: this reader is not calibrated, so nobody has measured what that costs."
    )
