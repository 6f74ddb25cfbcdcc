"""The trials: each does harm of one kind to a store, and reads back what is left."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.chaos.child import LOST, PATIENCE, RAW, REFUSED, WHOLE, Tally, begun, finished, said
from tests.chaos.stores import Store

_FIRST = 3
"""Steps that are there before something is damaged: as many as are read back of each store."""
_LONGEST = 0.25
"""Seconds from the first step to the kill."""
_ROOM = (0, 100, 1_000, 5_000, 20_000, 100_000, 1_500_000)
"""Bytes that are left on a full disk, or that a file may have."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """When to stop.

    :param until: By `time.monotonic`.
    :param rounds: Trials of one kind at most.
    """

    until: float
    rounds: int

    def __iter__(self) -> Iterator[int]:
        """Count the trials, at least one."""
        for number in range(self.rounds):
            yield number
            if time.monotonic() > self.until:
                return


def kills(store: Store, folder: Path, bounds: Bounds, chance: random.Random) -> Tally:
    """Kill a writer at a random moment; all that it had told is there, and nothing half-made is in the way."""
    tally, steps, done = Tally("kill -9", store.name), 0, list[int]()
    for _ in bounds:
        process, told, connection = begun(store.name, "write", folder, range(steps, steps + 10_000))
        wrote = connection.poll(PATIENCE)
        time.sleep(chance.uniform(0, _LONGEST))
        process.kill()
        process.join()
        if not wrote:
            tally.add(RAW, "the writer never wrote")
            break
        done += _received(connection)
        if process.exitcode != -9:
            tally.add(process.exitcode, said(told))
        told.unlink(missing_ok=True)
        steps = max(done, default=steps) + 2
        tally.add(*finished(store.name, "read", folder, done))
        if not tally.good:
            break
    tally.note = f"{len(done)} steps acknowledged"
    return tally


def damage(store: Store, folder: Path, bounds: Bounds, chance: random.Random) -> Tally:
    """Cut every file, and flip bits in it: it is refused, made anew, or as good as before."""
    tally, steps = Tally("damaged file", store.name), list(range(_FIRST))
    code, told = finished(store.name, "write", folder, steps)
    if code != WHOLE:
        tally.add(code, told)
        return tally
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and "lock" not in path.name)
    for number in bounds:
        copy = folder.parent / "damaged"
        shutil.copytree(folder, copy)
        name = files[number % len(files)]
        how = _damaged(copy / name, chance)
        code, told = finished(store.name, "read", copy, steps)
        if code == LOST and not store.sealed:
            code = WHOLE  # a plain text tells what stands in it
        tally.add(code, f"{name} {how}: {told}")
        shutil.rmtree(copy)
    tally.note = f"{len(files)} files"
    return tally


def _damaged(path: Path, chance: random.Random) -> str:
    data = bytearray(path.read_bytes())
    if chance.random() < 0.4 or not data:
        length = chance.choice([0, len(data) // 2, max(len(data) - 1, 0), chance.randrange(len(data) + 1)])
        path.write_bytes(data[:length])
        return f"cut at {length}"
    place, bit = chance.randrange(len(data)), chance.randrange(8)
    data[place] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {place}"


def full_disk(store: Store, folder: Path, bounds: Bounds, chance: random.Random) -> Tally:  # noqa: ARG001  # as others
    """Write where there is no room: it is refused in a line or not kept, and what was there stays."""
    tally, done = Tally("full disk", store.name), [0, 1]
    with _small_disk(folder) as disk:
        tally.note = "a small tmpfs" if disk else "RLIMIT_FSIZE: nothing can be mounted here"
        code, told = finished(store.name, "write", folder, done)
        if code != WHOLE:
            tally.add(code, told)
        for number in bounds:
            room = _ROOM[number % len(_ROOM)]
            filler = folder.parent / "disk" / "filler"
            if disk:
                left = shutil.disk_usage(folder).free - room
                filler.write_bytes(b"x" * max(left, 0))
            code, told = finished(store.name, "write", folder, [number + 2], None if disk else room)
            tally.add(code, f"{room} bytes left: {told}")
            # what is made anew needs no room to be read
            tally.add(*finished(store.name, "read", folder, [*done, number + 2] if code == WHOLE else done))
            if code == WHOLE:
                done.append(number + 2)
            filler.unlink(missing_ok=True)
    return tally


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """Put a small disk under a folder, if this machine lets us."""
    disk = folder.parent / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(disk)]
    mounted = (
        shutil.which("mount") is not None and not subprocess.run(command, capture_output=True, check=False).returncode
    )
    if mounted:
        (disk / "data").mkdir()
        folder.rmdir()
        folder.symlink_to(disk / "data")
    try:
        yield mounted
    finally:
        if mounted:
            folder.unlink()
            subprocess.run(["umount", str(disk)], check=True)


def crowd(store: Store, folder: Path, bounds: Bounds, chance: random.Random) -> Tally:  # noqa: ARG001  # as others
    """Two write and one reads, all the time: the reader is never refused, and all that was told is there."""
    tally = Tally("two writers, a reader", store.name)
    tally.add(*finished(store.name, "write", folder, [0]))
    reader, told, loads = begun(store.name, "crowd", folder, [0])
    writers = [begun(store.name, "write", folder, range(first, first + 100_000, 2)) for first in (1, 2)]
    time.sleep(max(2.0, bounds.until - time.monotonic()))
    done = list[Sequence[int]]()
    for process, words, connection in writers:
        process.kill()
        process.join()
        if process.exitcode != -9:
            tally.add(process.exitcode, said(words))
        words.unlink(missing_ok=True)
        done.append(_received(connection))
    (folder / "stop").touch()
    reader.join(PATIENCE)
    if reader.is_alive():
        reader.kill()
        reader.join()
    code, words_of_reader = reader.exitcode, said(told)
    # nobody has damaged anything: a reader that is refused has lost something
    tally.add(LOST if code == REFUSED else code, words_of_reader)
    # of two who write in each other's place, nobody can tell who was the last
    last = min(max(steps, default=0) for steps in done)
    steps = sorted({0, *(step for steps in done for step in steps if not store.replaced or step <= last)})
    tally.add(*finished(store.name, "read", folder, steps))
    tally.note = f"{sum(map(len, done))} steps acknowledged, read {sum(_received(loads))} times"
    return tally


def _received(connection: Connection) -> Sequence[int]:
    """What a process has sent; half a number, as a kill may leave, was not sent."""
    found: list[int] = []
    with suppress(EOFError, OSError):
        while connection.poll():
            found.append(connection.recv())
    return found
