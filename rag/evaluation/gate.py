"""Whether a run is good enough: bounds that a team sets, and no significant loss against a run that it kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.errors import InputError
from rag.evaluation.comparison import SIGNIFICANT, Difference
from rag.evaluation.measures import BY_NAME, Unit, as_asked, value_of
from rag.evaluation.record import Run


@dataclass(frozen=True, slots=True)
class Bound:
    """What a measure must reach, or must not exceed.

    :param least: Whether the value is the least that passes; else it is the most.
    """

    measure: str
    value: float
    least: bool


def bounds(spec: str | None, *, least: bool) -> list[Bound]:
    """Read bounds.

    >>> bounds("evidence@1=0.9,recall@5=0.97", least=True)[1].measure
    'recall@5'

    :param spec: `measure=value,…`; nothing gives none. Shares go from 0 to 1, times are in milliseconds.
    :param least: Whether the values are the least that pass, or the most.
    :return: The bounds.
    :raises InputError: If a measure or a value is not known.
    """
    option = "--fail-under" if least else "--fail-over"
    found = []
    for part in spec.split(",") if spec else ():
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in BY_NAME:
            raise InputError(f"{option} {part!r}: no measure is called {name!r}. Choose one of: {', '.join(BY_NAME)}.")
        try:
            number = float(value)
        except ValueError as error:
            raise InputError(f"{option} {part!r}: {value!r} is no number. Write {name}=0.9.") from error
        most = 1.0 if BY_NAME[name].unit is not Unit.TIME else float("inf")
        if not 0 <= number <= most:
            raise InputError(f"{option} {part!r}: {name} goes from 0 to {most:g}. Write {name}=0.9.")
        found.append(Bound(name, number, least))
    return found


def missed(run: Run, asked: Sequence[Bound]) -> Iterator[str]:
    """Tell which bounds a run misses.

    :param run: The run; every question counts as readers ask it.
    :param asked: The bounds.
    :return: A line for each bound that is missed.
    """
    records = as_asked(run.records)
    for bound in asked:
        value = value_of(bound.measure, records)
        if value is None:
            yield f"{bound.measure} was not measured: no question of the set tells it."
        elif (value < bound.value) if bound.least else (value > bound.value):
            yield f"{bound.measure} is {value:.4g}, {'less' if bound.least else 'more'} than {bound.value:g}."


def lost(differences: Sequence[Difference]) -> Iterator[str]:
    """Tell where a run is significantly worse than its baseline.

    :param differences: The run's, from its baseline; higher is better in every measure that is tested.
    :return: A line for each significant loss.
    """
    for one in differences:
        if one.difference < 0 and one.holm < SIGNIFICANT:
            yield f"{one.measure} fell by {-one.difference:.4g} against {one.baseline} (p = {one.holm:.3g}, corrected)."
