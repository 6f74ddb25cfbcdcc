"""What many times come to: quantiles, and how many times as fast one is as another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap


@dataclass(frozen=True, slots=True)
class Times:
    """Quantiles of times in milliseconds.

    :param count: How many were measured.
    """

    count: int
    p10: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """How a peer compares with Pullquote.

    :param what: What was measured.
    :param ours: Name of Pullquote's side.
    :param peer: Name of the other.
    :param value: The peer's median over ours: above 1, Pullquote is faster, or smaller.
    :param low: Lower end of the 95 % interval; the value itself where there are not two pairs.
    :param high: Its upper end.
    """

    what: str
    ours: str
    peer: str
    value: float
    low: float
    high: float


def times(measured: Sequence[float]) -> Times:
    """Sum up times.

    >>> times([4.0, 1.0, 3.0, 2.0, 5.0])
    Times(count=5, p10=1.4, p50=3.0, p95=4.8)

    :param measured: At least one, in milliseconds.
    :return: Their quantiles, interpolated linearly.
    """
    p10, p50, p95 = np.percentile(measured, [10, 50, 95]).tolist()
    return Times(len(measured), round(p10, 3), round(p50, 3), round(p95, 3))


def ratio(what: str, ours: tuple[str, Sequence[float]], peer: tuple[str, Sequence[float]]) -> Ratio:
    """Compare medians of what was measured in turn.

    The interval is the percentile bootstrap's over pairs (Efron and Tibshirani 1993, chapter 13), for what slows the
    machine slows both of a pair.

    :param what: What was measured.
    :param ours: Pullquote's name and values.
    :param peer: The peer's, in the same order.
    :return: The ratio.
    """
    value = float(np.median(peer[1]) / np.median(ours[1]))
    low = high = value
    if len(ours[1]) > 1:
        drawn = bootstrap((peer[1], ours[1]), _of_medians, paired=True, method="percentile", n_resamples=2000, rng=0)
        low, high = map(float, drawn.confidence_interval)
    return Ratio(what, ours[0], peer[0], round(value, 3), round(low, 3), round(high, 3))


def rotated(names: Sequence[str], turn: int) -> list[str]:
    """Return the order of a turn: each goes first as often as the others, and nobody always follows the same work.

    >>> rotated(["a", "b", "c"], 1), rotated(["a", "b", "c"], 3)
    (['b', 'c', 'a'], ['c', 'b', 'a'])

    :param names: Who takes part.
    :param turn: Number of the turn, from 0: the first shifts go forward, the next ones backward, and so on.
    """
    rounds, shift = divmod(turn, len(names))
    row = list(names) if rounds % 2 == 0 else list(reversed(names))
    return row[shift:] + row[:shift]


def _of_medians(peer: NDArray[np.float64], ours: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    quotient: NDArray[np.float64] = np.median(peer, axis=axis) / np.median(ours, axis=axis)
    return quotient
