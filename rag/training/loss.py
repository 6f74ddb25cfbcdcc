"""The loss: several passages of one article in one softmax, with one 'no answer' for the group."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Targets:
    """What the logits of a batch should say.

    `row` (g, spans): row of the batch that holds each span; `first`, `last` (g, spans): token positions in
    that row; `weight` (g, spans): share of each span, all zero where the group has no answer;
    `region` (g,): the first span is only known to contain the answer; `group` (rows,): group of each row;
    `members` (g, passages): rows of each group, -1 where there are none.
    """

    row: Tensor
    first: Tensor
    last: Tensor
    weight: Tensor
    region: Tensor
    group: Tensor
    members: Tensor


def margins(logits: Tensor, answer: Tensor) -> Tensor:
    """Logits minus those of the row's own 'no answer' (position 0); (rows, length, 2).

    Position 0 itself and positions that cannot be answers become `NEVER`.
    """
    z = (logits - logits[:, :1]).masked_fill(~answer[:, :, None], NEVER)
    return torch.cat([torch.full_like(z[:, :1], NEVER), z[:, 1:]], 1)


def group_totals(z: Tensor, members: Tensor) -> Tensor:
    """Log of the summed exponentials of all margins of a group and its null (0); (g, 2)."""
    rows = torch.logsumexp(z, 1)
    parts = torch.where((members >= 0)[:, :, None], rows[members.clamp(min=0)], NEVER)
    return torch.logsumexp(torch.cat([torch.zeros_like(parts[:, :1]), parts], 1), 1)


def group_loss(z: Tensor, targets: Targets) -> Tensor:
    """Cross entropy of each group over all its passages and one null, mean of start and end; (g,)."""
    total = group_totals(z, targets.members)
    start = z[targets.row, targets.first, 0] - total[:, :1]
    end = z[targets.row, targets.last, 1] - total[:, 1:]
    spans = -(targets.weight * (start + end)).sum(1) / 2
    empty = targets.weight.sum(1) == 0
    at = torch.arange(z.shape[1], device=z.device)
    row, first, last = targets.row[:, 0], targets.first[:, 0], targets.last[:, 0]
    inside = (at >= first[:, None]) & (at <= last[:, None])
    region = total.sum(1) - torch.logsumexp(z[row].masked_fill(~inside[:, :, None], NEVER), 1).sum(1)
    return torch.where(empty, total.sum(1) / 2, torch.where(targets.region, region / 2, spans))


def row_loss(z: Tensor, targets: Targets) -> Tensor:
    """Return the same for every passage by itself, with its own null or its own spans: mean of a group's rows, (g,)."""
    total = torch.logsumexp(torch.cat([torch.zeros_like(z[:, :1]), z], 1), 1)
    loss = total.sum(1) / 2
    held = torch.zeros_like(loss).index_add(0, targets.row.flatten(), targets.weight.flatten())
    gain = targets.weight * (z[targets.row, targets.first, 0] + z[targets.row, targets.last, 1]) / 2
    gained = torch.zeros_like(loss).index_add(0, targets.row.flatten(), gain.flatten())
    loss = torch.where(held > 0, loss - gained / held.clamp(min=1e-6), loss)
    count = (targets.members >= 0).sum(1).clamp(min=1)
    mean = torch.zeros(len(count), device=z.device).index_add(0, targets.group, loss) / count
    return torch.where(targets.region, 0.0, mean)


def distillation_loss(z: Tensor, taught: Tensor, members: Tensor, temperature: float) -> Tensor:
    """Cross entropy against the teacher's softmax over the same group and null, both softened; (g,)."""
    soft, goal = z / temperature, taught / temperature
    total, wanted = group_totals(soft, members), group_totals(goal, members)
    index = members.clamp(min=0)
    live = (members >= 0)[:, :, None, None]
    share = torch.where(live, (goal[index] - wanted[:, None, None]).exp(), 0.0)
    logs = (soft[index] - total[:, None, None]).clamp(min=NEVER)
    null = (-wanted).exp() * total
    return ((null.sum(1)) - (share * logs).sum((1, 2, 3))) / 2 * temperature**2
