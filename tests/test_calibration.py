"""Fitting the confidence: known weights come back, and the measures are those worked by hand."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import numpy as np
import pytest

from rag.calibration import Calibration, Signals, read_calibration
from rag.readers import MODELS
from rag.training.calibration import Trial, ask, calibration_error, fit, join
from rag.training.corpus import RawQuestion
from rag.training.records import Span
from tests.conftest import LastWordReader, WordEncoder


def test_the_weights_that_made_the_data_come_back() -> None:
    """2,000 answers, right with a probability that only the score moves: slope 2, intercept -1."""
    rng = Random(0)  # noqa: S311 - draws a sample, keeps no secret
    trials = []
    for number in range(2000):
        signals = Signals(rng.gauss(0, 1), rng.random(), rng.random())
        right = rng.random() < 1 / (1 + math.exp(1 - 2 * signals.score))
        trials.append(Trial(f"title {number % 4}", signals, right or rng.random() < 0.5, right))
    fitted = fit(trials)
    assert fitted["score"] == pytest.approx(2, abs=0.25)
    assert fitted["intercept"] == pytest.approx(-1, abs=0.35)
    assert [fitted["support"], fitted["coverage"]] == pytest.approx([0, 0], abs=0.45)
    assert fitted["ece"] < 0.05


def test_calibration_error_by_hand() -> None:
    """Sure and right half the time: 0.45 off; a bin that is right counts nothing."""
    confidence, right = np.array([0.95, 0.95, 0.5, 0.5]), np.array([True, False, True, False])
    assert calibration_error(confidence, right) == pytest.approx(0.5 * 0.45)
    assert calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0


@pytest.mark.parametrize(
    ("question", "context", "span", "right"),
    [
        ("Where do red apples grow?", "Red apples grow in Kent.", Span(19, 23), True),
        ("Where do red apples grow?", "Red apples grow in Kent.", Span(0, 3), False),
        ("Where do green pears fall?", "Green pears fall in Devon.", Span(20, 25), True),
        ("Where do green pears fall?", "Red apples grow in Kent.", Span(19, 23), False),
        ("Where do green pears fall?", "Red apples grow in Kent.", None, False),
    ],
)
def test_an_answer_is_right_in_its_sentence_with_a_right_word(
    question: str, context: str, span: Span | None, right: bool
) -> None:
    """The second passage begins where the join puts it; a right word in another passage is not right."""
    encoder = WordEncoder()
    corpus = [
        RawQuestion("s", "t", text, "?", ()) for text in ("Red apples grow in Kent.", "Green pears fall in Devon.")
    ]
    joined = join(corpus, encoder)["t"]
    trial = ask(RawQuestion("s", "t", context, question, (span,) if span else ()), joined, LastWordReader())
    assert (trial.answerable, trial.right) == (span is not None, right)


@pytest.mark.parametrize("name", ["accurate", "fast"])
def test_the_shipped_weights_raise_confidence_with_every_signal(name: str) -> None:
    """Each signal speaks for the answer."""
    path: Path = MODELS / name / "calibration.json"
    calibration = read_calibration(path)
    assert isinstance(calibration, Calibration)
    base = calibration.confidence(Signals(1, 0.5, 0.5))
    assert calibration.confidence(Signals(2, 0.5, 0.5)) > base
    assert calibration.confidence(Signals(1, 0.6, 0.5)) > base
    assert calibration.confidence(Signals(1, 0.5, 0.6)) > base
