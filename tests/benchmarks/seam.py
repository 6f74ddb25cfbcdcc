"""What it costs to ask through a store: `python -m tests.benchmarks.seam --articles 1000 --json FILE`.

The library of `tests/benchmarks/library.py` is asked three ways: held in this process, as the chat holds an index
folder; through a store in the same folder; and through PostgreSQL, started on this machine with Debian's settings. Each
question is asked each way before the next one is; they take turns to be first. Questions are asked of one article, and
of all. Encoding is made by rule, so it costs nothing; all else, the fast reader too, is real.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console

from index.loading import load_index
from index.stores.opening import open_store
from rag.answering.archive import Archive
from rag.answering.assistant import Assistant
from rag.language.words import tokenised
from rag.reading.calibration import Caution
from rag.reading.shipped import load_reader
from tests.benchmarks.library import WordVectors, build, questions_of
from tests.benchmarks.steps import begun, write_report
from tests.benchmarks.summary import rotated, times
from tests.postgres import started

_WARM = 5
"""Questions that are asked before any is timed."""


def compared(folder: Path, addresses: Sequence[str], asked: int) -> dict[str, Any]:
    """Ask each way.

    :param folder: An index folder of a library.
    :param addresses: Of stores, by which the same articles are asked; those that are empty are filled.
    :param asked: Questions of one article, and as many of all.
    :return: Milliseconds by way and by what is asked, p50 and p95; a way is `held` or the kind of its store.
    """
    encoder, reader = WordVectors(), load_reader("fast")
    threshold, sure = reader.calibration.threshold(Caution.NORMAL), reader.calibration.sure(Caution.NORMAL)
    index = load_index(folder, encoder)
    questions = questions_of(index, np.random.default_rng(3), 2 * (asked + _WARM))
    ways: dict[str, Assistant | Archive] = {"held": Assistant(index, encoder, reader, threshold, sure=sure)}
    stores = [open_store(address, tokenised) for address in addresses]
    for store in stores:
        if not store.counts().articles:
            store.put(index)
            store.optimise()
        ways[type(store).__name__] = Archive(store, encoder, reader, threshold, sure)
    taken: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for number, (question, article) in enumerate(questions):
        what = "one" if number % 2 else "all"
        for name in rotated(list(ways), number // 2):
            began = perf_counter()
            ways[name].ask(question, article=article if what == "one" else None)
            if number >= 2 * _WARM:
                taken[name, what].append((perf_counter() - began) * 1e3)
    for store in stores:
        store.close()
    found = {key: times(each) for key, each in taken.items()}
    return {
        name: {f"{what}_ms": {"p50": found[name, what].p50, "p95": found[name, what].p95} for what in ("one", "all")}
        for name in ways
    }


def main() -> None:
    """Make a library, and ask it each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--questions", type=int, default=60, help="of one article, and as many of all")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    given = parser.parse_args()
    report: dict[str, Any] = begun()
    with TemporaryDirectory() as scratch, started() as server:
        folder = Path(scratch) / "index"
        report |= {"articles": given.articles, "sentences": build(given.articles, folder)["sentences"]}
        report |= compared(folder, [str(folder), server.address()], given.questions)
    Console().print_json(data=report)
    write_report(given.json, report)


if __name__ == "__main__":
    main()
