"""Processes and those that they started, as Linux tells of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from time import monotonic, sleep

_SECONDS = 180
"""Ray's agents look every now and then whether who started them is there."""


def family(pid: int) -> set[int]:
    """Return a process, those that it started, those that these started, and so on."""
    found, new = set[int](), {pid}
    while new:
        found |= new
        new = {child for one in new for child in _children(one)} - found
    return found


def listening(pids: Iterable[int]) -> set[str]:
    """Return the addresses at which processes listen, as Linux writes them."""
    targets = {target for pid in pids for target in _open(pid) if target.startswith("socket:[")}
    sockets = {target.removeprefix("socket:[").removesuffix("]") for target in targets}
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text(encoding="utf-8").splitlines()[1:]
    ]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in sockets}


def reading(path: Path, pids: Iterable[int]) -> set[int]:
    """Return the processes that have a file open."""
    return {pid for pid in pids if str(path) in _open(pid)}


def wait_until_gone(pids: Iterable[int]) -> None:
    """Wait until processes are gone, as long as a busy machine may need."""
    end = monotonic() + _SECONDS
    for pid in pids:
        while _runs(pid):
            assert monotonic() < end, Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
            sleep(0.01)


def _children(pid: int) -> list[int]:
    try:
        lists = [file.read_text(encoding="utf-8") for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for one in lists for child in one.split()]


def _open(pid: int) -> list[str]:
    """Return what a process has open."""
    targets = []
    try:
        files = list(Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return []
    for file in files:
        try:
            targets.append(os.readlink(file))
        except FileNotFoundError:
            # closed meanwhile
            continue
    return targets


def _runs(pid: int) -> bool:
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return told.rpartition(")")[2].split()[0] != "Z"
