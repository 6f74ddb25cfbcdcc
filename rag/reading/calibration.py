"""From what is known about an answer to the probability that it is right."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; higher is better in each.

    :param score: The reader's: log-odds of the span against 'this passage does not say', and what the other spans of
        its sentence add.
    :param support: The retriever's score of the sentence that holds the span.
    """

    score: float
    support: float


EVEN = 0.5
"""Where nobody has fitted it, an answer is sure that is more likely right than wrong."""


class Caution(StrEnum):
    """How sure Pullquote must be before it answers."""

    NONE = "none"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Two thresholds of the confidence and their price, measured on the calibration questions.

    :param threshold: Confidence below which the article counts as not saying.
    :param sure: Confidence from which an answer is sure; between the two it is to be checked.
    :param answered: Share of the questions with an answer that are answered with the right evidence, surely or not.
    :param refused: Share of the questions without one that are refused.
    :param sure_answered: Share of the questions with an answer that are surely answered with the right evidence; None
        if nobody has measured it.
    :param sure_refused: Share of the questions without one that are not surely answered, likewise.
    """

    threshold: float
    sure: float
    answered: float
    refused: float
    sure_answered: float | None = None
    sure_refused: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression on the signals, and where to cut it.

    >>> round(Calibration(intercept=-1.0, score=0.5, support=0.0).confidence(Signals(4.0, 0.0)), 3)
    0.731

    :param intercept: Log-odds of being right when every signal is 0.
    :param score: Weight of the signal of that name, as is `support`.
    :param ceiling: The reader's score that is reckoned with where it has not read: infinite unless somebody measured
        that with less no better answer is missed.
    :param points: Operating points by caution; none for a reader that nobody has calibrated.
    """

    intercept: float
    score: float
    support: float
    ceiling: float = math.inf
    points: Mapping[Caution, OperatingPoint] | None = None

    def confidence(self, signals: Signals) -> float:
        """Return the probability that an answer with these signals is right."""
        odds = self.intercept + self.score * signals.score + self.support * signals.support
        return 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, odds))))

    def threshold(self, caution: Caution) -> float:
        """Return the confidence below which the article counts as not saying; for no caution at all 0."""
        return self.points[caution].threshold if self.points else _UNFITTED_THRESHOLDS[caution]

    def sure(self, caution: Caution) -> float:
        """Return the confidence from which an answer is sure, not below the threshold."""
        return self.points[caution].sure if self.points else max(EVEN, self.threshold(caution))


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability.

    >>> log_odds(0.5), round(log_odds(0.9), 3), log_odds(0.0)
    (0.0, 2.197, -inf)
    """
    if probability in (0.0, 1.0):
        return math.copysign(math.inf, probability - 0.5)
    return math.log(probability / (1.0 - probability))


UNANSWERABLE = 0.2
"""Share of people's questions that an article does not answer, for which the confidence holds."""
UNFITTED = Calibration(intercept=0.0, score=1.0, support=0.0)
"""For a reader that nobody has calibrated: its own log-odds, taken at their word."""
_UNFITTED_THRESHOLDS = {Caution.NONE: 0.0, Caution.LOW: 0.1, Caution.NORMAL: 0.5, Caution.HIGH: 0.9}


def read_calibration(path: Path) -> Calibration:
    """Read a calibration file.

    :param path: JSON with the weights by name, and the operating points by caution; what else it holds is for people.
    """
    fitted = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(
        **{name: float(fitted[name]) for name in ("intercept", "score", "support")},
        ceiling=float(fitted.get("ceiling", math.inf)),
        points={caution: _point(fitted["points"][caution.value]) for caution in Caution},
    )


def _point(fitted: Mapping[str, float]) -> OperatingPoint:
    """Read an operating point; one from before there was a second threshold gets the one that was used then."""
    return OperatingPoint(**{"sure": max(EVEN, fitted["threshold"]), **fitted})
