"""Fitting the confidence: known weights come back, and the rules are those worked by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random

import pytest

from index.article import Article
from rag.reading.calibration import UNFITTED, Calibration, Caution, OperatingPoint, Signals, read_calibration
from rag.reading.reading import CalibratedReader
from rag.reading.shipped import MODELS
from rag.training.pipeline.calibration import Proposal, Trial, ask, calibrate, ceiling, chosen, fit, points
from rag.training.pipeline.questions import Asked
from rag.training.records import Span
from tests.conftest import LastWordReader, WordEncoder

_WORDS = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0))
_FRUIT = Article("Red apples grow in Kent.\n\nGreen pears fall in Devon.")


def _trial(proposal: Proposal, answerable: bool = True) -> Trial:
    return Trial("s", answerable, (proposal,), (None,))


def _drawn(unanswerable: float, number: int = 4000) -> list[Trial]:
    """Every answer to an answerable question is right with a probability that only the score moves."""
    rng = Random(0)  # noqa: S311 - draws a sample, keeps no secret
    trials = []
    for _ in range(number):
        answerable = rng.random() >= unanswerable
        signals = Signals(rng.gauss(1.0 if answerable else -1.0, 1), rng.random())
        trials.append(_trial(Proposal(signals, answerable, float(answerable)), answerable))
    return trials


def test_the_weights_that_made_the_data_come_back() -> None:
    """Two normal curves two apart with the same spread: the log-odds rise by 2 for each point of the score."""
    fitted = fit(_drawn(0.5), unanswerable=0.5)
    assert fitted.score == pytest.approx(2, abs=0.2)
    assert fitted.intercept == pytest.approx(0, abs=0.3)
    assert fitted.support == pytest.approx(0, abs=0.4)


def test_another_share_of_unanswerable_questions_moves_the_intercept_alone() -> None:
    """From one in two to one in five the odds are four times as high; fitted on one in five they are the same."""
    half, fifth = fit(_drawn(0.5), unanswerable=0.5), fit(_drawn(0.5), unanswerable=0.2)
    assert (fifth.score, fifth.support) == (half.score, half.support)
    assert fifth.intercept - half.intercept == pytest.approx(math.log(4), abs=0.05)
    assert fifth.intercept == pytest.approx(fit(_drawn(0.2), unanswerable=0.2).intercept, abs=0.4)


def test_the_choice_weighs_support_against_score() -> None:
    """The span of the supported sentence wins though its score is lower."""
    low, high = Proposal(Signals(1.0, 0.9), True, 1.0), Proposal(Signals(2.0, 0.1), False, 0.0)
    trial = Trial("s", True, (high, low), (None, None))
    place, confidence = chosen(trial, Calibration(0.0, 1.0, 2.0))
    assert place == 1
    assert confidence == pytest.approx(1 / (1 + math.exp(-2.8)))
    assert chosen(trial, UNFITTED)[0] == 0
    assert chosen(Trial("s", True, (), ()), UNFITTED) == (-1, 0.0)


def test_operating_points_tell_their_price() -> None:
    """Right answers at log-odds 1 to 20, unanswerable questions at -0.5 to 9: the best cut keeps 11, refuses all."""
    right = [_trial(Proposal(Signals(float(level), 0.0), True, 1.0)) for level in range(1, 21)]
    wrong = [_trial(Proposal(Signals(level / 2 - 1, 0.0), False, 0.0), False) for level in range(1, 21)]
    found = points(right + wrong, UNFITTED)
    confidence = [round(1 / (1 + math.exp(-level)), 4) for level in range(21)]
    none, normal, low = found[Caution.NONE], found[Caution.NORMAL], found[Caution.LOW]
    assert (none.threshold, none.answered, none.refused) == (0.0, 1.0, 0.0)
    assert normal.answered + normal.refused == pytest.approx(1.55)
    assert (low.threshold, low.answered) == (confidence[2], 0.95)
    assert normal.sure >= normal.threshold
    assert (normal.sure_refused or 0.0) >= 0.9
    assert [found[caution].threshold for caution in Caution] == sorted(found[caution].threshold for caution in Caution)


def test_near_the_best_balance_more_is_shown() -> None:
    """Cutting at 13 has half a point more of balance than at 11, where two more of 100 right answers are shown."""
    right = [_trial(Proposal(Signals(level / 10, 0.0), True, 1.0)) for level in range(1, 101)]
    levels = [10.5] * 97 + [12.5] * 3
    wrong = [_trial(Proposal(Signals(level / 10, 0.0), False, 0.0), False) for level in levels]
    normal = points(right + wrong, UNFITTED)[Caution.NORMAL]
    assert (normal.answered, normal.refused) == (0.9, 0.97)


def test_a_calibration_file_is_read(tmp_path: Path) -> None:
    """With what it says of sureness, or, if it is older than that, with even odds or the threshold."""
    old = {"threshold": 0.1, "answered": 0.9, "refused": 0.4}
    new = {"threshold": 0.2, "sure": 0.7, "answered": 0.8, "refused": 0.5, "sure_answered": 0.6, "sure_refused": 0.9}
    fitted = {"none": new, "low": old, "normal": {**new, "sure": 0.3}, "high": {**old, "threshold": 0.6}}
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps({"intercept": -1, "score": 0.5, "support": 2, "points": fitted}), encoding="utf-8")
    read = read_calibration(path)
    assert [(read.threshold(caution), read.sure(caution)) for caution in Caution] == [
        (0.2, 0.7), (0.1, 0.5), (0.2, 0.3), (0.6, 0.6),
    ]  # fmt: skip
    assert read.points
    assert read.points[Caution.NONE] == OperatingPoint(0.2, 0.7, 0.8, 0.5, 0.6, 0.9)
    assert read.points[Caution.LOW] == OperatingPoint(0.1, 0.5, 0.9, 0.4)


def test_a_reader_that_nobody_calibrated_is_sure_from_even_odds_on() -> None:
    """Or from its threshold on, where that is higher."""
    assert [UNFITTED.sure(caution) for caution in Caution] == [0.5, 0.5, 0.5, 0.9]


@pytest.mark.parametrize(
    ("question", "span", "right"),
    [
        ("Where do red apples grow?", Span(19, 23), True),
        ("Where do red apples grow?", Span(0, 3), False),
        ("Where do green pears fall?", Span(46, 51), True),
        ("Where do green pears fall?", Span(19, 23), False),
        ("Where do green pears fall?", None, False),
    ],
)
def test_an_answer_is_right_in_its_sentence_with_a_right_word(question: str, span: Span | None, right: bool) -> None:
    """A right word in another sentence is not right."""
    (trial,) = ask(_FRUIT, [Asked("s", question, (span,) if span else ())], WordEncoder(), _WORDS)
    assert trial.answerable == (span is not None)
    assert trial.proposals[chosen(trial, UNFITTED)[0]].right == right


def test_the_ceiling_misses_no_best_answer() -> None:
    """Log-odds of 1 were reached; a span later on, of 0.5 by its support, needs a score of 0.25 to be looked for."""
    first, later = Proposal(Signals(0.5, 0.0), False, 0.0), Proposal(Signals(3.0, 0.5), True, 1.0)
    trial = Trial("s", True, (first, later), (None, 0.5))
    assert ceiling([trial], Calibration(0.0, 2.0, 1.0)) == 0.25
    assert ceiling([Trial("s", True, (first,), (None,))], Calibration(0.0, 2.0, 1.0)) == 0.0


def test_a_reader_is_fitted() -> None:
    """Answerable questions and others: what comes out is what a calibration file holds."""
    asked = [Asked("everyday", "Where do red apples grow?", (Span(19, 23),)), Asked("everyday", "Who ate it?", ())]
    asked += [Asked("everyday", "Where do green pears fall?", (Span(46, 51),)), Asked("everyday", "How much?", ())]
    ticks: list[None] = []
    fitted = calibrate([(_FRUIT, asked)], [(_FRUIT, asked)], WordEncoder(), _WORDS, lambda: ticks.append(None))
    assert len(ticks) == 2 * len(asked)
    measured = fitted["measured"]["everyday"]  # type: ignore[index]
    assert (measured["evidence"], measured["f1"], measured["auroc"]) == (1.0, 1.0, 1.0)
    assert fitted["points"]["normal"]["refused"] == 1.0  # type: ignore[index]


@pytest.mark.parametrize("name", ["accurate", "fast"])
def test_the_shipped_weights_raise_confidence_with_every_signal(name: str) -> None:
    """Each signal speaks for the answer, and more caution refuses more."""
    calibration = read_calibration(MODELS / name / "calibration.json")
    base = calibration.confidence(Signals(1, 0.5))
    assert calibration.confidence(Signals(2, 0.5)) > base
    assert calibration.confidence(Signals(1, 0.6)) > base
    assert calibration.points
    thresholds = [calibration.threshold(caution) for caution in Caution]
    assert thresholds == sorted(thresholds)
    assert thresholds[0] == 0.0
    refused = [calibration.points[caution].refused for caution in Caution]
    assert refused == sorted(refused)
    sure = [calibration.sure(caution) for caution in Caution]
    assert all(threshold <= from_here for threshold, from_here in zip(thresholds, sure, strict=True))
    assert sure == sorted(sure)
