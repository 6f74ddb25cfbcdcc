"""Batches: rows of many groups, built on the device from token tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .groups import MAX_PASSAGES, GroupTable
from .network import Family
from .tokens import IntArray

_STEP = 32  # row lengths are rounded up to this


@dataclass(frozen=True, slots=True)
class Rows:
    """Token rows `begin question middle passage end`, all (rows, length) or (rows,).

    `answer` marks position 0 (no answer) and the passage's tokens; `first` is the passage's first position.
    """

    ids: Tensor
    mask: Tensor
    types: Tensor
    answer: Tensor
    first: Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """Groups of one step: `groups` (g,) positions in the table; `group`, `slot` (rows,) of every row; row `length`."""

    groups: IntArray
    group: IntArray
    slot: IntArray
    length: int


class RowMaker:
    """Holds the token tables on the device and assembles rows there: the loop never touches text."""

    def __init__(
        self,
        passages: IntArray,
        questions: IntArray,
        bounds: IntArray,
        family: Family,
        shift: int,
        device: torch.device,
    ) -> None:
        self.family, self.shift, self.device = family, shift, device
        self.passages = torch.from_numpy(passages).to(device)
        self.questions = torch.from_numpy(questions).to(device)
        self.bounds = torch.from_numpy(bounds.astype(np.int64)).to(device)

    def rows(self, question: Tensor, start: Tensor, size: Tensor, length: int) -> Rows:
        """Build rows for questions (rows,) and passage slices `start`, `size` (rows,)."""
        at = torch.arange(length, device=self.device)[None]
        begin = self.bounds[question][:, None]
        asked = self.bounds[question + 1][:, None] - begin
        first = asked + 1 + len(self.family.middle)
        last = first + size[:, None]
        in_question = (at >= 1) & (at <= asked)
        in_passage = (at >= first) & (at < last)
        q_at = (begin + at - 1).clamp(0, max(len(self.questions) - 1, 0))
        p_at = (start[:, None] + at - first).clamp(0, max(len(self.passages) - 1, 0))
        # the trunks share one word list; special tokens aside, MPNet numbers it `shift` higher
        ids = torch.where(in_question, self.questions[q_at] - self.shift, self.family.end)
        ids = torch.where(in_passage, self.passages[p_at] - self.shift, ids)
        ids = torch.where(at == 0, self.family.begin, ids).long()
        mask = at <= last
        return Rows(ids.clamp(min=0), mask, ((at >= first) & mask).long(), in_passage | (at == 0), first[:, 0])


def round_up(length: int) -> int:
    """Round a row length up, so that few different shapes occur."""
    return -(-length // _STEP) * _STEP


def epoch(table: GroupTable, chosen: IntArray, tokens: int, extra: int, seed: int) -> Iterator[Batch]:
    """Yield batches of about `tokens` tokens over the groups `chosen`, groups of like length together.

    `extra`: special tokens of a row.
    """
    rng = np.random.default_rng(seed)
    asked = np.diff(table.question_bounds)[table.question[chosen]]
    longest = table.length[chosen].max(1) + asked + extra
    bucket = -(-longest // _STEP)
    order = rng.permutation(len(chosen))
    plans: list[tuple[int, IntArray]] = []
    for b in np.unique(bucket):
        members = chosen[order[bucket[order] == b]]
        most = max(tokens // int(b * _STEP), MAX_PASSAGES)
        cuts = np.floor(np.cumsum(table.size[members]) / most).astype(np.int64)
        for part in np.split(members, np.flatnonzero(np.diff(cuts)) + 1):
            plans.append((int(b * _STEP), part))
    for i in rng.permutation(len(plans)):
        length, groups = plans[i]
        sizes = table.size[groups]
        group = np.repeat(np.arange(len(groups)), sizes).astype(np.int32)
        slot = np.concatenate([np.arange(s) for s in sizes]).astype(np.int32)
        yield Batch(groups, group, slot, length)
