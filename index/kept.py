"""Folders that are made once and kept in the cache: made beside their place, digested, and put there by one rename.

So a process that is killed, or a second one that makes the same, leaves nothing half-made in the place; and since all
is on the disk before it gets its name, neither does a machine that loses its power.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

Kept = TypeVar("Kept")


def made_once(place: Path, read: Callable[[], Kept | None], make: Callable[[], Kept]) -> Kept:
    """Read what is kept in a place; where there is nothing whole, one process at a time makes it.

    :param place: The folder. Beside it lies its lock, a file with the suffix `.lock`.
    :param read: Reads what is there; None if nothing is, or it is damaged.
    :param make: Makes it, by `beside`.
    :return: What was read or made.
    :raises OSError: If the folder of the place cannot be written.
    """
    found = read()
    if found is not None:
        return found
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        # another process may have made it while this one waited
        found = read()
        return make() if found is None else found


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place at the end, if nothing goes wrong; what was in the place is removed.

    :param place: The folder to make. Whoever makes it holds its lock: see `made_once`.
    :return: The folder to write into.
    :raises OSError: If it cannot be written.
    """
    # the lock is held: what lies here was left by a process that was killed
    for left in place.parent.glob(f".{place.name}-*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as scratch:
        folder = Path(scratch) / "made"
        folder.mkdir()
        yield folder
        for path in folder.rglob("*"):
            flush(path)
        flush(folder)
        if place.exists():
            shutil.rmtree(place)
        os.replace(folder, place)
        flush(place.parent)


def flush(path: Path) -> None:
    """Wait until what was written is on the disk: a file's content, or the names in a folder.

    :param path: The file or the folder.
    :raises OSError: If it cannot be written.
    """
    if path.is_dir() and os.name == "nt":
        return  # which cannot open folders
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal.

    :param path: The file.
    :raises OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by its path from there, in the order of the paths.

    :param folder: The folder.
    :raises OSError: If a file cannot be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in files}
