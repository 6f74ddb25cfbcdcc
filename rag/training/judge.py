"""Train the judge of drafted questions: `python -m rag.training.judge --trunk DIR --start ADAPTER --out FILE`.

Readers, who had seen neither the rules nor the articles, judged drafts one by one, each with its title, answer and
sentence: good English that somebody might ask, clear to whoever knows which article it is about, and the answer a
whole phrase or clause that answers it. `VERDICTS` holds what they said; some articles are held back, to measure.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding
from torch import Tensor
from torch.nn import functional

from rag.drafting.judge import MOST, marked
from rag.evaluation.metrics import auroc

from .adapter import load_adapter, save_adapter
from .network import SpanNet
from .tokens import load_tokenizer

VERDICTS = Path(__file__).with_name("draft_verdicts.jsonl.gz")
_TOGETHER = 16
"""Drafts of a step."""
_WARM = 0.06
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What readers said of a draft.

    :param question: The question.
    :param told: Title and sentence, as the judge reads them.
    :param good: Share of the readers who found it natural and complete.
    :param held: Whether it is held back, to measure.
    """

    question: str
    told: str
    good: float
    held: bool


def read_verdicts(path: Path = VERDICTS) -> list[Verdict]:
    """Read verdicts: gzipped lines of `title`, `question`, `sentence`, `start`, `end`, `good` and perhaps `held`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [
            Verdict(
                line["question"],
                marked(line["title"], line["sentence"], line["start"], line["end"]),
                line["good"],
                line.get("held", False),
            )
            for line in map(json.loads, file)
        ]


def batch_of(read: Sequence[Encoding]) -> tuple[Tensor, Tensor, Tensor]:
    """Token numbers, mask and types, (n, longest) each, of pairs; what exceeds `MOST` is cut."""
    longest = min(MOST, max(map(len, read)))
    ids, types = torch.zeros(2, len(read), longest, dtype=torch.int64)
    mask = torch.zeros(len(read), longest, dtype=torch.bool)
    for row, one in enumerate(read):
        size = min(len(one), longest)
        ids[row, :size], types[row, :size] = torch.tensor(one.ids[:size]), torch.tensor(one.type_ids[:size])
        mask[row, :size] = True
    return ids, mask, types


def alike(read: Sequence[Encoding], random: Random) -> Iterator[list[int]]:
    """Draw the places of all pairs, in batches of about the same length."""
    order = random.sample(range(len(read)), len(read))
    many = [
        sorted(order[first : first + 8 * _TOGETHER], key=lambda place: len(read[place]))
        for first in range(0, len(order), 8 * _TOGETHER)
    ]
    drawn = [places[first : first + _TOGETHER] for places in many for first in range(0, len(places), _TOGETHER)]
    yield from random.sample(drawn, len(drawn))


def renew_head(net: SpanNet, seed: int) -> None:
    """Forget where a span begins and ends: whether a draft is good is another question."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        net.tuned["qa.weight"].copy_(0.02 * torch.randn(2, net.hidden, generator=random))
        net.tuned["qa.bias"].zero_()


def fit(net: SpanNet, read: Sequence[Encoding], good: Sequence[float], epochs: int, rate: float, seed: int) -> None:
    """Train a net, whose first number at the first token becomes the logit of a good draft.

    The states below the layers that learn are computed once and kept: some 4 GB for 17,000 drafts.
    """
    torch.manual_seed(seed)
    below = [
        kept
        for first in range(0, len(read) if net.first_learning else 0, 64)
        for kept in net.below(*batch_of(read[first : first + 64]))
    ]
    random = Random(seed)  # noqa: S311 - an order, no secret
    optimizer = torch.optim.AdamW(net.learning(), lr=rate, weight_decay=0.01)
    steps = epochs * -(-len(read) // _TOGETHER)
    batches = (places for _ in range(epochs) for places in alike(read, random))
    for step, places in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / (_WARM * steps)) * max(0.0, 1 - step / steps)
        if below:
            logits = net.logits_above([below[place] for place in places], train=True)[:, 0, 0]
        else:
            logits = net.logits(*batch_of([read[place] for place in places]), train=True)[:, 0, 0]
        loss = functional.binary_cross_entropy_with_logits(logits, torch.tensor([good[place] for place in places]))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.learning(), 1.0)
        optimizer.step()
        if (step + 1) % 100 == 0:
            _LOG.info("step %d of %d, loss %.3f", step + 1, steps, loss.item())


@torch.no_grad()
def judged(net: SpanNet, read: Sequence[Encoding]) -> NDArray[np.float64]:
    """Return the logit of each pair."""
    found = [net.logits(*batch_of(read[first : first + 64]))[:, 0, 0] for first in range(0, len(read), 64)]
    return torch.cat(found).double().numpy()


def measure(logits: NDArray[np.float64], good: Sequence[float]) -> dict[str, float]:
    """Tell how well logits part good drafts from others: AUROC, and the share of good ones among the best of them."""
    order = np.argsort(-logits)
    verdicts = np.asarray(good)
    area = auroc(logits[verdicts >= 0.5].tolist(), logits[verdicts < 0.5].tolist())
    best = {part: verdicts[order[: len(order) * part // 100]].mean() for part in (100, 80, 60, 40)}
    chosen = verdicts[logits >= 0]
    return {
        "auroc": float("nan") if area is None else round(area, 3),
        **{f"good of the best {part} %": round(100 * float(share), 1) for part, share in best.items()},
        "chosen %": round(100 * len(chosen) / len(verdicts), 1),
        "good of the chosen": round(100 * float(chosen.mean()), 1) if len(chosen) else float("nan"),
    }


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.judge", description=__doc__)
    add = parser.add_argument
    add("--trunk", type=Path, required=True, help="folder of the trunk: model.safetensors, config.json, tokenizer.json")
    add("--start", type=Path, required=True, help="adapter to start from: a reader's; with --epochs 0, a judge's")
    add("--out", type=Path, help="the adapter to write")
    add("--rank", type=int, default=48)
    add("--depth", type=int, default=6, help="layers that learn, counted from the top; 0: all")
    add("--epochs", type=int, default=3, help="times that each draft is read; 0: only measure")
    add("--rate", type=float, default=2e-4)
    add("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.epochs and not args.out:
        parser.error("--out is needed, unless --epochs is 0.")
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)8d ms %(message)s")
    net = SpanNet(args.trunk, args.rank, args.seed, torch.device("cpu"), args.depth)
    load_adapter(net, args.start)
    verdicts = read_verdicts()
    tokenizer = load_tokenizer(args.trunk)
    learnt, held = ([one for one in verdicts if one.held == part] for part in (False, True))
    read, test = (tokenizer.encode_batch([(one.question, one.told) for one in part]) for part in (learnt, held))
    if args.epochs:
        renew_head(net, args.seed)
        fit(net, read, [one.good for one in learnt], args.epochs, args.rate, args.seed)
        _LOG.info("SHA-256 %s", save_adapter(net, args.out))
    net.freeze()
    found = measure(judged(net, test), [one.good for one in held])
    _LOG.info("%d verdicts held back: %s", len(held), json.dumps(found))


if __name__ == "__main__":
    main()
