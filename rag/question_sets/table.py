"""Question sets as tables: CSV, or TSV, with a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.errors import InputError
from rag.question_sets.entry import Entry
from rag.question_sets.file import file_text
from rag.question_sets.jsonl import question_of
from rag.question_sets.question import Fault
from rag.question_sets.value import shown

_BETWEEN = " | "
_LISTS = ("answers", "evidence", "items")
_COLUMNS = (*_LISTS, "question", "answerable", "id", "article")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def table_entries(path: Path, delimiter: str) -> Iterator[Entry]:
    """Read a table.

    It needs a column `question`; it may have `answers`, `evidence` and `items`, each of several texts with ` | `
    between them, `answerable` (true or false, yes or no, 1 or 0; by default whether there are answers), `id` and
    `article`. Other columns with a name are fields. An empty cell says nothing, an empty row is passed over.

    :param path: The file.
    :param delimiter: What is between two cells.
    :return: A question or a fault for each row, at the line where it begins.
    :raises InputError: If the file cannot be read or its header is not usable.
    """
    reader = csv.reader(io.StringIO(file_text(path), newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        place = f"{path}:{reader.line_num + 1}"
        try:
            row = next(reader, None)
            if row is None:
                return
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = _header(row, path)
                continue
            yield (question_of(_record(header, row), place),)
        except csv.Error as error:
            if header is None:
                raise InputError(f"{place}: {error}. Give a header in the first row.") from error
            yield Fault(place, f"{error}. Put a cell that holds quotes in quotes, and double those within.")
        except InputError as error:
            if header is None:
                raise
            yield Fault(place, str(error))


def _header(row: Sequence[str], path: Path) -> list[str]:
    names = [cell.strip() for cell in row]
    # Excel's users write 'Question'
    names = [name.lower() if name.lower() in _COLUMNS else name for name in names]
    if "question" not in names:
        raise InputError(
            f"{path} has no column 'question' but {shown(names)}. Name the columns in the first row, with commas "
            "between them in .csv and tabs in .tsv."
        )
    twice = next((name for number, name in enumerate(names) if name and name in names[:number]), None)
    if twice:
        raise InputError(f"{path} has two columns {shown(twice)}. Give each a name of its own.")
    return names


def _record(header: Sequence[str], row: Sequence[str]) -> Mapping[str, Any]:
    """The row as a line of JSON would have it."""
    if len(row) != len(header):
        raise InputError(
            f"the row has {len(row)} cells, the header {len(header)}. Put a cell with a delimiter in quotes."
        )
    record: dict[str, Any] = {
        name: cell.strip() for name, cell in zip(header, row, strict=True) if name and cell.strip()
    }
    for name in _LISTS:
        record[name] = [text.strip() for text in record.get(name, "").split(_BETWEEN) if text.strip()]
    if "answerable" in record:
        answerable = _FLAGS.get(record["answerable"].lower())
        if answerable is None:
            raise InputError(f"'answerable' is {shown(record['answerable'])}. Give true or false, yes or no, 1 or 0.")
        record["answerable"] = answerable
    return record
