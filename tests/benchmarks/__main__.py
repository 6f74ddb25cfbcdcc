"""Measure Pullquote and its peers in turn, on this machine: `python -m tests.benchmarks [WHAT]`.

First, once: `python -m tests.benchmarks.peers`. With nothing said it takes about seven minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from index.article import read_article
from index.errors import InputError
from rag.question_sets.reading import read_question_set
from tests.benchmarks.ask import measure_ask
from tests.benchmarks.concurrency import measure_concurrency
from tests.benchmarks.encode import measure_encode
from tests.benchmarks.machine import machine
from tests.benchmarks.peers import MODELS, PEERS
from tests.benchmarks.plot import draw
from tests.benchmarks.setting import PEERS as NAMES
from tests.benchmarks.setting import Setting
from tests.benchmarks.start import measure_start
from tests.conftest import QUESTIONS, ROOT, SEED

BENCHMARKS = ("ask", "encode", "start", "concurrency")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    add = parser.add_argument
    add("what", nargs="?", choices=(*BENCHMARKS, "all"), default="all")
    add("--json", type=Path, metavar="FILE", help="where to write the numbers")
    add("--plot", type=Path, metavar="FILE", help="where to draw the ratios")
    add("--questions", type=Path, default=QUESTIONS, metavar="FILE", help="a question set of any format")
    add("--article", type=Path, action="append", metavar="FILE", help="what is asked about, unless the set brings it")
    add("--limit", type=int, default=30, metavar="N", help="questions to ask, evenly taken")
    add("--texts", type=int, default=10_000, metavar="N", help="sentences and paragraphs to encode")
    add("--repeats", type=int, default=3, metavar="N", help="starts of each stack")
    add("--asked", type=int, default=48, metavar="N", help="questions of all clients together")
    add(
        "--seconds", type=float, default=100, metavar="N", help="time of one benchmark; it stops early rather than late"
    )
    add("--without", action="append", default=[], choices=NAMES, help="a peer to leave out")
    add("--peers", type=Path, default=PEERS, metavar="DIR")
    add("--models", type=Path, default=MODELS, metavar="DIR")
    add("--work", type=Path, default=ROOT / "build" / "benchmarks", metavar="DIR", help="for indexes and logs")
    return parser.parse_args(arguments)


def read_setting(options: argparse.Namespace) -> Setting:
    """Read what is asked about what.

    :param options: As given.
    :return: It: questions evenly taken from those that are asked alone.
    :raises InputError: If a file cannot be used.
    """
    given = read_question_set(options.questions)
    articles = list(given.articles) or [read_article(path) for path in options.article or [SEED]]
    single = [question.text for question in given.questions if not question.conversation]
    if not single:
        raise InputError(f"{options.questions} has no question that is asked alone. Give one that has.")
    step = max(1, len(single) // max(1, options.limit))
    return Setting(
        articles,
        single[::step][: options.limit],
        options.models,
        options.peers,
        options.work.absolute(),
        [name for name in NAMES if name not in options.without],
        options.seconds,
    )


def measure(options: argparse.Namespace, setting: Setting, console: Console) -> dict[str, Any]:
    """Run the benchmarks that were asked for.

    :param options: As given.
    :param setting: What is asked, and by whom.
    :param console: Is told what is run, and what came of it.
    :return: For JSON: `machine`, `setting`, and a part for each benchmark.
    """
    chosen: Mapping[str, Callable[[], dict[str, Any]]] = {
        "ask": lambda: measure_ask(setting),
        "encode": lambda: measure_encode(setting, options.texts),
        "start": lambda: measure_start(setting, options.repeats, warm=options.what == "all"),
        "concurrency": lambda: measure_concurrency(setting, options.asked),
    }
    results: dict[str, Any] = {
        "machine": machine(),
        "setting": {
            "articles": [article.id for article in setting.articles],
            "questions": len(setting.questions),
            "peers": list(setting.chosen),
        },
    }
    for name in BENCHMARKS:
        if options.what in (name, "all"):
            began = time.perf_counter()
            results[name] = chosen[name]()
            console.print(f"{name}: {time.perf_counter() - began:.0f} s", highlight=False)
            console.print_json(data=results[name])
    return results


def main() -> None:
    """Run the command."""
    options = parse()
    console = Console(stderr=True)
    try:
        results = measure(options, read_setting(options), console)
    except InputError as error:
        console.print(f"benchmarks: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if options.plot:
        draw(results, options.plot)


if __name__ == "__main__":
    main()
