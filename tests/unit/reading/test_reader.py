"""Decoding: start and end together, inside one sentence, against the null."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rag.reading.calibration import Calibration, Signals
from rag.reading.reader import LONGEST_SPAN, SPANS_PER_WINDOW, decode

LOGITS = arrays(np.float32, 12, elements=st.integers(-20, 20).map(np.float32))
SENTENCES = st.lists(st.integers(-1, 3), min_size=11, max_size=11).map(lambda numbers: np.array([-1, *sorted(numbers)]))


@given(LOGITS, LOGITS, SENTENCES)
def test_decoding_equals_trying_every_pair(
    starts: np.ndarray[tuple[int], np.dtype[np.float32]],
    ends: np.ndarray[tuple[int], np.dtype[np.float32]],
    sentences: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> None:
    """The best scores are those of a plain double loop, and every span lies in one sentence."""
    pairs = [
        float(starts[i] + ends[j] - starts[0] - ends[0])
        for i in range(12)
        for j in range(i, 12)
        if sentences[i] == sentences[j] >= 0
    ]
    found = decode(starts, ends, sentences)
    assert [score for _, _, score in found] == pytest.approx(sorted(pairs, reverse=True)[:SPANS_PER_WINDOW])
    assert all(sentences[start] == sentences[end] >= 0 and start <= end for start, end, _ in found)


def test_independent_maxima_would_be_wrong() -> None:
    """The best start lies behind the best end; the best pair is another."""
    starts, ends = np.array([0, 1, 0, 9], np.float32), np.array([0, 8, 2, 1], np.float32)
    assert decode(starts, ends, np.array([-1, 0, 0, 0]))[0] == (3, 3, 10.0)


def test_a_span_never_crosses_a_sentence() -> None:
    """The best start and the best end are in neighbouring sentences."""
    starts, ends = np.array([0, 5, 1], np.float32), np.array([0, 0, 5], np.float32)
    assert decode(starts, ends, np.array([-1, 0, 1]))[0] == (2, 2, 6.0)


def test_a_span_has_a_longest_length() -> None:
    """One token more than the limit is no span."""
    starts, ends = np.zeros(LONGEST_SPAN + 2, np.float32), np.zeros(LONGEST_SPAN + 2, np.float32)
    starts[1], ends[LONGEST_SPAN + 1] = 5, 5
    sentences = np.array([-1] + [0] * (LONGEST_SPAN + 1))
    assert max(end - start + 1 for start, end, _ in decode(starts, ends, sentences)) <= LONGEST_SPAN
    assert decode(starts, ends, sentences)[0][2] == 5.0


def test_nothing_to_answer_with_gives_nothing() -> None:
    """A window of boilerplate holds no span."""
    assert decode(np.array([0, 5], np.float32), np.array([0, 5], np.float32), np.array([-1, -1])) == []


def test_calibration_is_a_logistic_curve() -> None:
    """Worked by hand: -2 + 0.5 * 4 + 2 * 0.5 gives log-odds 1."""
    calibration = Calibration(intercept=-2.0, score=0.5, support=2.0)
    assert calibration.confidence(Signals(4.0, 0.5)) == pytest.approx(math.e / (1 + math.e))
    extremes = [calibration.confidence(Signals(score, 0)) for score in (-1e9, 1e9)]
    assert extremes == pytest.approx([0, 1])
