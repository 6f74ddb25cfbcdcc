"""Fitting the confidence: known weights come back, and the rules are those worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest

from index.article import Article
from index.sentences import split
from rag.answer import Passage
from rag.reading.calibration import UNFITTED, Calibration, Caution, OperatingPoint, Signals, read_calibration
from rag.reading.cascade import CalibratedReader, Cascade, findings_of
from rag.reading.shipped import MODELS
from rag.training.corpus import RawQuestion
from rag.training.pipeline.calibration import (
    Asking,
    Proposal,
    Trial,
    begin,
    calibrate,
    ceiling,
    chosen,
    fit,
    held_out,
    join,
    judge,
    points,
    report,
    sufficient,
)
from rag.training.records import Span
from tests.conftest import LastWordReader, WordEncoder

_WORDS = CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0))
_CONTEXTS = ("Red apples grow in Kent.", "Green pears fall in Devon.")


def test_the_weights_that_made_the_data_come_back() -> None:
    """2,000 answers, right with a probability that only the score moves: slope 2, intercept -1."""
    rng = Random(0)  # noqa: S311 - draws a sample, keeps no secret
    trials = []
    for number in range(2000):
        signals = Signals(rng.gauss(0, 1), rng.random())
        right = rng.random() < 1 / (1 + math.exp(1 - 2 * signals.score))
        trials.append(Trial("s", f"title {number % 4}", right or rng.random() < 0.5, (Proposal(signals, right, 1.0),)))
    fitted = fit(trials)
    assert fitted.score == pytest.approx(2, abs=0.25)
    assert fitted.intercept == pytest.approx(-1, abs=0.35)
    assert fitted.support == pytest.approx(0, abs=0.45)
    measured = report(trials, held_out(trials))["s"]
    assert measured["calibration_error"] == pytest.approx(0, abs=0.05)
    assert measured["right"] == measured["f1"] or measured["f1"] == 1.0


def test_the_choice_weighs_support_against_score() -> None:
    """The span of the supported sentence wins though its score is lower."""
    low, high = Proposal(Signals(1.0, 0.9), True, 1.0), Proposal(Signals(2.0, 0.1), False, 0.0)
    trial = Trial("s", "t", True, (high, low))
    choice, confidence = chosen(trial, Calibration(0.0, 1.0, 2.0))
    assert choice == low
    assert confidence == pytest.approx(1 / (1 + math.exp(-2.8)))
    assert chosen(trial, UNFITTED)[0] == high
    assert chosen(Trial("s", "t", True, ()), UNFITTED)[1] == 0.0


def test_the_fast_reader_suffices_until_words_are_lost() -> None:
    """Its two surest answers are as good as the slow reader's, the third is not."""
    good, bad = Proposal(Signals(0, 0), True, 1.0), Proposal(Signals(0, 0), False, 0.0)
    trials = [Trial("s", "t", True, ())] * 4
    assert sufficient(trials, [(good, 0.9), (good, 0.8), (bad, 0.7), (good, 0.6)], [good] * 4) == 0.8
    assert sufficient(trials, [(bad, 0.9), (good, 0.8), (good, 0.7), (good, 0.6)], [good] * 4) == 1.0


def test_operating_points_tell_their_price() -> None:
    """Twenty right answers from 0.05 to 1.0 in steps of 0.05, and as many questions without an answer, 0.01 lower."""
    right, wrong = Proposal(Signals(0, 0), True, 1.0), Proposal(Signals(0, 0), False, 0.0)
    levels = [number / 20 for number in range(1, 21)]
    choices = [(right, level) for level in levels] + [(wrong, level - 0.01) for level in levels]
    found = points([Trial("s", "t", number < 20, ()) for number in range(40)], choices)
    assert found[Caution.NONE] == OperatingPoint(0.0, 1.0, 0.0)
    assert found[Caution.NORMAL] == OperatingPoint(0.1, 0.95, 0.1)
    assert found[Caution.HIGH] == OperatingPoint(0.25, 0.8, 0.25)


@pytest.mark.parametrize(
    ("question", "context", "span", "right"),
    [
        ("Where do red apples grow?", _CONTEXTS[0], Span(19, 23), True),
        ("Where do red apples grow?", _CONTEXTS[0], Span(0, 3), False),
        ("Where do green pears fall?", _CONTEXTS[1], Span(20, 25), True),
        ("Where do green pears fall?", _CONTEXTS[0], Span(19, 23), False),
        ("Where do green pears fall?", _CONTEXTS[0], None, False),
    ],
)
def test_an_answer_is_right_in_its_sentence_with_a_right_word(
    question: str, context: str, span: Span | None, right: bool
) -> None:
    """The second passage begins where the join puts it; a right word in another passage is not right."""
    joined = join([RawQuestion("s", "t", text, "?", ()) for text in _CONTEXTS], WordEncoder())["t"]
    asking = begin(RawQuestion("s", "t", context, question, (span,) if span else ()), joined, _WORDS)
    trial = judge(asking, findings_of(_WORDS, question, asking.passages, asking.support))
    assert (trial.answerable, chosen(trial, UNFITTED)[0].right) == (span is not None, right)


def test_the_ceiling_misses_no_best_answer() -> None:
    """Log-odds of 1 in the first passage: a span in the third, of 0.5 by its support, needs a score of 0.25."""
    text = Article("Red apples grow in Kent. They ripen late. Green pears fall in Devon.")
    passages = tuple(Passage(text, number, (sentence,)) for number, sentence in enumerate(split(text)))
    question = RawQuestion("s", "t", text.text, "Where do the green pears fall and the red grow?", ())
    asking = Asking(question, 0, passages, {(text.id, 2): 0.5})
    words = CalibratedReader(LastWordReader(), Calibration(0.0, 2.0, 1.0))
    findings = findings_of(words, question.question, passages, asking.support)
    assert ceiling(words.calibration, [(asking, findings)]) == 0.25
    for score, best in ((0.25, 2), (0.24, 0)):
        cascade = Cascade([replace(words, calibration=replace(words.calibration, ceiling=score))])
        assert cascade.read(question.question, passages, asking.support).findings[0].number == best


def test_both_readers_are_fitted() -> None:
    """Two titles, answerable and not: what comes out is what a calibration file holds."""
    asked = [("Where do red apples grow?", 0, Span(19, 23)), ("How much do apples cost?", 0, None)]
    asked += [("Where do green pears fall?", 1, Span(20, 25)), ("Who ate the pears?", 1, None)]
    questions = [
        RawQuestion("s", title, _CONTEXTS[context], text, (span,) if span else ())
        for title in ("one", "two")
        for text, context, span in asked
    ]
    ticks: list[None] = []
    fitted = calibrate(questions, WordEncoder(), {"fast": _WORDS, "accurate": _WORDS}, lambda: ticks.append(None))
    assert len(ticks) == 2 * len(questions)
    for name in ("fast", "accurate"):
        assert fitted[name]["measured_on_other_titles"]["s"]["right"] == 1.0  # type: ignore[index]
        assert fitted[name]["measured_on_other_titles"]["s"]["auroc"] == 1.0  # type: ignore[index]
        assert fitted[name]["points"]["normal"]["refused"] == 1.0  # type: ignore[index]


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
