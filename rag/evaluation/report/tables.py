"""All numbers of the runs side by side, and those of one run by the fields of its questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation.comparison import SIGNIFICANT, Difference
from rag.evaluation.measures import MEASURES, Estimate, Group, Unit
from rag.evaluation.record import Record
from rag.evaluation.report.numbers import change, interval, probability, shown

_VALUES = range(2, 21)
"""How many values a field has that is worth slicing by."""
_FIELDS = 12
"""Fields that are shown."""
_SLICED = (
    ("evidence@1", "Right sentence"),
    ("f1", "F1"),
    ("recall@5", "Recall at 5"),
    ("refused", "Refused"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its interval, and how it differs from the baseline's."""

    value: str = "–"
    interval: str = ""
    difference: str = ""
    significant: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A measure, a cell for each run."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The measures of a group."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Slices:
    """Measures of one run by the value of a field.

    :param field: Its name.
    :param heads: Of the columns after the value.
    :param rows: Value and measures; the most frequent value first.
    """

    field: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def blocks(
    names: Sequence[str], measured: Sequence[Mapping[str, Estimate]], differences: Sequence[Difference]
) -> tuple[Block, ...]:
    """Put the measures of some runs side by side.

    :param names: Of the runs.
    :param measured: Their measures, in the same order.
    :param differences: Of runs to one baseline; none if the questions were not the same.
    :return: The groups, and in them the measures, that any of the runs has.
    """
    known = {(one.measure, one.run): one for one in differences}

    def rows(group: Group) -> Iterator[Row]:
        for measure in MEASURES:
            if measure.group is group and any(measure.name in estimates for estimates in measured):
                yield Row(
                    measure.title,
                    tuple(
                        _cell(estimates.get(measure.name), measure.unit, known.get((measure.name, name)))
                        for name, estimates in zip(names, measured, strict=True)
                    ),
                )

    filled = ((str(group.value), tuple(rows(group))) for group in Group)
    return tuple(Block(title, rows_) for title, rows_ in filled if rows_)


def slices(records: Sequence[Record]) -> tuple[Slices, ...]:
    """Measure the questions by each of their fields that has a few values.

    :param records: Questions of one run.
    :return: For each such field its values, with means over the questions that have the value.
    """
    fields = dict.fromkeys(field for record in records for field in record.fields)
    sliced = []
    for field in fields:
        parts: dict[str, list[Record]] = {}
        for record in records:
            if field in record.fields:
                parts.setdefault(record.fields[field], []).append(record)
        if len(parts) in _VALUES:
            sliced.append(_slices(field, parts))
    return tuple(sliced[:_FIELDS])


def _slices(field: str, parts: Mapping[str, Sequence[Record]]) -> Slices:
    ordered = sorted(parts.items(), key=lambda part: -len(part[1]))
    measured = [(title, [_mean(part, name) for _, part in ordered]) for name, title in _SLICED]
    told = [(title, column) for title, column in measured if any(value is not None for value in column)]
    rows = (
        (
            value,
            f"{len(part):,}",
            *("–" if column[n] is None else shown(column[n] or 0.0, Unit.SHARE) for _, column in told),
        )
        for n, (value, part) in enumerate(ordered)
    )
    return Slices(field, ("Questions", *(title for title, _ in told)), tuple(rows))


def _mean(records: Sequence[Record], name: str) -> float | None:
    values = [record.values[name] for record in records if name in record.values]
    return float(np.mean(values)) if values else None


def _cell(estimate: Estimate | None, unit: Unit, difference: Difference | None) -> Cell:
    if estimate is None:
        return Cell()
    value, between = shown(estimate.value, unit), interval(estimate, unit)
    if difference is None:
        return Cell(value, between)
    told = f"{change(difference.difference, unit)}, {probability(difference.holm)}"
    return Cell(value, between, told, difference.holm < SIGNIFICANT)
