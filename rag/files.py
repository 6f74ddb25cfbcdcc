"""A text file that is written whole or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from index.errors import InputError


@contextmanager
def written(path: Path | None) -> Iterator[TextIO]:
    """Open a file for writing that takes its name only when all went well.

    :param path: The file, or None for standard output.
    :return: Where to write.
    :raises InputError: If the file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    try:
        # not by tempfile, whose files are for their owner alone: a report is for others to read
        part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        file = part.open("x", encoding="utf-8")
    except OSError as error:
        raise InputError(f"Cannot write {path}: {error.strerror}. Give a file in a writable folder.") from error
    try:
        with file:
            yield file
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
