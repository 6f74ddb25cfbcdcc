"""What is measured on made-up texts: in steps, each in a process of its own, so that the memory is its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.files import written
from tests.benchmarks.machine import inherited, machine
from tests.benchmarks.summary import times
from tests.conftest import ROOT

NAMES = 8
"""Every so many words of the vocabulary, one is a name."""
_STOP = 30
"""The most frequent words, which are left out: they stand for stop words."""


def ranks(random: np.random.Generator, count: int, vocabulary: int) -> list[int]:
    """Draw words, by their ranks, whose frequency falls with the rank as Zipf's law has it.

    :param random: Draws.
    :param count: How many.
    :param vocabulary: Words that there are.
    """
    drawn: list[int] = (_STOP * (vocabulary / _STOP) ** random.random(count)).astype(np.int64).tolist()
    return drawn


def timed(act: Callable[[Any], object], given: Sequence[Any] | NDArray[np.float32]) -> dict[str, float]:
    """Return what an act takes, in milliseconds.

    :param act: Done with each in turn.
    :param given: What it is done with.
    """
    taken = []
    for one in given:
        began = perf_counter()
        act(one)
        taken.append((perf_counter() - began) * 1e3)
    found = times(taken)
    return {"p50": found.p50, "p95": found.p95}


def memory(name: str) -> float:
    """Return MB of this process, as Linux counts them.

    :param name: What is counted: `VmHWM`, `VmRSS`, …
    """
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


def in_processes(module: str, steps: Sequence[str], size: int) -> Iterator[dict[str, Any]]:
    """Do the steps of a program one after the other, all with one folder, see `one_step`.

    :param module: The program.
    :param steps: Their names.
    :param size: How much is made.
    :return: What each gives.
    """
    with tempfile.TemporaryDirectory() as scratch:
        for step in steps:
            done = subprocess.run(
                [sys.executable, "-m", module, "--step", step, str(size), f"{scratch}/index"],
                cwd=ROOT,
                # as the command line sets it: threads that spin make each other wait
                env=inherited(),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            yield json.loads(done.stdout)


def one_step(
    given: Sequence[str], build: Callable[[int, Path], object], acts: Mapping[str, Callable[[Path], object]]
) -> None:
    """Do one step and print what it gives, as JSON.

    :param given: Its name, the size, the folder.
    :param build: Makes what is measured.
    :param acts: The other steps, by their names.
    """
    step, size, folder = given
    sys.stdout.write(json.dumps(build(int(size), Path(folder)) if step == "build" else acts[step](Path(folder))))


def begun() -> dict[str, Any]:
    """Begin a report: the machine, as it is before anything is measured."""
    return {"machine": machine(), "made_by_rule": True}


def write_report(path: Path | None, report: Mapping[str, Any]) -> None:
    """Write what was measured.

    :param path: A file of JSON, or None.
    :param report: See `begun`.
    """
    if path:
        with written(path) as file:
            json.dump(report, file, indent=2)
