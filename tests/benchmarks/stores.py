"""What it takes to keep and to search articles in each store: `python -m tests.benchmarks.stores --sentences 10000`.

Articles and vectors are made by rule, as `tests/benchmarks/growth.py` tells; nothing is encoded. They are put in parts
of 10,000 sentences (`--part`). Then 200 questions (`--questions`), which are none of the sentences, each ask for the
100 nearest sentences, for the 100 with the most words in common, and for the 20 articles of the nearest. All of it is
one client, with one connection; PostgreSQL is started on this machine with Debian's settings, and Milvus Lite is a part
of the process. 100,000 sentences take minutes. `--only` measures some of the stores; `--maintenance-work-mem` gives
PostgreSQL more memory for the graph than Debian's 64 MB.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.parse import quote

import numpy as np
import psycopg
from matplotlib.figure import Figure
from rich.console import Console

from index.stores.opening import open_store
from rag.language.words import tokenised
from rag.retrieval.candidates import ARTICLES
from rag.retrieval.retriever import DEPTH
from tests.benchmarks.growth import sample
from tests.benchmarks.steps import begun, memory, timed, write_report
from tests.postgres import started

_RECALLED = 10
_STORES = {"faiss": "folder", "milvus_lite": "Milvus Lite", "postgres": "PostgreSQL"}
_DRAWN = {
    "100 nearest, ms (dotted: p95)": "nearest_ms",
    "100 with common words, ms": "words_ms",
    "put, sentences a second": "put_per_s",
}


def put(address: str, size: int, part: int, truth: Path, asked: int) -> dict[str, float]:
    """Put articles into an empty store.

    :param address: The store's.
    :param size: Sentences, a multiple of 40.
    :param part: Sentences that are put at a time.
    :param truth: Where the questions and the sentences that are nearest to them are written.
    :param asked: Questions, at most.
    :return: Sentences a second.
    """
    index, questions, texts = sample(size)
    questions, texts = questions[:asked], texts[:asked]
    _, nearest = index.sentence_vectors.exact.search(questions, _RECALLED)
    stored = [[index.sentences[row] for row in rows] for rows in nearest.tolist()]
    expected = [[(index.articles[one.article].id, one.number) for one in rows] for rows in stored]
    truth.write_text(json.dumps([questions.tolist(), texts, expected]), encoding="utf-8")
    each = part * len(index.articles) // size
    places = range(len(index.articles))
    parts = [index.only(*places[first : first + each]) for first in places[::each]]
    with closing(open_store(address, tokenised)) as store:
        began = perf_counter()
        for one in parts:
            store.put(one)
        store.optimise()
        return {"put_per_s": size / (perf_counter() - began)}


def search(address: str, truth: Path, server: Callable[[], dict[str, float]]) -> dict[str, Any]:
    """Search a store.

    :param address: The store's.
    :param truth: What `put` wrote.
    :param server: Measures what there is beside this process, at the end.
    :return: Milliseconds, the share of the nearest that are found, memory in MB.
    """
    questions, texts, expected = json.loads(truth.read_text(encoding="utf-8"))
    vectors = np.asarray(questions, dtype=np.float32)
    bare = memory("VmRSS")
    with closing(open_store(address, tokenised)) as store:
        began = perf_counter()
        store.common_words(texts[0], DEPTH)
        first_s = perf_counter() - began
        found = [[(one.article, one.number) for one in store.nearest(one, DEPTH)] for one in vectors]
        shares = [len({*of[:_RECALLED]} & set(map(tuple, best))) for of, best in zip(found, expected, strict=True)]
        articles = [list(dict.fromkeys(name for name, _ in of))[:ARTICLES] for of in found]
        return {
            "first_s": first_s,
            "nearest_ms": timed(lambda one: store.nearest(one, DEPTH), vectors),
            "words_ms": timed(lambda one: store.common_words(one, DEPTH), texts),
            "fetch_ms": timed(store.fetch, articles),
            "recall@10": float(np.mean(shares)) / _RECALLED,
            "memory_mb": memory("VmRSS") - bare,
            **server(),
        }


def with_memory(address: str, size: str | None) -> str:
    """Return the address of a database whose graph is made in so much memory; None leaves it to the server."""
    return f"{address}?options={quote(f'-c maintenance_work_mem={size}')}" if size else address


def of_folder(folder: Path) -> dict[str, float]:
    """Measure an index folder, or that of Milvus Lite."""
    return {"disk_mb": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6}


def _of_server(address: str, postmaster: int) -> dict[str, float]:
    """Measure the database, and what the server's processes hold, what they share counted once."""
    with psycopg.connect(address) as connection:
        (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return {"disk_mb": size / 1e6, "server_mb": sum(_own(pid) for pid in (postmaster, *_children(postmaster)))}


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="utf-8").split()]


