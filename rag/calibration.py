"""From a reader's score to the probability that its answer is right."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over a span's score (Platt scaling).

    >>> round(Calibration(slope=0.5, intercept=0.0).confidence(0.0), 2)
    0.5

    :param slope: Positive, so that a higher score is a higher probability.
    :param intercept: Log-odds of being right at score 0.
    """

    slope: float
    intercept: float

    def confidence(self, score: float) -> float:
        """Return the probability that a span with this score is a right answer.

        :param score: Log-odds of the span against 'this passage does not say'.
        """
        return 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, self.slope * score + self.intercept))))


UNFITTED = Calibration(slope=1.0, intercept=0.0)
"""For a reader that nobody has calibrated: its own log-odds, taken at their word."""


def read_calibration(path: Path) -> Calibration:
    """Read a calibration file.

    :param path: JSON with `slope` and `intercept`.
    """
    fitted = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(float(fitted["slope"]), float(fitted["intercept"]))
