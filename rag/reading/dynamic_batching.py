"""A model that many threads ask at once: what has come in while it ran is run together.

A large network spends most of a short run on fetching its weights, so that several texts at once cost little more than
one; and since each is filled up to a multiple of `index.tokens.STEP`, none of them changes another's numbers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from index.model import Batch, Model
from index.tokens import joined

TOKENS = 1024
"""Of what is run together, filling included."""


@dataclass(slots=True, eq=False)
class _Order:
    batch: Batch
    result: NDArray[np.float32] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        rows, tokens = self.batch["input_ids"].shape
        return rows, tokens


class DynamicBatching:
    """Runs what several threads want together.

    :param model: Only one thread at a time runs it, and what it gives for a text depends on no other text.
    :param pad: Number of the token that fills up the shorter texts.
    """

    def __init__(self, model: Model, pad: int) -> None:
        self._model = model
        self._pad = pad
        self._waiting: deque[_Order] = deque()
        self._running = Lock()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it is given."""
        return self._model.inputs

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """Run the network, and with this what other threads are waiting for."""
        mine = _Order(batch)
        self._waiting.append(mine)
        with self._running:
            # another thread may have run it while this one waited for its turn
            return self._together(mine) if mine.result is None else mine.result

    def _together(self, mine: _Order) -> NDArray[np.float32]:
        self._waiting.remove(mine)
        orders = [mine, *self._others(mine)]
        output = self._model.run(joined([order.batch for order in orders], self._pad))
        first = 0
        for order in orders:
            rows, tokens = order.shape
            order.result = output[first : first + rows, :tokens]
            first += rows
        # only now: if the run failed, they try for themselves
        for order in orders[1:]:
            self._waiting.remove(order)
        return output[: mine.shape[0], : mine.shape[1]]

    def _others(self, mine: _Order) -> list[_Order]:
        rows, tokens = mine.shape
        others = []
        for order in list(self._waiting):
            more, longest = order.shape
            rows, tokens = rows + more, max(tokens, longest)
            if rows * tokens > TOKENS:
                break
            others.append(order)
        return others
