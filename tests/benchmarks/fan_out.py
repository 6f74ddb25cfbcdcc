"""Questions that each ask all shards and wait for the slowest, simulated.

Questions come as a Poisson process. Each is put to one replica of every shard, drawn by lot. A replica has cores, of
which each serves one question at a time, and one queue, first come, first served. With hedging, a question that a shard
has not answered after some time is put to its next replica, too, and the sooner of both answers counts; nothing is
called off. What a question takes is drawn anew for each shard and each replica, independently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Seconds]
"""Draws service times of a shape."""
_P95 = 1.6448536269514722
"""How many standard deviations the 95 % quantile of a normal distribution lies above its middle."""


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A time whose logarithm is normally distributed, as times of searches about are.

    :param p50: Its median, in seconds.
    :param p95: Its 95 % quantile.
    """

    p50: float
    p95: float

    @property
    def mean(self) -> float:
        """Return the mean, in seconds."""
        return self.p50 * exp(self._spread**2 / 2)

    def draw(self, random: np.random.Generator, shape: tuple[int, ...]) -> Seconds:
        """Draw times."""
        return random.lognormal(log(self.p50), self._spread, shape)

    @property
    def _spread(self) -> float:
        return log(self.p95 / self.p50) / _P95


@dataclass(frozen=True, slots=True)
class Served:
    """What became of the questions, without the first tenth, which met empty queues.

    :param latency: float64 (questions,), seconds from the question to the slowest shard's answer.
    :param waited: Mean seconds in the queue of each shard, float64 (shards,).
    :param busy: The part of the time that the cores of each shard are busy, float64 (shards,).
    """

    latency: Seconds
    waited: Seconds
    busy: Seconds


def simulate(
    draw: Draw,
    *,
    shards: int,
    replicas: int,
    cores: int,
    load: float,
    questions: int,
    hedge: float | None = None,
    lost: bool = False,
    seed: int = 0,
) -> Served:
    """Simulate questions.

    :param draw: Draws what a question takes a core of a shard, in seconds.
    :param shards: How many are asked.
    :param replicas: Of each shard.
    :param cores: Of each replica.
    :param load: Questions a second.
    :param questions: How many.
    :param hedge: Seconds after which a second replica is asked, too; 0 asks two at once.
    :param lost: Whether the first shard lacks a replica.
    :param seed: The same gives the same numbers again.
    :raises ValueError: If the first shard has no replica.
    """
    if replicas <= lost:
        raise ValueError(f"{replicas} replicas, one of them lost: nothing answers for the first shard")
    random = np.random.default_rng(seed)
    each = np.arange(shards)
    alive = np.full(shards, replicas) - (lost & (each == 0))
    arrivals = np.cumsum(random.exponential(1 / load, questions))
    asked = (random.random((questions, shards)) * alive).astype(np.int64)
    service = draw(random, (questions, shards))
    free = np.zeros((shards, replicas, cores))
    waits, done, busy = np.empty((questions, shards)), np.empty((questions, shards)), service.sum(axis=0)

    def serve(at: float, of: NDArray[np.int64], replica: NDArray[np.int64], takes: Seconds) -> tuple[Seconds, Seconds]:
        """Put a question to a replica of some shards, and tell how long it waits there and when it is answered."""
        core = free[of, replica].argmin(axis=1)
        began = np.maximum(at, free[of, replica, core])
        free[of, replica, core] = began + takes
        return began - at, began + takes

    # when an answer comes is known as soon as a question is put, since queues keep the order
    moments = arrivals if hedge is None else np.concatenate([arrivals, arrivals + hedge])
    for moment in np.argsort(moments, kind="stable"):
        question, at = moment % questions, moments[moment]
        if moment < questions:
            waits[question], done[question] = serve(at, each, asked[question], service[question])
            continue
        late = np.flatnonzero((done[question] > at) & (alive > 1))
        takes = draw(random, late.shape)
        _, again = serve(at, late, (asked[question, late] + 1) % alive[late], takes)
        done[question, late] = np.minimum(done[question, late], again)
        busy[late] += takes
    counted = slice(questions // 10, None)
    return Served(
        (done.max(axis=1) - arrivals)[counted],
        waits[counted].mean(axis=0),
        busy / (alive * cores * arrivals[-1]),
    )
