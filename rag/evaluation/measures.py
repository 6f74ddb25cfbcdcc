"""The measures of a run, each with an interval: what it would have been on other questions of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from rag.evaluation.metrics import area_under, auroc, calibration_error, risk_coverage
from rag.evaluation.ranking import AT, Level
from rag.evaluation.record import Asked, Outcome, Record

_RESAMPLES = 1_000
_SEED = 20
_BATCH = 50
"""Resamples that are held in memory at once."""


class Unit(StrEnum):
    """How a value is shown."""

    SHARE = "share"
    """From 0 to 1, in per cent."""
    NUMBER = "number"
    """From 0 to 1."""
    TIME = "ms"


class Group(StrEnum):
    """What a measure is about."""

    ANSWERS = "Answers"
    CITATIONS = "Citations"
    ABSTENTION = "Abstention"
    SENTENCES = "Retrieval: sentences"
    PARAGRAPHS = "Retrieval: paragraphs"
    ARTICLES = "Retrieval: articles"
    TIME = "Time"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a run.

    :param name: What it is called in files and options.
    :param title: What it is called in tables.
    :param better: 1 if higher is better, -1 if lower is.
    """

    name: str
    title: str
    group: Group
    unit: Unit = Unit.SHARE
    better: int = 1


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure's value and its 95 % interval (percentile bootstrap, 1,000 resamples; Efron and Tibshirani 1993).

    :param low: None, as `high`, if there is no interval: one question tells nothing of others.
    :param count: Questions it is taken over.
    """

    value: float
    low: float | None
    high: float | None
    count: int


_RANKED = (
    *((f"recall@{k}", f"recall@{k}: share of what is right") for k in AT),
    *((f"hit@{k}", f"hit@{k}: anything right") for k in AT),
    ("mrr", "MRR@10"),
    ("ndcg@10", "nDCG@10"),
    ("map", "MAP"),
)
_LEVELS = (
    (Level.SENTENCE, Group.SENTENCES),
    (Level.PARAGRAPH, Group.PARAGRAPHS),
    (Level.ARTICLE, Group.ARTICLES),
)
STAGES = ("retrieve", "read", "total")
MEASURES: tuple[Measure, ...] = (
    Measure("evidence@1", "right sentence cited first (evidence@1)", Group.ANSWERS),
    Measure("f1", "words of the answer (F1)", Group.ANSWERS),
    Measure("exact", "exact match", Group.ANSWERS),
    Measure("squad_f1", "F1, the unanswerable too (SQuAD 2.0)", Group.ANSWERS),
    Measure("squad_exact", "exact match, the unanswerable too (SQuAD 2.0)", Group.ANSWERS),
    Measure("verbatim", "quotations verbatim", Group.CITATIONS),
    Measure("citation_precision", "cited characters that prove it (of answers given)", Group.CITATIONS),
    Measure("citation_recall", "proving characters that are cited (of answers given)", Group.CITATIONS),
    Measure("answered", "answerable: answered", Group.ABSTENTION),
    Measure("refused", "unanswerable: refused", Group.ABSTENTION),
    Measure("balance", "balance: mean of right sentence first and refused", Group.ABSTENTION),
    Measure("auroc", "confidence tells answerable from unanswerable (AUROC)", Group.ABSTENTION, Unit.NUMBER),
    Measure("risk", "wrong among the answers given", Group.ABSTENTION, better=-1),
    Measure("risk_area", "area under risk-coverage", Group.ABSTENTION, Unit.NUMBER, -1),
    Measure("calibration", "calibration error of the answers given", Group.ABSTENTION, Unit.NUMBER, -1),
    *(Measure(level + name, title, group) for level, group in _LEVELS for name, title in _RANKED),
    *(
        Measure(f"{stage}_p{point}", f"{stage}, {'median' if point == 50 else f'p{point}'}", Group.TIME, Unit.TIME, -1)
        for stage in STAGES
        for point in (50, 95)
    ),
)
BY_NAME = {measure.name: measure for measure in MEASURES}
AS_ASKED = (Asked.SINGLE, Asked.FOLLOW_UP, Asked.TURN)
"""How readers ask; the other ways are there to compare with."""


def as_asked(records: Iterable[Record]) -> list[Record]:
    """Return the verdicts on questions as readers ask them: each turn of a conversation once, inside it."""
    return [record for record in records if record.asked in AS_ASKED]


def estimates(records: Sequence[Record]) -> dict[str, Estimate]:
    """Measure verdicts.

    :param records: The verdicts.
    :return: By the measure's name, in the order of `MEASURES`; what there is nothing to measure of is not there.
    """
    found = {}
    for measure in MEASURES:
        estimate = estimated(measure.name, records)
        if estimate is not None:
            found[measure.name] = estimate
    return found


def estimated(name: str, records: Sequence[Record]) -> Estimate | None:
    """Measure verdicts by one measure.

    :param name: Name of the measure.
    :param records: The verdicts.
    :return: The value and its interval, or None if there is nothing to measure.
    """
    samples, statistic = _samples(name, records)
    if not all(len(sample) for sample in samples):
        return None
    value = float(statistic(*samples))
    count = sum(map(len, samples)) if name in _OF_BOTH_KINDS else len(samples[0])
    if any(len(sample) == 1 for sample in samples):
        return Estimate(value, None, None, count)
    low = high = value
    if any(np.ptp(sample) for sample in samples):
        paired = name in _OF_CONFIDENCE
        interval = bootstrap(
            samples,
            statistic,
            n_resamples=_RESAMPLES,
            batch=_BATCH,
            vectorized=name not in _OF_CONFIDENCE and name != "auroc",
            paired=paired,
            method="percentile",
            rng=np.random.default_rng(_SEED),
        ).confidence_interval
        low, high = float(interval.low), float(interval.high)
    return Estimate(value, low, high, count)


def value_of(name: str, records: Sequence[Record]) -> float | None:
    """Measure verdicts by one measure, without an interval."""
    samples, statistic = _samples(name, records)
    return float(statistic(*samples)) if all(len(sample) for sample in samples) else None


Statistic = Callable[..., float]


def _samples(name: str, records: Sequence[Record]) -> tuple[tuple[np.ndarray, ...], Statistic]:
    """Return what is drawn from, and what is computed of it."""
    if name == "auroc":
        asked = [record for record in records if record.status and record.outcome is not Outcome.UNJUDGED]
        sides = ([r.confidence for r in asked if r.answerable], [r.confidence for r in asked if not r.answerable])
        return tuple(np.array(side) for side in sides), _auroc
    if name == "balance":
        return tuple(_samples(kind, records)[0][0] for kind in ("evidence@1", "refused")), _balance
    if name in _OF_CONFIDENCE:
        given = [record for record in records if record.citations and record.outcome is not Outcome.UNJUDGED]
        right = np.array([float(record.outcome is Outcome.RIGHT) for record in given])
        return (np.array([record.confidence for record in given]), right), _OF_CONFIDENCE[name]
    stage, _, point = name.rpartition("_p")
    if stage in STAGES:
        times = np.array([record.timings_ms[stage] for record in records if stage in record.timings_ms])
        return (times,), partial(np.percentile, q=int(point))
    return (np.array([record.values[name] for record in records if name in record.values]),), np.mean


def _auroc(positives: np.ndarray, negatives: np.ndarray) -> float:
    found = auroc(positives.tolist(), negatives.tolist())
    return float("nan") if found is None else found


def _balance(answerable: np.ndarray, unanswerable: np.ndarray, axis: int = -1) -> Any:
    return (np.mean(answerable, axis=axis) + np.mean(unanswerable, axis=axis)) / 2


def _risk(_: np.ndarray, right: np.ndarray) -> float:
    return float(1 - right.mean())


def _risk_area(confidences: np.ndarray, right: np.ndarray) -> float:
    return area_under(risk_coverage(confidences.tolist(), (right > 0).tolist()))


def _calibration(confidences: np.ndarray, right: np.ndarray) -> float:
    return calibration_error(confidences.tolist(), (right > 0).tolist())


_OF_BOTH_KINDS = ("auroc", "balance")
"""Drawn from the answerable questions and from the unanswerable ones, each by themselves."""
_OF_CONFIDENCE: dict[str, Statistic] = {"risk": _risk, "risk_area": _risk_area, "calibration": _calibration}
