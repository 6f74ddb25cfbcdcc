"""A converted model on ONNX Runtime: no torch is needed to run it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.errors import InputError
from index.model import Batch

THREADS = "PULLQUOTE_THREADS"
"""Environment variable: threads that a model may use, for hosts that are shared. By default ONNX Runtime takes a thread
for each core."""


class OnnxModel:
    """A model in ONNX.

    :param path: The file.
    :raises InputError: If `PULLQUOTE_THREADS` is no number of threads.
    """

    def __init__(self, path: Path) -> None:
        """Load the model."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # a thread that spins takes the core from the web server's
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs = tuple(given.name for given in self._session.get_inputs())

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """Run the network."""
        (output,) = self._session.run(None, {name: batch[name] for name in self.inputs})
        found: NDArray[np.float32] = output
        return found


def read_tokenizer(path: Path) -> Tokenizer:
    """Read a tokenizer that neither cuts nor pads.

    :param path: `tokenizer.json`.
    """
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def padded(ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]], pad: int) -> Batch:
    """Put token numbers of several texts side by side.

    :param ids: Token numbers of n texts.
    :param types: Their token types.
    :param pad: The number that fills up the shorter ones.
    :return: int64 (n, longest) each.
    """
    longest = max(map(len, ids))
    batch = {
        "input_ids": np.full((len(ids), longest), pad, dtype=np.int64),
        "attention_mask": np.zeros((len(ids), longest), dtype=np.int64),
        "token_type_ids": np.zeros((len(ids), longest), dtype=np.int64),
    }
    for row, (numbers, kinds) in enumerate(zip(ids, types, strict=True)):
        batch["input_ids"][row, : len(numbers)] = numbers
        batch["attention_mask"][row, : len(numbers)] = 1
        batch["token_type_ids"][row, : len(numbers)] = kinds
    return batch


def _threads() -> int:
    given = os.environ.get(THREADS, "0")
    if not given.isdecimal() or int(given) > 1024:
        raise InputError(f"{THREADS} is {given!r}. Give a number of threads, or leave it out for one for each core.")
    return int(given)
