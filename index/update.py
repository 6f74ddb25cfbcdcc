"""How an index follows a folder of files: told by their digests, so that what is unchanged is not even read."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError
from index.kept import digest_of
from index.manifest import MANIFEST, StoredArticle, read_manifest


@dataclass(frozen=True, slots=True)
class Differences:
    """What an index and a folder of files differ in.

    :param new: Files that it does not hold.
    :param changed: Files that it holds as they were.
    :param gone: Ids of the articles whose files in the folder are gone.
    :param unchanged: How many files it holds as they are.
    :param texts: Digests of the texts of these: of two documents with the same text, an index names only one.
    :param taken: Ids that are not made of the texts that the articles have now: no text may have such an id by itself.
    """

    new: tuple[Path, ...]
    changed: tuple[Path, ...]
    gone: tuple[str, ...]
    unchanged: int
    texts: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


def differences(index: Path, files: Path) -> Differences:
    """Compare an index with a folder of files, without reading a document.

    A file that was moved is new, and not gone: its text has not left the folder.

    :param index: The index folder; if there is no index in it, all files are new.
    :param files: The folder, with all folders in it. Files and folders with a dot before their names are left out, and
        so are links that lead out of it.
    :return: They.
    :raises InputError: If the index is damaged, or there is no such folder.
    """
    stored = read_manifest(index).articles if (index / MANIFEST).exists() else []
    folder = _resolved(files)
    found = {path: digest_of(path) for path in files_below(folder, index) if os.access(path, os.R_OK)}
    by_file = {Path(one.source): one for one in stored if one.source}
    # a copy of a file that is there as well is no news
    held = {one.source_sha256 for path, one in by_file.items() if path in found or path.is_file()}
    new: list[Path] = []
    changed: list[Path] = []
    unchanged = 0
    for path, digest in found.items():
        if digest in held and (path not in by_file or by_file[path].source_sha256 == digest):
            unchanged += 1
        else:
            (changed if path in by_file else new).append(path)
    texts = frozenset(one.file.sha256 for path, one in by_file.items() if found.get(path) == one.source_sha256)
    gone = (one for path, one in by_file.items() if path not in found and path.is_relative_to(folder))
    left = tuple(_left(gone, set(found.values())))
    taken = frozenset(one.name for one in stored if not one.file.sha256.startswith(one.name))
    return Differences(tuple(new), tuple(changed), left, unchanged, texts, taken)


def _left(gone: Iterable[StoredArticle], digests: Collection[str]) -> Iterator[str]:
    return (one.name for one in gone if one.source_sha256 not in digests)


def _resolved(path: Path) -> Path:
    """Follow the links of a path; one that leads to itself, for which `Path.resolve` raises, as far as it goes."""
    return Path(os.path.realpath(path))


def files_below(folder: Path, index: Path) -> Iterator[Path]:
    """Give all files below a folder, in the order of their names.

    :param folder: The folder. Files and folders with a dot before their names are left out, and so are links that lead
        out of it.
    :param index: A folder that is left out, too.
    :return: Their paths, without links.
    :raises InputError: If there is no such folder.
    """
    folder, index = _resolved(folder), _resolved(index)
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder. Give one with articles in it.")
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name != index)
        for name in sorted(names):
            path = here / name
            if not name.startswith(".") and _resolved(path).is_relative_to(folder) and path.is_file():
                yield path
