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
from index.kept import flush


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
    # not by tempfile, whose files are for their owner alone: a report is for others to read
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        file = part.open("x", encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with file:
            yield file
        flush(part)
        os.replace(part, path)
        flush(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(f"Cannot write {path}: {error.strerror}. Give a file in a writable folder.")
