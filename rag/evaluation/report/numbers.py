"""Numbers as people read them."""

from __future__ import annotations

from rag.evaluation.measures import Estimate, Unit

_SPACE = "\u00a0"
"""Keeps a number and its unit on one line."""
_FINE_MS = 10
"""Milliseconds below which a tenth is worth telling."""


def shown(value: float, unit: Unit) -> str:
    r"""Write a value with its unit.

    >>> shown(0.9268, Unit.SHARE), shown(0.9381, Unit.NUMBER), shown(101.4, Unit.TIME), shown(4.13, Unit.TIME)
    ('92.7\xa0%', '0.938', '101\xa0ms', '4.1\xa0ms')

    :param value: From 0 to 1, or milliseconds.
    """
    return f"{_plain(value, unit)}{_suffix(unit)}"


def interval(estimate: Estimate, unit: Unit) -> str:
    """Write the interval of an estimate, without its unit.

    >>> interval(Estimate(0.9, 0.853, 0.951, 41), Unit.SHARE), interval(Estimate(1.0, None, None, 1), Unit.SHARE)
    ('85.3 to 95.1', 'no interval')
    """
    if estimate.low is None or estimate.high is None:
        return "no interval"
    return f"{_plain(estimate.low, unit)} to {_plain(estimate.high, unit)}"


def change(difference: float, unit: Unit) -> str:
    r"""Write a difference with its sign; of two shares it is in points.

    >>> change(-0.0125, Unit.SHARE), change(0.01, Unit.NUMBER), change(30, Unit.TIME)
    ('−1.2\xa0points', '+0.010', '+30\xa0ms')
    """
    suffix = f"{_SPACE}points" if unit is Unit.SHARE else _suffix(unit)
    return f"{'−' if difference < 0 else '+'}{_plain(abs(difference), unit)}{suffix}"


def probability(value: float) -> str:
    r"""Write a p-value; of what is tiny only that it is.

    >>> probability(0.0312), probability(0.0000012)
    ('p\xa0=\xa00.031', 'p\xa0<\xa00.001')
    """
    return f"p{_SPACE}<{_SPACE}0.001" if value < 0.001 else f"p{_SPACE}={_SPACE}{value:.3f}"


def _plain(value: float, unit: Unit) -> str:
    if unit is Unit.SHARE:
        return f"{value * 100:.1f}"
    if unit is Unit.NUMBER:
        return f"{value:.3f}"
    return f"{value:.1f}" if value < _FINE_MS else f"{value:,.0f}"


def _suffix(unit: Unit) -> str:
    return {Unit.SHARE: f"{_SPACE}%", Unit.NUMBER: "", Unit.TIME: f"{_SPACE}ms"}[unit]
