"""The text of a file, compressed or not."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from index.errors import InputError

LARGEST = 256_000_000
"""Bytes that a compressed file may unpack to: a megabyte can hold a thousand times as many."""


def file_text(path: Path) -> str:
    """Read a UTF-8 file; a byte order mark at its start is no part of the text, line ends stay.

    :param path: The file; one whose name ends in `.gz` is decompressed.
    :return: The text.
    :raises InputError: If it cannot be read, is not compressed as its name says, unpacks to more than `LARGEST` bytes,
        or is not UTF-8.
    """
    try:
        data = _unpacked(path) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"Cannot read {path}: {error}. Give a file made by gzip, or take .gz off its name.") from error
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error


def _unpacked(path: Path) -> bytes:
    with gzip.open(path) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(
            f"{path} unpacks to more than {LARGEST // 1_000_000} MB. If that is as it should be, unpack it first "
            f"(gunzip --keep {path.name}), and give the file that comes out."
        )
    return data
