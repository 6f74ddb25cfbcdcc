"""From what is known about an answer to the probability that it is right."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for an answer; higher is better in each.

    :param score: The reader's: log-odds of the span against 'this passage does not say'.
    :param support: The retriever's score of the sentence that holds the span.
    :param coverage: Share of the question's words that the passage has, from 0 to 1.
    """

    score: float
    support: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression on the signals.

    >>> round(Calibration(intercept=-1.0, score=0.5, support=0.0, coverage=0.0).confidence(Signals(4.0, 0.0, 0.0)), 3)
    0.731

    :param intercept: Log-odds of being right when every signal is 0.
    :param score: Weight of the signal of that name, as are the others.
    """

    intercept: float
    score: float
    support: float
    coverage: float

    def confidence(self, signals: Signals) -> float:
        """Return the probability that an answer with these signals is right."""
        odds = (
            self.intercept
            + self.score * signals.score
            + self.support * signals.support
            + self.coverage * signals.coverage
        )
        return 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, odds))))


UNFITTED = Calibration(intercept=0.0, score=1.0, support=0.0, coverage=0.0)
"""For a reader that nobody has calibrated: its own log-odds, taken at their word."""


def read_calibration(path: Path) -> Calibration:
    """Read a calibration file.

    :param path: JSON with the weights by name; what else it holds is for people.
    """
    fitted = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(**{name: float(fitted[name]) for name in Calibration.__slots__})
