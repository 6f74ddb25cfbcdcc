"""The text of a file, compressed or not."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from index.errors import InputError


def file_text(path: Path) -> str:
    """Read a UTF-8 file; a byte order mark at its start is no part of the text, line ends stay.

    :param path: The file; one whose name ends in `.gz` is decompressed.
    :return: The text.
    :raises InputError: If it cannot be read, is not compressed as its name says, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
        if path.suffix.lower() == ".gz":
            data = gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"Cannot read {path}: {error}. Give a file made by gzip, or take .gz off its name.") from error
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
