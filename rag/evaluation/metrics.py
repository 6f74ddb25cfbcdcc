"""Measures of answers: pure functions on strings, intervals and scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.language.overlap import normalised


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """Return 1.0 if the prediction equals an answer after normalising, else 0.0.

    >>> exact_match("the Soviet Union", ["Soviet Union."])
    1.0
    """
    return float(any(normalised(prediction) == normalised(answer) for answer in answers))


def covers(prediction: str, items: Sequence[str]) -> bool:
    """Tell whether a prediction holds every item of a list answer, after normalising.

    >>> covers("Nicaragua and then end in Cuba", ["Cuba", "Nicaragua"])
    True
    """
    words = f" {normalised(prediction)} "
    return all(f" {normalised(item)} " in words for item in items)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Return the probability that a positive scores above a negative, a tie counting half.

    >>> auroc([0.9, 0.4], [0.4, 0.1])  # of four pairs three are in order and one is a tie
    0.875

    :param positives: Scores of the answerable questions.
    :param negatives: Scores of the unanswerable ones.
    :return: From 0 to 1, or None if either is empty.
    """
    if not positives or not negatives:
        return None
    below = np.sort(negatives)
    wins = np.searchsorted(below, positives, "left").sum() + np.searchsorted(below, positives, "right").sum()
    return float(wins / (2 * len(positives) * len(negatives)))


def calibration_error(
    confidences: Sequence[float], right: Sequence[bool], weights: Sequence[float] | None = None
) -> float:
    """Return the expected calibration error over ten bins of equal width (Naeini et al. 2015).

    >>> round(calibration_error([0.95, 0.95, 0.15, 0.15], [True, False, False, False]), 2)
    0.3

    :param confidences: n probabilities.
    :param right: n outcomes.
    :param weights: What each counts for, by default the same.
    :return: Mean distance of a bin's confidence from its share of right answers, weighted by its size.
    """
    confidence, outcome = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    counts = np.ones(len(confidence)) if weights is None else np.asarray(weights, dtype=np.float64)
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = np.bincount(bins, counts * (confidence - outcome))
    return float(np.abs(gaps).sum() / counts.sum())


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, int]]:
    """Return how often answers of about the same confidence are right, in ten bins of equal width (Naeini et al. 2015).

    >>> reliability([0.75, 0.75, 0.25], [True, False, False])
    [(0.25, 0.0, 1), (0.75, 0.5, 2)]

    :param confidences: n probabilities.
    :param right: n outcomes.
    :return: (mean confidence, share right, count) of each bin that is not empty, the least confidence first.
    """
    confidence, outcome = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    bins = np.minimum((confidence * 10).astype(int), 9)
    held = [bins == number for number in np.unique(bins)]
    return [(float(confidence[bin_].mean()), float(outcome[bin_].mean()), int(bin_.sum())) for bin_ in held]


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Return what answering only the surest questions would cost (El-Yaniv and Wiener 2010).

    >>> risk_coverage([0.9, 0.2, 0.5, 0.5], [True, False, False, True])  # a tie is taken or left as a whole
    [(0.25, 0.0), (0.75, 0.3333333333333333), (1.0, 0.5)]

    :param confidences: n probabilities.
    :param right: n outcomes.
    :return: (coverage, risk) for each threshold, the highest first: share of the questions answered, and share of
        wrong answers among those.
    """
    confidence = np.asarray(confidences, dtype=np.float64)
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    last = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True)) if len(order) else order
    return [(float((at + 1) / len(order)), float(wrong[at] / (at + 1))) for at in last]


def area_under(curve: Sequence[tuple[float, float]]) -> float:
    """Return the area under a risk-coverage curve: its mean risk, lower is better.

    >>> area_under([(0.5, 0.0), (1.0, 0.4)])
    0.2

    :param curve: (coverage, risk), coverage rising.
    """
    coverage = np.array([0.0, *(covered for covered, _ in curve)])
    return float(np.diff(coverage) @ np.array([risk for _, risk in curve]))
