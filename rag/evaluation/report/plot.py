"""A plot as SVG that a page can hold: text as text, colours of the page, ids of its own."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, GRID = "#010203", "#010204"
"""Stand-ins, replaced when the plot is written."""
SERIES = tuple(f"#0a0b{number:02x}" for number in range(6))
"""Stand-ins for the colours of the runs, which the page's style takes from Okabe and Ito (2008)."""
MARKERS, SHAPES = "os^Dv*", "●■▲◆▼★"
"""Of the runs: in plots, and the same in their legend."""
WIDTH, HEIGHT = 4.4, 3.0
"""Inches; on a narrow page the letters are still read."""
_COLOURS = {INK: "currentColor", GRID: "var(--grid)"} | {
    colour: f"var(--run{number})" for number, colour in enumerate(SERIES)
}
_STYLE: Any = {  # matplotlib's own type lists all names there are
    "svg.fonttype": "none",
    "svg.hashsalt": "pullquote",
    "text.parse_math": False,
    "font.size": 9,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
    "grid.color": GRID,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.markersize": 5,
    "lines.linewidth": 1.6,
    "path.simplify": False,
}
_NOT_FOR_A_PAGE = re.compile(
    r"<!--.*?-->|<style.*?</style>|<metadata>.*?</metadata>|\s(?:width|height)=\"[\d.]+pt\"", re.S
)


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot, and what it shows in words.

    :param name: Unique in the page.
    :param svg: The drawing, with its title and its numbers as its text alternative.
    :param heads: Heads of the table of what is plotted.
    :param rows: That table.
    :param note: What is to be known to read it.
    :param by_run: Whether it needs the legend of the runs.
    """

    name: str
    title: str
    svg: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    by_run: bool = False


def plot(
    name: str,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    draw: Callable[[Axes], None],
    note: str = "",
    by_run: bool = False,
    height: float = HEIGHT,
) -> Plot:
    """Make a plot.

    :param name: Unique in the page; of letters and hyphens.
    :param heads: Heads of the table of what is plotted.
    :param rows: That table, which is the text alternative as well.
    :param draw: Draws it, with nothing but stand-ins for colours and no text of others.
    :param height: In inches.
    :return: The same bytes for the same numbers.
    """
    file = io.StringIO()
    with rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, height), layout="constrained", facecolor="none")
        draw(figure.add_subplot(facecolor="none"))
        figure.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return Plot(
        name,
        title,
        _inline(file.getvalue(), name, title, _in_words(heads, rows)),
        tuple(heads),
        tuple(tuple(row) for row in rows),
        note,
        by_run,
    )


def _inline(written: str, name: str, title: str, words: str) -> Markup:
    svg = _NOT_FOR_A_PAGE.sub("", written[written.index("<svg") :])
    used = set(re.findall(r"(?:url\(|href=\")#([\w-]+)", svg))
    svg = re.sub(r'\sid="([\w.-]+)"', lambda match: match.group() if match[1] in used else "", svg)
    svg = re.sub(r'(\sid="|url\(#|href="#)', rf"\1{name}-", svg)
    for stand_in, colour in _COLOURS.items():
        svg = svg.replace(stand_in, colour)
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    head, _, drawing = svg.partition(">")
    return Markup(  # noqa: S704  # drawn here, and what is written into it is escaped
        f'{head} role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(words)}</desc>{drawing}'
    )


def _in_words(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Tell a table: the first cell of a row names it, the others follow with their heads."""
    return "; ".join(
        f"{row[0]}: " + ", ".join(f"{head} {cell}" for head, cell in zip(heads[1:], row[1:], strict=True))
        for row in rows
    )
