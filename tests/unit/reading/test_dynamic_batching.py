"""Orders of several threads run together, and each gets its own numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.model import Batch
from index.tokens import padded
from rag.reading.dynamic_batching import TOKENS, DynamicBatching

PAD = 9


class Doubling:
    """Doubles each number, and waits for leave before its first run ends."""

    inputs = ("input_ids",)

    def __init__(self, fails: int | None = None) -> None:
        self.entered, self.leave = Event(), Event()
        self.given: list[list[list[int]]] = []
        self._fails = fails

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """Return float32 (texts, tokens, 2)."""
        self.given.append(batch["input_ids"].tolist())
        self.entered.set()
        assert self.leave.wait(30)
        if len(self.given) - 1 == self._fails:
            raise MemoryError("no room")
        return np.repeat(2 * batch["input_ids"][:, :, np.newaxis], 2, axis=2).astype(np.float32)


def _batch(*texts: list[int]) -> Batch:
    return padded(texts, [[0] * len(text) for text in texts], PAD)


def _filled(numbers: list[int], tokens: int) -> list[int]:
    return numbers + [PAD] * (tokens - len(numbers))


def _at_once(model: Doubling, batches: list[Batch]) -> list[NDArray[np.float32] | MemoryError]:
    """Run the first, and the others while it runs, each in a thread of its own."""
    together = DynamicBatching(model, PAD)

    def run(batch: Batch) -> NDArray[np.float32] | MemoryError:
        try:
            return together.run(batch)
        except MemoryError as error:
            return error

    with ThreadPoolExecutor(len(batches)) as threads:
        first = threads.submit(run, batches[0])
        assert model.entered.wait(30)
        others = [threads.submit(run, batch) for batch in batches[1:]]
        while len(together._waiting) < len(others):
            pass
        model.leave.set()
        return [future.result() for future in (first, *others)]


def test_what_waits_is_run_together() -> None:
    """Three orders of other lengths are one run, filled up with the model's own filling; each gets its own shape."""
    model = Doubling()
    batches = [_batch([1]), _batch([2], [3]), _batch([4] * 17), _batch([5])]
    results = _at_once(model, batches)
    assert len(model.given) == 2
    assert model.given[0] == [_filled([1], 16)]
    assert sorted(model.given[1]) == sorted(
        [_filled([2], 32), _filled([3], 32), _filled([4] * 17, 32), _filled([5], 32)]
    )
    for batch, result in zip(batches, results, strict=True):
        assert isinstance(result, np.ndarray)
        assert result[:, :, 0].tolist() == (2 * batch["input_ids"]).tolist()


def test_a_run_has_a_bound() -> None:
    """What would exceed it waits for the next run."""
    model = Doubling()
    batches = [_batch([1]), *(_batch([number] * TOKENS) for number in (2, 3, 4))]
    results = _at_once(model, batches)
    assert sorted(len(rows) for rows in model.given) == [1, 1, 1, 1]
    for batch, result in zip(batches, results, strict=True):
        assert isinstance(result, np.ndarray)
        assert result[:, :, 1].tolist() == (2 * batch["input_ids"]).tolist()


def test_a_failure_is_told_to_whom_it_concerns() -> None:
    """The first run fails: its thread is told so, the others are served."""
    results = _at_once(Doubling(fails=0), [_batch([1]), _batch([2]), _batch([3])])
    assert isinstance(results[0], MemoryError)
    assert [result[0, 0, 0] for result in results[1:] if isinstance(result, np.ndarray)] == [4, 6]


@pytest.mark.timeout(60)
def test_a_failure_of_several_is_told_to_one() -> None:
    """The others try for themselves."""
    results = _at_once(Doubling(fails=1), [_batch([1]), _batch([2]), _batch([3])])
    assert [isinstance(result, MemoryError) for result in results].count(True) == 1
    assert isinstance(results[0], np.ndarray)


@given(st.lists(st.lists(st.integers(10, 99), min_size=1, max_size=40), min_size=1, max_size=6))
def test_alone_it_is_the_model(texts: list[list[int]]) -> None:
    """Nothing is added, nothing is lost."""
    model = Doubling()
    model.leave.set()
    batch = _batch(*texts)
    result = DynamicBatching(model, PAD).run(batch)
    assert model.given == [batch["input_ids"].tolist()]
    assert result[:, :, 0].tolist() == (2 * batch["input_ids"]).tolist()
