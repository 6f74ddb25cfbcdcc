"""JSON, as one object a line or as a whole file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import InputError
from rag.question_sets.file import file_text
from rag.question_sets.question import Fault


def read_json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read JSON objects, one a line; blank lines are passed over.

    :param path: The file; one whose name ends in `.gz` is decompressed.
    :return: Pairs of 'file:line' and the object.
    :raises InputError: If the file cannot be read or a line is no JSON object.
    """
    for line in json_lines(path):
        if isinstance(line, Fault):
            raise InputError(f"{line.place}: {line.reason}")
        yield line


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]] | Fault]:
    """Read JSON objects, one a line, and go on after a bad one; blank lines are passed over.

    :param path: The file; one whose name ends in `.gz` is decompressed.
    :return: Pairs of 'file:line' and the object, or what is wrong with the line.
    :raises InputError: If the file cannot be read.
    """
    for number, line in enumerate(file_text(path).split("\n"), start=1):
        if line.strip():
            place = f"{path}:{number}"
            try:
                record = json_value(line)
            except InputError as error:
                yield Fault(place, f"{error} One JSON object a line.")
                continue
            if isinstance(record, dict):
                yield place, record
            else:
                yield Fault(place, f"{line[:60]!r} is no JSON object. One JSON object a line.")


def json_value(text: str) -> Any:
    """Read JSON.

    :param text: One value.
    :return: It.
    :raises InputError: If it is not JSON, or nested too deeply or a number too long for Python to read, or has a key
        twice in an object: of the two, other programs may read the other one.
    """
    try:
        return json.loads(text, object_pairs_hook=_each_once)
    except InputError:
        raise
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        near = text[max(0, error.pos - 20) : error.pos + 40]
        raise InputError(f"{error.msg} at {line}column {error.colno}: {near!r}.") from error
    except RecursionError as error:
        raise InputError(f"Nested too deeply: {text[:60]!r}.") from error
    except ValueError as error:
        raise InputError(f"A number has too many digits: {text[:60]!r}.") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise InputError(f"The key {twice[:60]!r} stands twice in an object. Take one of them out.")
    return record
