"""The training loop: every table on the device, bf16 where there is a GPU, seeds fixed."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from .adapter import save_adapter
from .batches import Batch, RowMaker, Rows, epoch
from .groups import GroupTable
from .loss import NEVER, Targets, distillation_loss, group_loss, margins, row_loss
from .network import SpanNet
from .tokens import IntArray

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one run.

    `tokens`: tokens of a batch; `tilt`: extra weight of an annotated span for each of its first 8 tokens after
    the first; `alone`: weight of the loss of every passage by itself; `distil`: weight of the teacher's part.
    """

    steps: int
    minutes: float = 0.0
    rate: float = 4e-4
    tokens: int = 24_000
    tilt: float = 0.15
    alone: float = 0.5
    shared: float = 1.0
    warm: float = 0.05
    decay: float = 0.01
    distil: float = 0.0
    temperature: float = 2.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: steps, groups and rows seen, seconds, mean loss of the last fiftieth of the steps."""

    steps: int
    groups: int
    rows: int
    seconds: float
    loss: float


class Fitter:
    """Trains `net` on a table of groups; `teacher`, if any, reads the same rows."""

    def __init__(
        self,
        net: SpanNet,
        table: GroupTable,
        shift: int,
        settings: Settings,
        teacher: SpanNet | None = None,
        state: Path | None = None,
    ) -> None:
        self.net, self.table, self.settings, self.teacher = net, table, settings, teacher
        tables = (table.passage_ids, table.question_ids, table.question_bounds)
        self.state = state
        self.maker = RowMaker(*tables, net.family, shift, net.device)
        self.teacher_maker = RowMaker(*tables, teacher.family, 0, net.device) if teacher else None
        spans = torch.from_numpy(table.spans).to(net.device)
        size = (spans[:, :, 2] - spans[:, :, 1]).clamp(0, 8)
        weight = spans[:, :, 3] * (1 + settings.tilt * size)
        self.spans, self.weight = spans.long(), weight / weight.sum(1, keepdim=True).clamp(min=1e-6)
        self.region = torch.from_numpy(table.region).to(net.device)
        tuned = net.learning()
        matrices, rest = [p for p in tuned if p.ndim > 1], [p for p in tuned if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": settings.decay}, {"params": rest, "weight_decay": 0.0}],
            lr=settings.rate,
            betas=(0.9, 0.98),
            fused=net.device.type == "cuda",
        )

    def fit(self, chosen: IntArray) -> Outcome:
        """Train for the settings' number of steps over the groups `chosen`."""
        torch.manual_seed(self.settings.seed)
        begun = time.monotonic()
        mean = torch.zeros((), device=self.net.device)
        groups = rows = 0
        kernels = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
        with sdpa_kernel(kernels):
            for step, batch in enumerate(self._batches(chosen)):
                spent = (time.monotonic() - begun) / 60
                done = step / self.settings.steps
                if self.settings.minutes:
                    done = max(done, spent / self.settings.minutes)
                if done >= 1:
                    break
                self._set_rate(done)
                loss = self.loss(batch)
                self.optimizer.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(self.net.learning(), 1.0)
                self.optimizer.step()
                mean.lerp_(loss.detach(), 0.02 if step else 1.0)
                groups, rows = groups + len(batch.groups), rows + len(batch.group)
                if (step + 1) % 20 == 0:
                    spent = time.monotonic() - begun
                    _LOG.info(
                        "step %d done %.3f loss %.4f groups %d rows %d rows/s %.1f",
                        step + 1,
                        done,
                        mean.item(),
                        groups,
                        rows,
                        rows / spent,
                    )
                if (step + 1) % 100 == 0 and self.state:
                    save_adapter(self.net, self.state.with_name("latest.safetensors"))
        return Outcome(step + 1, groups, rows, round(time.monotonic() - begun, 1), round(mean.item(), 4))

    def _batches(self, chosen: IntArray) -> Iterator[Batch]:
        done = turn = 0
        extra = 2 + len(self.net.family.middle)
        while True:
            for batch in epoch(self.table, chosen, self.settings.tokens, extra, self.settings.seed * 1000 + turn):
                if done == self.settings.steps:
                    return
                yield batch
                done += 1
            turn += 1

    def _set_rate(self, done: float) -> None:
        rate = self.settings.rate * min(1.0, (done + 1e-3) / self.settings.warm) * (1 - done)
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def _rows(self, batch: Batch, maker: RowMaker) -> Rows:
        group = batch.groups[batch.group]

        def load(array: IntArray) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(array)).to(self.net.device, non_blocking=True)

        start, size = self.table.start[group, batch.slot], self.table.length[group, batch.slot]
        return maker.rows(load(self.table.question[group]), load(start), load(size), batch.length)

    def _targets(self, batch: Batch, rows: Rows) -> Targets:
        device = self.net.device
        sizes = self.table.size[batch.groups]
        base = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        slots = np.arange(self.table.start.shape[1])
        members = np.where(slots[None] < sizes[:, None], base[:, None] + slots[None], -1)
        groups = torch.from_numpy(batch.groups.astype(np.int64)).to(device)
        spans = self.spans[groups]
        row = torch.from_numpy(base.astype(np.int64)).to(device)[:, None] + spans[:, :, 0]
        last = batch.length - 1
        return Targets(
            row=row,
            first=(rows.first[row] + spans[:, :, 1]).clamp(max=last),
            last=(rows.first[row] + spans[:, :, 2]).clamp(max=last),
            weight=self.weight[groups],
            region=self.region[groups],
            group=torch.from_numpy(batch.group.astype(np.int64)).to(device),
            members=torch.from_numpy(members.astype(np.int64)).to(device),
        )

    def loss(self, batch: Batch) -> Tensor:
        """Mean loss of a batch's groups."""
        settings = self.settings
        rows = self._rows(batch, self.maker)
        targets = self._targets(batch, rows)
        z = margins(self.net.logits(rows.ids, rows.mask, rows.types, train=True), rows.answer)
        loss = settings.shared * group_loss(z, targets) + settings.alone * row_loss(z, targets)
        if self.teacher is not None and self.teacher_maker is not None:
            taught = self._taught(batch, rows, self.teacher, self.teacher_maker)
            soft = distillation_loss(z, taught, targets.members, settings.temperature)
            loss = (1 - settings.distil) * loss + settings.distil * soft
        return loss.mean()

    def _taught(self, batch: Batch, rows: Rows, teacher: SpanNet, maker: RowMaker) -> Tensor:
        """Return the teacher's margins at the student's positions; (rows, length, 2)."""
        with torch.no_grad():
            longer = Batch(batch.groups, batch.group, batch.slot, batch.length + 8)
            theirs = self._rows(longer, maker)
            z = margins(teacher.logits(theirs.ids, theirs.mask, theirs.types), theirs.answer)
            # the teacher's rows hold more special tokens before the passage
            skip = len(teacher.family.middle) - len(self.net.family.middle)
            return z[:, skip : skip + batch.length].masked_fill(~rows.answer[:, :, None], NEVER)
