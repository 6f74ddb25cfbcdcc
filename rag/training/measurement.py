"""Measures a reader on benchmarks: the words, the right sentence, and how well its score tells the unanswerable."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from rag.evaluation.metrics import auroc, exact_match
from rag.language.overlap import token_f1

from .batches import RowMaker, round_up
from .benchmarks import Benchmark, Item, Passage
from .loss import NEVER, margins
from .network import SpanNet

MAX_SPAN_TOKENS = 64
_LOG = logging.getLogger(__name__)
_ROWS = 256


@dataclass(frozen=True, slots=True)
class Reading:
    """The best span of one passage: its margin over 'no answer', its raw score, its code points, the passage's mass.

    `mass` (start, end): log of the summed exponentials of all margins of the passage.
    """

    margin: float
    raw: float
    paragraph: int
    start: int
    end: int
    mass: tuple[float, float]


def best_spans(logits: Tensor, answer: Tensor, most: int = MAX_SPAN_TOKENS) -> tuple[Tensor, Tensor, Tensor]:
    """Best margin (rows,) and its first and last positions; a span lies in the passage, `most` tokens at most."""
    z = margins(logits, answer)
    length = z.shape[1]
    allowed = torch.ones(length, length, dtype=torch.bool, device=z.device).triu().tril(most - 1)
    joint = (z[:, :, None, 0] + z[:, None, :, 1]).masked_fill(~allowed, 2 * NEVER)
    value, flat = joint.flatten(1).max(1)
    return value, flat // length, flat % length


def read_benchmark(net: SpanNet, benchmark: Benchmark, form: str, shift: int) -> list[list[Reading]]:
    """Read every passage of every item; one list of readings an item."""
    table, questions = benchmark.table, benchmark.questions
    maker = RowMaker(table.ids, questions.ids, questions.bounds, net.family, shift, net.device)
    flat = [(i, p) for i, passages in enumerate(benchmark.passages[form]) for p in passages]
    flat.sort(key=lambda pair: pair[1].length)
    readings: list[list[Reading]] = [[] for _ in benchmark.items]
    for first in range(0, len(flat), _ROWS):
        part = flat[first : first + _ROWS]
        for (i, _), reading in zip(part, _read(net, maker, benchmark, part), strict=True):
            readings[i].append(reading)
    return readings


@torch.no_grad()
def _read(net: SpanNet, maker: RowMaker, benchmark: Benchmark, part: Sequence[tuple[int, Passage]]) -> list[Reading]:
    question = torch.tensor([i for i, _ in part], device=net.device)
    start = torch.tensor([p.first for _, p in part], device=net.device)
    size = torch.tensor([p.length for _, p in part], device=net.device)
    asked = int((maker.bounds[question + 1] - maker.bounds[question]).max())
    length = round_up(asked + int(size.max()) + 2 + len(net.family.middle))
    rows = maker.rows(question, start, size, length)
    logits = net.logits(rows.ids, rows.mask, rows.types, exact=True)
    value, a, b = best_spans(logits, rows.answer)
    null = logits[:, 0].sum(1)
    mass = torch.logsumexp(margins(logits, rows.answer), 1)
    places = torch.stack([a - rows.first, b - rows.first], 1).float()
    numbers = torch.cat([torch.stack([value, value + null], 1), places, mass], 1)
    readings = []
    for (_, p), (margin, raw, i, j, ms, me) in zip(part, numbers.cpu().tolist(), strict=True):
        offsets = benchmark.table.offsets
        first, last = offsets[p.first + max(int(i), 0), 0], offsets[p.first + max(int(j), 0), 1]
        readings.append(Reading(margin, raw, p.paragraph, int(first), int(last), (ms, me)))
    return readings


def _cited(benchmark: Benchmark, reading: Reading, item: Item) -> bool:
    """Say whether the sentences that hold the span touch a proof of the answer."""
    for start, end in benchmark.paragraphs[reading.paragraph].sentences:
        cited = start < reading.end and reading.start < end
        if cited and any(p == reading.paragraph and a < end and start < b for p, a, b in item.proofs):
            return True
    return False


def measure(benchmark: Benchmark, readings: Sequence[Sequence[Reading]], rule: str) -> dict[str, float]:
    """Metrics of one rule of choice ('margin' or 'raw'), in per cent, AUROC 0 to 1; missing proofs count 0."""
    right: list[tuple[float, float, float]] = []
    answerable: list[float] = []
    empty: list[float] = []
    shares: tuple[list[float], list[float]] = ([], [])
    for item, passages in zip(benchmark.items, readings, strict=True):
        if not passages:
            continue
        best = max(passages, key=lambda r: r.margin if rule == "margin" else r.raw)
        score = best.margin if rule == "margin" else best.raw
        total = sum(np.logaddexp.reduce([0.0, *(r.mass[k] for r in passages)]) for k in (0, 1))
        shares[0 if item.answers else 1].append(best.margin - float(total))
        if not item.answers:
            empty.append(score)
            continue
        answerable.append(score)
        text = benchmark.paragraphs[best.paragraph].text[best.start : best.end]
        listed = bool(item.items) and all(x.lower() in text.lower() for x in item.items)
        f1 = 1.0 if listed else token_f1(text, item.answers)
        right.append((f1, exact_match(text, item.answers), float(_cited(benchmark, best, item))))
    means = (100 * np.mean(right, axis=0)).round(2).tolist() if right else [0.0, 0.0, 0.0]
    return {
        "f1": means[0],
        "exact": means[1],
        "evidence": means[2],
        "auroc": _auroc(answerable, empty),
        "auroc_share": _auroc(*shares),
    }


def _auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Return the area, nan where one side is empty: a table has numbers only."""
    area = auroc(positives, negatives)
    return float("nan") if area is None else round(area, 4)


def evaluate(net: SpanNet, benchmarks: Sequence[Benchmark], shift: int) -> dict[str, dict[str, float]]:
    """Measure every benchmark in every format; keys `<name>/<format>` and, for the raw rule, `<name>/<format>/raw`."""
    table: dict[str, dict[str, float]] = {}
    for benchmark in benchmarks:
        for form in benchmark.passages:
            readings = read_benchmark(net, benchmark, form, shift)
            table[f"{benchmark.name}/{form}"] = measure(benchmark, readings, "margin")
            _LOG.info("%s/%s %s", benchmark.name, form, table[f"{benchmark.name}/{form}"])
            if form != "given":
                table[f"{benchmark.name}/{form}/raw"] = measure(benchmark, readings, "raw")
    return table
