"""The file that a question set is written to."""

from __future__ import annotations

from pathlib import Path

from index.errors import InputError

_ENDINGS = (".jsonl", ".ndjson")


def check_output(path: Path) -> None:
    """Refuse a file that no question set can be written to, before anybody has worked on it.

    :param path: The file.
    :raises InputError: If it has another ending, or its folder is missing.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise InputError(f"{path} does not end in .jsonl. Give a file that does: its lines are JSON.")
    if not path.parent.is_dir() or path.is_dir():
        raise InputError(f"Cannot write {path}: no such folder, or a folder itself. Give a file in a writable folder.")
