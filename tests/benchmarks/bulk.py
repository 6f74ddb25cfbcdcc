"""How fast many files are put into a store, with Ray and without: `python -m tests.benchmarks.bulk --sentences 8000`.

Articles of 40 sentences, of the seed's words in another order (as `tests/benchmarks/encode.py` tells), are read, cut,
encoded by the real encoder and put into an index folder: by this process alone, which computes on all cores, and by
one and more workers with a core each, of a Ray cluster on this machine alone. Each is a process of its own, and they
take turns. `per_s` counts from the first batch that is done to the last; `first_s` is the time before it, in which Ray
is started and models are loaded.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, nullcontext
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from rich.console import Console

from index.article import read_article
from index.openvino_encoder import open_encoder
from index.stores.opening import open_store
from rag.language.words import tokenised
from rag.library.filling import Encoded, Encoding, Outcome, Source, fill, held_by
from rag.workers.cluster import LOCAL, ray_workers
from rag.workers.workers import ThisProcess, Workers
from tests.benchmarks.encode import invented
from tests.benchmarks.steps import begun, write_report
from tests.benchmarks.summary import rotated
from tests.conftest import SEED

_SENTENCES, _PARAGRAPHS = 40, 10


def filled(folder: Path, workers: int) -> dict[str, float]:
    """Put files into a new store.

    :param folder: The files.
    :param workers: Of Ray; 0 for this process alone.
    :return: Sentences a second, seconds before the first batch is done, and in all.
    """
    sources = [Source(str(path)) for path in sorted(folder.iterdir())]
    done: list[tuple[float, int]] = []

    def told(outcome: Outcome) -> None:
        done.append((perf_counter(), len(outcome.index) if isinstance(outcome, Encoded) else 0))

    began = perf_counter()
    with TemporaryDirectory() as scratch, closing(open_store(str(Path(scratch) / "store"), tokenised)) as store:
        sharing = ray_workers(LOCAL, workers) if workers else nullcontext[Workers](ThisProcess())
        with sharing as who:
            fill(store, sources, who, Encoding(open_encoder, held_by(store, sources)), told)
            ended = perf_counter()
    first = done[0][0]
    # those of the first batch come at the same moment
    after = sum(size for moment, size in done if moment > first + 0.05)
    return {"per_s": after / (done[-1][0] - first), "first_s": first - began, "all_s": ended - began}


def measured(sentences: int, workers: tuple[int, ...], rounds: int) -> dict[str, Any]:
    """Make files, and put them into stores in each way.

    :param sentences: In all, a multiple of 40.
    :param workers: Of Ray, of each way; 0 for none.
    :param rounds: Times that each way is measured.
    :return: Of each way, what `filled` gives, each round.
    """
    ways = {f"ray_{count}" if count else "without_ray": count for count in workers}
    report: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    seed = read_article(SEED)
    with TemporaryDirectory() as folder:
        for number in range(sentences // _SENTENCES):
            text = invented([seed], _SENTENCES + _PARAGRAPHS, number).text
            (Path(folder) / f"{number:06}.txt").write_text(text, encoding="utf-8")
        for turn in range(rounds):
            for name in rotated(list(ways), turn):
                with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as apart:
                    report[name].append(apart.submit(filled, Path(folder), ways[name]).result())
    return report


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=8_000, help="a multiple of 40")
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2], help="0: without Ray")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the numbers there")
    given = parser.parse_args()
    report = {**begun(), "sentences": given.sentences}
    report |= measured(given.sentences, tuple(given.workers), given.rounds)
    Console().print_json(data=report)
    write_report(given.json, report)


if __name__ == "__main__":
    main()
