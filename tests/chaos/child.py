"""What is done in a process of its own, so that it can be killed, and so that nothing it raises is missed."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from index.errors import InputError
from tests.chaos.stores import BY_NAME, LostError, Store

WHOLE, RAW, REFUSED, LOST = 0, 1, 3, 4
"""Exit codes; 1 is Python's own, for what nobody caught."""
QUIET = ("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
"""For the environment: libraries of a process that was killed leave a lock or two, and Python would warn of each."""
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.chaos.stores"])
PATIENCE = 120
"""Seconds that a process may take to begin or to end."""


@dataclass(slots=True)
class Tally:
    """What came of many trials of one kind.

    :param outcomes: How many were whole, refused, lost and raw.
    :param told: What the last one that was lost or raw said.
    """

    kind: str
    store: str
    outcomes: Counter[int] = field(default_factory=Counter)
    told: str = ""
    note: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing was lost and nothing raised raw."""
        return not self.outcomes[LOST] and not self.outcomes[RAW]

    def add(self, code: int | None, told: str) -> None:
        """Count a trial by its exit code; that of a signal is raw."""
        outcome = code if code in (WHOLE, REFUSED, LOST) else RAW
        self.outcomes[outcome] += 1
        if outcome in (LOST, RAW):
            self.told = told or f"exit code {code}"


def finished(store: str, act: str, folder: Path, steps: Sequence[int], largest: int | None = None) -> tuple[int, str]:
    """Read or write in a process of its own.

    :param act: `read`, `write` or `crowd`, which reads until a file `stop` is there.
    :param steps: To read back, or to write.
    :param largest: Bytes of a file that the process may write.
    :return: Its exit code and the end of what it said.
    """
    process, told, _ = begun(store, act, folder, steps, largest)
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
        return RAW, f"{act} did not end"
    return process.exitcode or 0, said(told)


def begun(
    store: str, act: str, folder: Path, steps: Sequence[int], largest: int | None = None
) -> tuple[multiprocessing.process.BaseProcess, Path, Connection]:
    """Begin to read or write; each step done is sent to the connection."""
    mine, its = _PROCESSES.Pipe(duplex=False)
    told = folder.parent / f"said-{time.monotonic_ns()}"
    process = _PROCESSES.Process(target=_run, args=(store, act, folder, steps, largest, told, its))
    process.start()
    its.close()
    return process, told, mine


def said(told: Path) -> str:
    """The last line of what a process said, and no file any more."""
    text = told.read_text(encoding="utf-8", errors="replace") if told.exists() else ""
    told.unlink(missing_ok=True)
    return text.strip().rpartition("\n")[2]


def _act(store: Store, act: str, folder: Path, steps: Sequence[int], done: Connection) -> None:
    if act == "read":
        store.read(folder, steps)
    elif act == "crowd":
        loads = 0
        while not (folder / "stop").exists():
            store.read(folder, steps)
            loads += 1
        done.send(loads)
    else:
        for number in steps:
            store.write(folder, number)
            with suppress(BrokenPipeError):
                done.send(number)


@contextmanager
def _limited(largest: int | None) -> Iterator[None]:
    """Let no file become larger; what is said at the end may be longer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft if largest is None else largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _run(
    store: str, act: str, folder: Path, steps: Sequence[int], largest: int | None, told: Path, done: Connection
) -> None:
    sys.stderr = told.open("w", encoding="utf-8")
    try:
        with _limited(largest):
            _act(BY_NAME[store], act, folder, steps, done)
    except InputError as error:
        sys.stderr.write(str(error))
        sys.exit(REFUSED)
    except LostError as error:
        sys.stderr.write(f"lost: {error}")
        sys.exit(LOST)
