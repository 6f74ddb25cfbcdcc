"""The ratios of a run as one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

_TITLES = {
    "ask": "time to answer",
    "retrieve": "time to find sentences",
    "retrieve in a row": "time to find, asked in a row",
    "start": "start to first answer",
    "encode": "time to encode",
    "memory": "memory",
}
_READERS = {"accurate": "accurate reader", "fast": "fast reader"}
_PEERS = {"haystack": "Haystack", "txtai": "txtai", "plain": "sentence-transformers"}
_MARKS = {"haystack": ("#0072b2", "o"), "txtai": ("#d55e00", "s"), "plain": ("#009e73", "D")}
"""Colours of Okabe and Ito (2008)."""
_TICKS = [2.0**power for power in range(-4, 8)]


def draw(results: Mapping[str, Any], path: Path) -> None:
    """Draw how many times what Pullquote needs each peer needs, with 95 % intervals.

    :param results: As written to JSON.
    :param path: A picture's file; its ending names the format.
    """
    parts = [part for part in results.values() if isinstance(part, Mapping)]
    order = list(_TITLES)
    rows = sorted(
        (one for part in parts for one in part.get("ratios", ())),
        key=lambda one: (order.index(one["what"]), one["ours"], one["peer"]),
    )
    figure = Figure(figsize=(7.6, 1.2 + 0.28 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for place, one in enumerate(rows):
        _mark(axes, place, one)
    _axis(axes, rows)
    figure.savefig(path, dpi=150)


def _mark(axes: Axes, place: int, one: Mapping[str, Any]) -> None:
    colour, marker = _MARKS[_peer(one)]
    ends = [[max(0.0, one["value"] - one["low"])], [max(0.0, one["high"] - one["value"])]]
    axes.errorbar(one["value"], place, xerr=ends, color=colour, marker=marker, capsize=2)
    axes.annotate(
        f"{one['value']:.1f}×",
        (max(one["value"], one["high"]), place),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
    )


def _axis(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    axes.set_xscale("log")
    axes.set_xlim(min([0.7, *(one["low"] * 0.8 for one in rows)]), max([2.0, *(one["high"] * 1.6 for one in rows)]))
    axes.xaxis.set_major_locator(FixedLocator(_TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
    axes.set_yticks(range(len(rows)), [_label(one) for one in rows])
    axes.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    axes.axvline(1, color="black", linewidth=1)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.set_xlabel("what the peer needs for each 1 that Pullquote needs")
    axes.spines[["top", "right"]].set_visible(False)


def _peer(one: Mapping[str, Any]) -> str:
    return str(one["peer"].split()[0])


def _label(one: Mapping[str, Any]) -> str:
    reader = _READERS.get(one["ours"].partition(" ")[2], "")
    shown = f", {reader}" if reader and not one["what"].startswith("retrieve") else ""
    return f"{_TITLES[one['what']]}{shown}: {_PEERS[_peer(one)]}"