def _own(pid: int) -> float:
    """Return the MB that a process holds, with its part of what it shares; 0 if it has ended meanwhile."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def measured_in(
    address: str, size: int, part: int, truth: Path, asked: int, server: Callable[[], dict[str, float]]
) -> dict[str, Any]:
    """Put and search in this process."""
    return {**put(address, size, part, truth, asked), **search(address, truth, server)}


def measured(address: str, size: int, part: int, asked: int, server: Callable[[], dict[str, float]]) -> dict[str, Any]:
    """Put and search, each in a process of its own."""
    with TemporaryDirectory() as folder, ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as apart:
        truth = Path(folder) / "truth.json"
        done = apart.submit(put, address, size, part, truth, asked).result()
        return {**done, **apart.submit(search, address, truth, server).result()}


def draw(reports: Sequence[Mapping[str, Any]], path: Path) -> Figure:
    """Draw how long searches take and how many sentences are put in a second, by the size of a store.

    :param reports: What `--json` wrote.
    :param path: A picture's file; its ending names the format.
    """
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    for axes, (title, value) in zip(figure.subplots(1, len(_DRAWN)), _DRAWN.items(), strict=True):
        for marker, (store, name) in zip("osD", _STORES.items(), strict=True):
            found = sorted((one["sentences"], one[store]) for one in reports if store in one)
            sizes = [size for size, _ in found]
            (line,) = axes.loglog(sizes, [_number(one[value], "p50") for _, one in found], marker=marker, label=name)
            if value != "put_per_s":
                p95 = [_number(one[value], "p95") for _, one in found]
                axes.loglog(sizes, p95, linestyle=":", color=line.get_color())
        axes.set_title(title)
        axes.set_xlabel("sentences")
        axes.grid(color="#dddddd")
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(fontsize="small")
    figure.savefig(path, dpi=110)
    return figure


def _number(value: Any, share: str) -> float:
    return float(value[share] if isinstance(value, Mapping) else value)


def main() -> None:
    """Measure each store, or draw what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=10_000, help="a multiple of 40")
    parser.add_argument("--part", type=int, default=10_000, help="sentences that are put at a time")
    parser.add_argument("--questions", type=int, default=200, help="questions, at most 200")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--only", choices=list(_STORES), nargs="+", default=list(_STORES), help="measure these stores")
    parser.add_argument(
        "--maintenance-work-mem", metavar="SIZE", help="memory in which PostgreSQL makes the graph, such as 2GB"
    )
    parser.add_argument(
        "--draw", type=Path, nargs="+", metavar="FILE", help="measure nothing: draw what --json wrote, into the last"
    )
    given = parser.parse_args()
    if given.draw:
        *reports, picture = given.draw
        draw([json.loads(path.read_text(encoding="utf-8")) for path in reports], picture)
        return
    report: dict[str, Any] = {**begun(), "sentences": given.sentences, "part": given.part}
    for store, name in (("faiss", "index"), ("milvus_lite", "milvus.db")):
        if store in given.only:
            with TemporaryDirectory() as folder:
                kept = Path(folder) / name
                report[store] = measured(
                    str(kept), given.sentences, given.part, given.questions, partial(of_folder, kept)
                )
            Console().print_json(data=report[store])
    if "postgres" in given.only:
        with started() as server:
            postmaster = int((server.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            report["postgres_version"] = server.version()
            report["maintenance_work_mem"] = given.maintenance_work_mem
            address = with_memory(server.address(), given.maintenance_work_mem)
            of_server = partial(_of_server, address, postmaster)
            report["postgres"] = measured(address, given.sentences, given.part, given.questions, of_server)
            Console().print_json(data=report["postgres"])
    write_report(given.json, report)


if __name__ == "__main__":
    main()
