"""What a million to a billion sentences take: `python -m tests.benchmarks.scaling`.

From what `tests.benchmarks.stores` measured (the tables of docs/scale.md, or its JSON: `--measured FILE`) it computes
bytes, shards, replicas, hours and money, and simulates the search (`tests/benchmarks/fan_out.py`). It prints what
stands in docs/scale.md, where all that is assumed is told. `--questions 0` leaves out the simulation.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from tests.benchmarks.capacity import (
    Machines,
    Measured,
    Plan,
    by_memory,
    encoding_h,
    held,
    of_page,
    of_reports,
    planned,
    principles,
)
from tests.benchmarks.fan_out import Served, simulate
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "scale.md"
_TITLES = {"faiss": "folder", "postgres": "PostgreSQL", "milvus_lite": "Milvus"}
_TIMED = ("faiss", "postgres")
"""Engines of which what was measured tells about larger ones: Milvus Lite compares all, and a server does not."""
_OPTIONS = {
    "memory_gb": "memory of a machine, in 10^9 bytes",
    "filled": "part of it that a shard may fill",
    "cores": "of a machine",
    "goal_ms": "what half of the searches in a shard may take",
    "load": "questions a second",
    "utilisation": "part of the time that cores may be busy",
    "spare": "replicas more than needed, so that as many may be lost",
    "workers": "processes that encode, and that put",
    "encode_per_s": "sentences that one of them encodes a second",
    "gb_price": "of a GB of memory for a month",
    "core_price": "of a core for a month",
}
_LEAST = 1000
SIZES = (10**6, 10**7, 10**8, 10**9)
_GOALS = (1000, 700, 500, 350, 250)
"""What half of the searches in a shard may take, in milliseconds, in the picture: fewer make more shards."""
_COLOURS = ("#d55e00", "#0072b2", "#009e73", "#000000")
"""Of Okabe and Ito (2008)."""


def simulated(
    plan: Plan, given: Machines, questions: int, seed: int, *, lost: bool = False, hedged: bool = False
) -> Served:
    """Simulate the search.

    :param plan: How many machines, and what they take.
    :param given: Cores and load.
    :param questions: How many.
    :param seed: The same gives the same numbers again.
    :param lost: Whether a shard lacks a replica.
    :param hedged: Whether a second replica is asked after as long as 95 % of the searches take.
    """
    return simulate(
        lambda random, shape: plan.near.draw(random, shape) + plan.words.draw(random, shape),
        shards=plan.shards,
        replicas=plan.replicas,
        cores=given.cores,
        load=given.load,
        questions=questions,
        hedge=plan.near.p95 + plan.words.p95 if hedged else None,
        lost=lost,
        seed=seed,
    )


def bytes_told(engine: str, measured: Sequence[Measured]) -> str:
    """Return a line: what a sentence must take, and what it took."""
    parts, last = principles(engine), measured[-1]
    told = " + ".join(f"{of:,} ({what})" for what, of in parts.items())
    disk, memory = (of * 1e6 / last.sentences for of in (last.disk_mb, last.memory_mb))
    took = f"measured {disk:,.0f} on disk"
    if engine == "faiss":
        took += f", {memory:,.0f} in the memory of the process"
    if engine == "milvus_lite":
        took += ", by Milvus Lite, which has no graph"
    return f"- {_TITLES[engine]}: {told} = {sum(parts.values()):,}; {took}"


def plans_told(measured: Mapping[str, Sequence[Measured]], sizes: Sequence[int], given: Machines) -> list[str]:
    """Return the lines of a table: what each size takes."""
    lines = [
        "| sentences | store | GB | shards | search in one, ms | replicas | machines | encode, h | put, h | a month |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for size in sizes:
        for engine, of in measured.items():
            line = f"| {size:,} | {_TITLES[engine]} | {size * held(engine, of) / 1e9:,.0f} |"
            if engine not in _TIMED:
                encode = _hours(encoding_h(size, given))
                lines.append(f"{line} {by_memory(engine, of, size, given):,} | – | – | – | {encode} | – | – |")
                continue
            plan = planned(engine, of, size, given)
            lines.append(
                f"{line} {plan.shards:,} | {plan.ms:,.0f} | {plan.replicas} | {plan.shards * plan.replicas:,} "
                f"| {_hours(plan.encode_h)} | {_hours(plan.put_h)} | {plan.money:,.0f} |"
            )
    return lines


def simulation_told(
    measured: Mapping[str, Sequence[Measured]], sizes: Sequence[int], given: Machines, questions: int, seed: int
) -> Iterator[str]:
    """Give the lines of a table: what the simulation says of each size."""
    yield "| sentences | store | shards × replicas | busy | p50, p95, p99, ms | hedged | one replica lost | then busy |"
    yield "|---|---|---|---|---|---|---|---|"
    for size in sizes:
        for engine in _TIMED:
            if of := measured.get(engine):
                plan = planned(engine, of, size, given)
                whole = simulated(plan, given, questions, seed)
                shown = ["–"] * 3
                if plan.replicas > 1:
                    lost = simulated(plan, given, questions, seed, lost=True)
                    hedged = simulated(plan, given, questions, seed, hedged=True)
                    shown = [_quantiles(hedged), _quantiles(lost), f"{lost.busy[0]:.0%}"]
                yield (
                    f"| {size:,} | {_TITLES[engine]} | {plan.shards:,} × {plan.replicas} | {whole.busy.mean():.0%} "
                    f"| {_quantiles(whole)} | {' | '.join(shown)} |"
                )


def draw(measured: Sequence[Measured], given: Machines, questions: int, seed: int, path: Path) -> None:
    """Draw how long a question takes if the largest size is cut into more shards.

    :param measured: Of PostgreSQL, by size.
    :param given: What there is.
    :param questions: That are simulated for each point.
    :param seed: The same gives the same picture again.
    :param path: A picture's file; its ending names the format.
    """
    plans = [planned("postgres", measured, SIZES[-1], replace(given, goal_ms=goal)) for goal in _GOALS]
    whole = [simulated(plan, given, questions, seed) for plan in plans]
    hedged = [simulated(plan, given, questions, seed, hedged=True) for plan in plans]
    lines = {
        "99 of 100 questions": _each(whole, 0.99),
        "99 of 100, the slow ones asked twice": _each(hedged, 0.99),
        "half of the questions": _each(whole, 0.5),
        "half of the searches in one shard": [plan.ms for plan in plans],
    }
    figure = Figure(figsize=(7.6, 4), layout="constrained")
    axes = figure.subplots()
    shards = [plan.shards for plan in plans]
    for marker, colour, (name, values) in zip("osD^", _COLOURS, lines.items(), strict=True):
        axes.plot(shards, values, marker=marker, color=colour, label=name)
    axes.set_xscale("log")
    axes.set_xticks(shards, [f"{of:,}" for of in shards])
    axes.set_xticks([], minor=True)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"shards of {SIZES[-1]:,} sentences in PostgreSQL (simulated)")
    axes.set_ylabel("ms")
    axes.grid(color="#dddddd")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend()
    figure.savefig(path, dpi=110)


def _each(served: Sequence[Served], part: float) -> list[float]:
    return [1e3 * float(np.quantile(of.latency, part)) for of in served]


def _hours(hours: float) -> str:
    return f"{hours:,.0f}" if hours >= 10 else f"{hours:.1f}" if hours >= 1 else f"{hours:.2f}"


def _quantiles(served: Served) -> str:
    return ", ".join(f"{1e3 * of:,.0f}" for of in np.quantile(served.latency, [0.5, 0.95, 0.99]))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--measured", type=Path, nargs="+", metavar="FILE", help="JSON of tests.benchmarks.stores, a file for each size"
    )
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="sentences (%(default)s)")
    for name, told in _OPTIONS.items():
        default = getattr(Machines(), name)
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=type(default), default=default, help=f"{told} (%(default)s)")
    parser.add_argument("--questions", type=int, default=10_000, help="that are simulated; 0 for none (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the same gives the same numbers again (%(default)s)")
    parser.add_argument("--plot", type=Path, help="draw there what smaller shards in PostgreSQL bring")
    given = parser.parse_args()
    wanted = {name: getattr(given, name) for name in _OPTIONS}
    sizes = [int(size) for size in given.sizes.split(",")]
    if min(sizes) < _LEAST:
        parser.error(f"--sizes {given.sizes}: give numbers from {_LEAST} on")
    for name, number in wanted.items():
        least, most = -1 if name == "spare" else 0, 1 if name in ("filled", "utilisation") else inf
        if not least < number < most:
            below = f" and below {most}" if most < inf else ""
            parser.error(f"--{name.replace('_', '-')} {number}: give a number above {least}{below}")
    try:
        measured = of_reports(
            [json.loads(path.read_text(encoding="utf-8")) for path in given.measured]
            if given.measured
            else of_page(PAGE.read_text(encoding="utf-8"))
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        read = " ".join(map(str, given.measured or [PAGE]))
        parser.error(f"--measured {read}: {error!r}. Give what `python -m tests.benchmarks.stores --json FILE` wrote")
    if given.plot and not (given.questions and "postgres" in measured):
        parser.error(f"--plot {given.plot}: this needs --questions, and PostgreSQL among what was measured")
    machines = Machines(**wanted)
    lines = [*(bytes_told(*of) for of in measured.items()), "", *plans_told(measured, sizes, machines), ""]
    if given.questions:
        lines += simulation_told(measured, sizes, machines, given.questions, given.seed)
    sys.stdout.write("\n".join([*lines, ""]))
    if given.plot:
        draw(measured["postgres"], machines, given.questions, given.seed, given.plot)


if __name__ == "__main__":
    main()
