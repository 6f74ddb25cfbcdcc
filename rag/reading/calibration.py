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

    :param score: The reader's: log-odds of the span against 'this passage does not say'.
    :param support: The retriever's score of the sentence that holds the span.
    """

    score: float
    support: float


class Caution(StrEnum):
    """How sure Pullquote must be before it answers."""

    NONE = "none"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold and its price, measured on the calibration questions.

    :param threshold: Confidence below which the article counts as not saying.
    :param sure: Confidence from which an answer is given without a warning.
    :param answered: Share of the questions with an answer that are answered with the right evidence.
    :param refused: Share of the questions without one that are refused.
    :param sure_answered: Share of the questions with an answer that are surely answered with the right evidence.
    :param sure_refused: Share of the questions without one that are not surely answered.
    """

    threshold: float
    sure: float
    answered: float
    refused: float
    sure_answered: float
    sure_refused: float


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
        points={caution: OperatingPoint(**fitted["points"][caution.value]) for caution in Caution},
    )
