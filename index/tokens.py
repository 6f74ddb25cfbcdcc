"""Token numbers: of a text, and of several side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.model import Batch

STEP = 16
"""Lengths are filled up to a multiple of it: a model is quicker on a shape that it has met before, and the tiles that
processors multiply have so many rows."""


def read_tokenizer(path: Path) -> Tokenizer:
    """Read a tokenizer that neither cuts nor pads.

    :param path: `tokenizer.json`.
    """
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def padded(ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]], pad: int, least: int = 0) -> Batch:
    """Put token numbers of several texts side by side.

    :param ids: Token numbers of n texts.
    :param types: Their token types.
    :param pad: The number that fills up the shorter ones.
    :param least: Tokens of all texts together at least, filling included.
    :return: int64 (n, longest) each, the longest filled up to a multiple of `STEP`.
    """
    longest = filled(max(*map(len, ids), -(-least // len(ids))))
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


def joined(batches: Sequence[Batch], pad: int) -> Batch:
    """Put batches below each other.

    :param batches: int64 (texts, tokens) each.
    :param pad: The number that fills up the shorter texts.
    :return: int64 (all texts, most tokens) each.
    """
    if len(batches) == 1:
        return batches[0]
    longest = max(batch["input_ids"].shape[1] for batch in batches)
    return {
        name: np.concatenate([_widened(batch[name], longest, pad if name == "input_ids" else 0) for batch in batches])
        for name in batches[0]
    }


def batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Group texts of about the same length.

    >>> list(batches([30, 5, 20], 64))
    [[1, 2], [0]]

    :param lengths: Tokens of each text.
    :param tokens: Of a group at most, filling included; one longer text is a group by itself.
    :return: Places in `lengths`, each once.
    """
    rows: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if rows and (len(rows) + 1) * filled(lengths[row]) > tokens:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def filled(length: int) -> int:
    """Return a length filled up to a multiple of `STEP`.

    >>> filled(16), filled(17)
    (16, 32)
    """
    return -(-length // STEP) * STEP


def _widened(rows: NDArray[np.int64], tokens: int, fill: int) -> NDArray[np.int64]:
    return np.pad(rows, ((0, 0), (0, tokens - rows.shape[1])), constant_values=fill)
