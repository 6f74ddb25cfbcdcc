"""Runs on disk: JSON lines that grow while the work goes on, so that a kill costs one question.

The first line names the run and its settings; each of the others holds the verdicts on a question, or on a
conversation. A last line that a kill cut short is dropped, and the work goes on behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from pydantic import TypeAdapter, ValidationError

from index.errors import InputError
from rag.evaluation.record import Record, Run
from rag.question_sets.json_lines import json_value

FORMAT = 1
_KIND = "pullquote evaluation"
_FOREVER = 1e12
"""Milliseconds that no question takes."""
_ROUNDED = 1e-9
"""A sum of shares may come out so much above 1."""


class Growing:
    """A run that is being written.

    :param done: The verdicts that are there already, a tuple a unit.
    :param file: Where the next ones go.
    """

    def __init__(self, done: Sequence[tuple[Record, ...]], file: TextIO) -> None:
        self.done = tuple(done)
        self._file = file

    def write(self, records: Sequence[Record]) -> None:
        """Add the verdicts on a question or a conversation."""
        self._file.write(json.dumps([asdict(record) for record in records], ensure_ascii=False) + "\n")
        self._file.flush()


@contextmanager
def growing(path: Path, name: str, settings: Mapping[str, str]) -> Iterator[Growing]:
    """Begin a run, or go on with one that was cut short.

    :param path: The file; made if missing.
    :param name: Of the configuration.
    :param settings: What was asked, of what, and with what.
    :return: What is there already, and where to write.
    :raises InputError: If the file holds something else, or a run with other settings, or cannot be written.
    """
    header = json.dumps({"kind": _KIND, "format": FORMAT, "name": name, "settings": dict(settings)})
    done: list[tuple[Record, ...]] = []
    try:
        if path.exists() and path.stat().st_size:
            kept = 0
            with path.open("rb") as there:
                for number, line in enumerate(there, start=1):
                    if not line.endswith(b"\n"):
                        break
                    if number == 1:
                        _check_same(path, line, header)
                    else:
                        done.append(_records(line, path, number))
                    kept += len(line)
            with path.open("r+b") as there:
                there.truncate(kept)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            if file.tell() == 0:
                file.write(header + "\n")
            yield Growing(done, file)
    except OSError as error:
        raise InputError(f"Cannot write {path}: {error.strerror}. Give a file in a writable folder.") from error


def read_run(path: Path) -> Run:
    """Read a saved run.

    :param path: A file written by `growing`.
    :return: The run.
    :raises InputError: If it cannot be read or is no such file.
    """
    records: list[Record] = []
    try:
        with path.open("rb") as file:
            header = _header(path, file.readline())
            for number, line in enumerate(file, start=2):
                if line.endswith(b"\n"):
                    records += _records(line, path, number)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. Give a file made by --save.") from error
    if not records:
        raise InputError(f"{path} holds no verdict yet. Finish the run: pullquote evaluate … --save {path}")
    return Run(header["name"], header["settings"], tuple(records))


def _check_same(path: Path, line: bytes, header: str) -> None:
    there, wanted = _header(path, line), json.loads(header)
    if there != wanted:
        before, now = there["settings"], wanted["settings"]
        changed = [key for key in {**before, **now} if before.get(key) != now.get(key)] or ["name"]
        was, is_now = before.get(changed[0], there["name"]), now.get(changed[0], wanted["name"])
        raise InputError(
            f"{path} holds another run: its {changed[0]} is {was!r}, now it is {is_now!r}. "
            "Give another file to --save, or delete this one."
        )


def _header(path: Path, line: bytes) -> dict[str, Any]:
    try:
        header = json_value(line.decode())
        if (header["kind"], header["format"]) != (_KIND, FORMAT):
            raise KeyError("kind")
        if not isinstance(header["name"], str) or not isinstance(header["settings"], dict):
            raise TypeError("name or settings")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no saved run. Give a file made by `pullquote evaluate --save`.") from error
    return dict(header)


def _records(line: bytes, path: Path, number: int) -> tuple[Record, ...]:
    try:
        records = _format().validate_json(line, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "".join(f"{part}: " for part in first["loc"])
        raise _damaged(path, number, f"{place}{first['msg']}") from error
    for record in records:
        shares = {"confidence": record.confidence, **record.values}
        wrong = [name for name, value in shares.items() if not 0 <= value <= 1 + _ROUNDED]
        wrong += [name for name, value in record.timings_ms.items() if not 0 <= value < _FOREVER]
        if wrong:
            raise _damaged(path, number, f"{wrong[0][:40]!r} is out of range")
    return records


@cache
def _format() -> TypeAdapter[tuple[Record, ...]]:
    return TypeAdapter(tuple[Record, ...])


def _damaged(path: Path, number: int, why: str) -> InputError:
    return InputError(f"{path}:{number}: {why}. The file is damaged; delete it and run again.")
