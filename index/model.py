"""What a model is to those who use it: token numbers in, numbers out, by whatever runtime."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Batch = Mapping[str, NDArray[np.int64]]
"""int64 (texts, tokens) each: `input_ids`, `attention_mask`, and `token_type_ids` where a model knows them."""


class Model(Protocol):
    """A network of which only the last numbers count."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it is given."""

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """Run the network.

        :param batch: Its inputs; more than those are passed over.
        :return: float32: of an encoder (texts, dimension), rows of length 1; of a reader (texts, tokens, 2), the
            logits of start and end.
        """
