"""Whether a difference between two runs is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import permutation_test

from index.errors import InputError
from rag.evaluation.measures import as_asked, value_of
from rag.evaluation.metrics import auroc
from rag.evaluation.record import Outcome, Record, Run

TESTED = (
    *("evidence@1", "f1", "refused", "auroc", "recall@1", "recall@5", "ndcg@10"),
    *("paragraph.recall@1", "paragraph.recall@5", "article.recall@1", "article.ndcg@10"),
)
"""Measures that are tested: a few, since each one more makes all the others harder to tell from chance."""
SIGNIFICANT = 0.05
_RESAMPLES = 9_999
_BATCH = 100
_SEED = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """How a run differs from another on the questions that both were asked.

    :param measure: Name of the measure.
    :param run: Name of the run.
    :param baseline: Name of the run that it is compared with.
    :param difference: The run's value less the baseline's.
    :param p: How often chance alone would make as large a difference, in either direction (paired randomisation test);
        1 for a single question.
    :param holm: The same, corrected for all differences that are looked at together (Holm 1979).
    """

    measure: str
    run: str
    baseline: str
    difference: float
    p: float
    holm: float


def compare(baseline: Run, others: Sequence[Run]) -> list[Difference]:
    """Compare runs with a baseline, question by question.

    For each question the two results are swapped or not, at random; p is the share of such draws with as large a
    difference (Smucker et al. 2007; 9,999 draws, the observed one counted).

    :param baseline: The run to compare with.
    :param others: The runs to compare.
    :return: A difference for each run and each tested measure that both have.
    :raises InputError: If two runs have no question in common.
    """
    found: list[tuple[str, str, float, float]] = []
    for other in others:
        pairs = _pairs(baseline, other)
        for name in TESTED:
            tested = _difference(name, pairs)
            if tested is not None:
                found.append((name, other.name, *tested))
    corrected = holm([p for *_, p in found])
    return [
        Difference(name, run, baseline.name, difference, p, adjusted)
        for (name, run, difference, p), adjusted in zip(found, corrected, strict=True)
    ]


def holm(ps: Sequence[float]) -> list[float]:
    """Correct p-values for their number, step by step down (Holm 1979).

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]

    :param ps: n p-values.
    :return: n corrected ones, in the same order.
    """
    order = np.argsort(ps, kind="stable")
    stepped = np.minimum(1, np.asarray(ps)[order] * np.arange(len(ps), 0, -1))
    corrected = np.empty(len(ps))
    corrected[order] = np.maximum.accumulate(stepped)
    return [float(p) for p in corrected]


def _pairs(baseline: Run, other: Run) -> list[tuple[Record, Record]]:
    known = {(record.id, record.asked): record for record in as_asked(baseline.records)}
    pairs = [(known[key], record) for record in as_asked(other.records) if (key := (record.id, record.asked)) in known]
    if not pairs:
        raise InputError(
            f"The runs {baseline.name!r} and {other.name!r} have no question in common. "
            "Compare runs on the same question set."
        )
    return pairs


def _difference(name: str, pairs: Sequence[tuple[Record, Record]]) -> tuple[float, float] | None:
    """Return the difference and its p, or None where a run lacks the measure."""
    if name == "auroc":
        return _auroc_difference(pairs)
    values = np.array([[one.values[name] for one in pair] for pair in pairs if all(name in one.values for one in pair)])
    if not len(values):
        return None
    difference = float((values[:, 1] - values[:, 0]).mean())
    if len(values) == 1 or not (values[:, 0] != values[:, 1]).any():
        return difference, 1.0
    test = permutation_test(
        (values[:, 1], values[:, 0]),
        lambda run, base, axis: np.mean(run - base, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=_BATCH,
        rng=np.random.default_rng(_SEED),
    )
    return difference, float(test.pvalue)


def _auroc_difference(pairs: Sequence[tuple[Record, Record]]) -> tuple[float, float] | None:
    judged = [(base, run) for base, run in pairs if base.status and run.status and base.outcome is not Outcome.UNJUDGED]
    if value_of("auroc", [base for base, _ in judged]) is None:
        return None
    answerable = np.array([base.answerable for base, _ in judged])
    confidences = np.array([[base.confidence, run.confidence] for base, run in judged])

    def difference(run: NDArray[np.float64], base: NDArray[np.float64]) -> float:
        return _area(run, answerable) - _area(base, answerable)

    if not (confidences[:, 0] != confidences[:, 1]).any():
        return 0.0, 1.0
    test = permutation_test(
        (confidences[:, 1], confidences[:, 0]),
        difference,
        permutation_type="samples",
        vectorized=False,
        n_resamples=_RESAMPLES,
        rng=np.random.default_rng(_SEED),
    )
    return float(test.statistic), float(test.pvalue)


def _area(confidences: NDArray[np.float64], answerable: NDArray[np.bool_]) -> float:
    return float(auroc(confidences[answerable].tolist(), confidences[~answerable].tolist()) or 0.0)
