"""Command line: build the groups, train an adapter, measure it before and after, write it, its card and a record."""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from .adapter import load_adapter, save_adapter
from .benchmarks import Benchmark, article_items, make_benchmark, squad_items
from .card import card
from .corpus import build_corpus
from .fitting import Fitter, Settings
from .groups import GroupTable, draw_groups
from .measurement import evaluate
from .network import DROPOUT, MPNET, SpanNet
from .tokens import IntArray, load_tokenizer

# MPNet numbers BERT's word pieces four higher: <s>, <pad>, </s> and <unk> come first
_SHIFT = 4
_LOG = logging.getLogger(__name__)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m rag.training", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with train.json.gz, sq2_train.json.gz, the *_cal files")
    add("--everyday", type=Path, help="folder of everyday questions: articles/ and train/")
    add(
        "--minutes", type=float, default=0.0, help="stop after that time, the rate falling towards it; 0: after --steps"
    )
    add("--trunk", type=Path, required=True, help="folder of the trunk: model.safetensors, config.json, tokenizer.json")
    add("--out", type=Path, required=True, help="folder for adapter.safetensors, README.md and record.json")
    add("--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu")
    add("--limit", type=int, default=0, help="lines of each data file to use; 0: all")
    add("--groups", type=Path, help="file of drawn groups: read if it exists, else written")
    add("--start", type=Path, help="adapter to start from; without it the head is new")
    add("--rank", type=int, default=44)
    add("--views", type=int, default=4, help="times the data is drawn, each with other windows and negatives")
    add("--steps", type=int, default=8000)
    add("--depth", type=int, default=0, help="layers that learn, counted from the top; 0: all")
    add("--dropout", type=float, default=DROPOUT, help="0: none, where no question is read twice")
    add("--bf16", action="store_true", help="bfloat16 on CPU too, which pays where the processor has AVX512-BF16")
    add("--items", type=int, default=0, help="questions of each benchmark to measure on, evenly taken; 0: all")
    add("--rate", type=float, default=4e-4)
    add("--tokens", type=int, default=24_000, help="tokens of a batch")
    add("--tilt", type=float, default=0.15, help="how much more a longer annotated span weighs")
    add("--alone", type=float, default=0.5, help="weight of each passage's own loss beside the group's")
    add("--shared", type=float, default=1.0, help="weight of the group's loss")
    add("--without", default="", help="kinds of examples to leave out, with commas between")
    add("--teacher", type=Path, help="adapter of the MPNet reader to distil from")
    add("--teacher-trunk", type=Path)
    add("--teacher-rank", type=int, default=44)
    add("--distil", type=float, default=0.6)
    add("--seed", type=int, default=0)
    add("--article", type=Path, help="an article to report on, with --questions; never trained on")
    add("--questions", type=Path)
    add("--measure", choices=("both", "before", "after", "none"), default="both", help="when to run the benchmarks")
    return parser.parse_args(arguments)


def load_groups(args: argparse.Namespace, word_source: Path) -> GroupTable:
    """Read the groups of an earlier run or draw them from the data."""
    if args.groups and args.groups.exists():
        return GroupTable.load(args.groups)
    tokenizer = load_tokenizer(word_source)
    vocabulary = tokenizer.get_vocab_size()
    corpus = build_corpus(args.data, tokenizer, vocabulary, args.seed, args.limit, args.everyday)
    table = draw_groups(corpus, tokenizer, vocabulary, args.views, args.seed)
    if args.groups:
        table.save(args.groups)
    return table


def load_benchmarks(args: argparse.Namespace, word_source: Path) -> list[Benchmark]:
    """Make benchmarks of the calibration articles and, where it is given, one article with its questions."""
    tokenizer = load_tokenizer(word_source)
    sources = {f"{n}_cal": args.data / f"{n}_cal.json.gz" for n in ("sq2", "xquad")}
    made = {name: squad_items(path) for name, path in sources.items() if path.exists()}
    if args.article and args.questions:
        made["article"] = article_items(args.article, args.questions)
    if args.items:
        made = {
            name: (paragraphs, items[:: -(-len(items) // args.items)]) for name, (paragraphs, items) in made.items()
        }
    return [make_benchmark(name, source, tokenizer, tokenizer.get_vocab_size()) for name, source in made.items()]


def choose(table: GroupTable, without: str) -> IntArray:
    """Positions of the groups whose kind is not left out."""
    left_out = [table.kinds.index(kind) for kind in without.split(",") if kind]
    return np.flatnonzero(~np.isin(table.kind, left_out)).astype(np.int32)


def make_net(args: argparse.Namespace) -> SpanNet:
    """Make the reader to train, from a new head or an adapter."""
    net = SpanNet(args.trunk, args.rank, args.seed, torch.device(args.device), args.depth)
    net.dropout = args.dropout
    if args.bf16:
        net.dtype = torch.bfloat16
    if args.start:
        load_adapter(net, args.start)
    return net


def make_teacher(args: argparse.Namespace) -> SpanNet | None:
    """Make the frozen reader to distil from, if one is given."""
    if not args.teacher:
        return None
    teacher = SpanNet(args.teacher_trunk, args.teacher_rank, 0, torch.device(args.device))
    load_adapter(teacher, args.teacher)
    teacher.freeze()
    return teacher


def make_settings(args: argparse.Namespace) -> Settings:
    """Take the loop's settings from the command line."""
    names = ("steps", "minutes", "rate", "tokens", "tilt", "alone", "shared", "seed")
    return Settings(**{name: getattr(args, name) for name in names}, distil=args.distil if args.teacher else 0.0)


def main() -> None:
    """Run the program."""
    args = parse()
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)8d ms %(message)s")
    begun = time.monotonic()
    torch.backends.cuda.matmul.allow_tf32 = True
    args.out.mkdir(parents=True, exist_ok=True)
    net = make_net(args)
    # one word list: the tables hold MPNet's numbers wherever a teacher or the net itself is MPNet
    word_source = args.teacher_trunk or args.trunk
    shift = _SHIFT if args.teacher_trunk and net.family is not MPNET else 0
    benchmarks = load_benchmarks(args, word_source)
    record: dict[str, object] = {k: v.name if isinstance(v, Path) else v for k, v in vars(args).items()}
    if args.measure in {"both", "before"}:
        record["before"] = evaluate(net, benchmarks, shift)
        _LOG.info("before %s", json.dumps(record["before"]))
    if args.steps:
        table = load_groups(args, word_source)
        chosen = choose(table, args.without)
        record["groups"] = dict(Counter(table.kinds[k] for k in table.kind[chosen].tolist()))
        _LOG.info("groups %d passages %d", len(chosen), int(table.size[chosen].sum()))
        fitter = Fitter(net, table, shift, make_settings(args), make_teacher(args), args.out / "state.pt")
        record["outcome"] = asdict(fitter.fit(chosen))
        record["sha256"] = save_adapter(net, args.out / "adapter.safetensors")
        if args.measure in {"both", "after"}:
            record["after"] = evaluate(net, benchmarks, shift)
            _LOG.info("after %s", json.dumps(record["after"]))
        (args.out / "README.md").write_text(card(record), encoding="utf-8")
    record["seconds"] = round(time.monotonic() - begun, 1)
    (args.out / "record.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
