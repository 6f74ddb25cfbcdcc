"""The plots of a report: where it fails, when it abstains, what it finds, how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from rag.evaluation.measures import STAGES, Estimate, Unit
from rag.evaluation.metrics import reliability, risk_coverage
from rag.evaluation.record import Outcome, Record
from rag.evaluation.report.numbers import interval, shown
from rag.evaluation.report.plot import GRID, INK, MARKERS, SERIES, Plot, plot

_ANSWERABLE = (Outcome.RIGHT, Outcome.RETRIEVAL_MISS, Outcome.READER_MISS, Outcome.WRONG_REFUSAL)
_UNANSWERABLE = (Outcome.RIGHT_REFUSAL, Outcome.WRONG_ANSWER)
_DEPTHS = (1, 3, 5, 10)
_LEVELS = (("", "sentence"), ("paragraph.", "paragraph"), ("article.", "article"))
_TOLD = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Shares of the answers whose risk is told in words."""
_POINTS = 200
"""Of a curve; more are not seen."""


@dataclass(frozen=True, slots=True)
class Series:
    """A run as it is plotted.

    :param name: Of the run.
    :param records: The questions asked in the way that is plotted.
    :param estimates: Their measures.
    """

    name: str
    records: Sequence[Record]
    estimates: Mapping[str, Estimate]

    @property
    def label(self) -> str:
        """The name, or the start of a long one."""
        return self.name[:60]


def outcome_plots(runs: Sequence[Series]) -> list[Plot]:
    """Draw how often each outcome occurs, of the answerable and of the unanswerable questions."""
    plots = []
    for name, title, outcomes, answerable in (
        ("outcomes-answerable", "Questions that the article answers", _ANSWERABLE, True),
        ("outcomes-unanswerable", "Questions that it does not answer", _UNANSWERABLE, False),
    ):
        counts = [
            [sum(r.outcome is outcome and r.answerable is answerable for r in run.records) for outcome in outcomes]
            for run in runs
        ]
        if not any(map(sum, counts)):
            continue
        shares = [[count / max(sum(row), 1) for count in row] for row in counts]
        labels = [
            [f"{count} ({share:.0%})" for count, share in zip(*both, strict=True)]
            for both in zip(counts, shares, strict=True)
        ]
        titles = [str(outcome) for outcome in outcomes]
        plots.append(_bars(name, title, titles, runs, shares, labels, lambda axes: _shares(axes, "x")))
    return plots


def abstention_plots(runs: Sequence[Series]) -> list[Plot]:
    """Draw what confidence is worth: the risk of the surest answers, and how often they are right."""
    given = [[r for r in run.records if r.citations and r.outcome is not Outcome.UNJUDGED] for run in runs]
    curves = [risk_coverage([r.confidence for r in one], [r.outcome is Outcome.RIGHT for r in one]) for one in given]
    plots = [_risk(runs, curves)] if any(curves) else []
    if given and given[0]:
        first = given[0]
        bins = reliability([r.confidence for r in first], [r.outcome is Outcome.RIGHT for r in first])
        plots.append(_reliability(bins, len(runs) > 1))
    return plots


def recall_plots(runs: Sequence[Series]) -> list[Plot]:
    """Draw how much of the gold is among the first so many, at each level that tells more than the one before."""
    plots = []
    before: list[list[Estimate | None]] = []
    for prefix, level in _LEVELS:
        found = [[run.estimates.get(f"{prefix}recall@{depth}") for depth in _DEPTHS] for run in runs]
        if found != before and any(estimate for row in found for estimate in row):
            plots.append(_recall(level, runs, found))
        before = found
    return plots


def time_plots(runs: Sequence[Series]) -> list[Plot]:
    """Draw the median and the 95th percentile of the time that each stage takes."""
    stages = [
        (f"{stage} {quantile}", f"{stage}_{quantile}")
        for stage in STAGES
        for quantile in ("p50", "p95")
        if any(f"{stage}_{quantile}" in run.estimates for run in runs)
    ]
    if not stages:
        return []
    found = [[run.estimates.get(name) for _, name in stages] for run in runs]
    values = [[estimate.value if estimate else 0.0 for estimate in row] for row in found]
    labels = [[shown(one.value, Unit.TIME) if one else "none" for one in row] for row in found]
    titles = [title for title, _ in stages]
    note = "p50: half of the questions take no longer. p95: 19 of 20 take no longer."
    label = "milliseconds"
    return [_bars("time", "Time for a question", titles, runs, values, labels, lambda a: _label(a, label), note)]


def _bars(
    name: str,
    title: str,
    titles: Sequence[str],
    runs: Sequence[Series],
    values: Sequence[Sequence[float]],
    labels: Sequence[Sequence[str]],
    finish: Callable[[Axes], None],
    note: str = "",
) -> Plot:
    """Draw horizontal bars: `values` and `labels` are (runs, titles)."""
    many = len(runs) > 1
    thick = 0.72 / len(runs)

    def draw(axes: Axes) -> None:
        for number, (row, told) in enumerate(zip(values, labels, strict=True)):
            places = np.arange(len(titles)) + (number - (len(runs) - 1) / 2) * thick
            axes.barh(places, row, height=thick * 0.9, color=SERIES[number])
            for place, value, label in zip(places, row, told, strict=True):
                text = f"{number + 1}: {label}" if many else label
                axes.annotate(
                    text, (value, place), (3, 0), textcoords="offset points", va="center", fontsize=8 if many else 9
                )
        axes.set_yticks(range(len(titles)), titles)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, (max(max(row) for row in values) or 1) * 1.45)
        finish(axes)
        if max(map(max, values)) <= 1:
            # room for what is written beside a long bar is no part of the scale
            axes.set_xticks([tick for tick in axes.get_xticks() if tick <= 1])

    rows = [(title_, *(row[number] for row in labels)) for number, title_ in enumerate(titles)]
    height = 0.7 + len(titles) * max(0.32, 0.17 * len(runs))
    return plot(name, title, ("", *(run.label for run in runs)), rows, draw, note, many, height)


def _risk(runs: Sequence[Series], curves: Sequence[Sequence[tuple[float, float]]]) -> Plot:
    def draw(axes: Axes) -> None:
        for number, curve in enumerate(curves):
            if curve:
                chosen = sorted({round(at) for at in np.linspace(0, len(curve) - 1, min(len(curve), _POINTS))})
                coverage, risk = zip(*(curve[at] for at in chosen), strict=True)
                # a threshold takes its answers all at once: between two there is nothing
                axes.step(
                    coverage, risk, where="post", color=SERIES[number], marker=MARKERS[number],
                    markevery=max(len(chosen) // 6, 1),
                )  # fmt: skip
        axes.set_xlim(0, 1.02)
        axes.set_ylim(bottom=0)
        _shares(axes, "xy")
        _label(axes, "share of the answers, the surest first", "wrong among them")

    rows = [(f"{told:.0%} of the answers", *(_at(curve, told) for curve in curves)) for told in _TOLD]
    note = "The lower the line, the more a high confidence is worth. Answers that were given."
    heads = ("", *(run.label for run in runs))
    return plot("risk", "Risk and coverage", heads, rows, draw, note, len(runs) > 1)


def _at(curve: Sequence[tuple[float, float]], coverage: float) -> str:
    """The risk once so many are answered, or the next more that can be."""
    return next((f"{risk:.1%}" for covered, risk in curve if covered >= coverage - 1e-9), "none")


def _reliability(bins: Sequence[tuple[float, float, int]], many: bool) -> Plot:
    def draw(axes: Axes) -> None:
        for confidence, right, count in bins:
            place = min(int(confidence * 10), 9) / 10 + 0.05
            axes.bar(place, right, width=0.09, color=SERIES[0])
            axes.text(place, right, str(count), ha="center", va="bottom", fontsize=8)
        axes.plot([0, 1], [0, 1], linestyle="--", color=INK, linewidth=1)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.12)
        axes.set_xticks(np.arange(0, 1.01, 0.2))
        axes.set_yticks(np.arange(0, 1.01, 0.2))
        _shares(axes, "xy")
        _label(axes, "confidence", "right")

    rows = [
        (f"{min(int(c * 10), 9) * 10} to {min(int(c * 10), 9) * 10 + 10} %", f"{c:.1%}", f"{right:.1%}", str(count))
        for c, right, count in bins
    ]
    heads = ("confidence", "mean confidence", "right", "answers")
    note = "On the dashed line confidence is what it says. The number is how many answers there are."
    return plot("reliability", "Reliability", heads, rows, draw, f"{note} Of the first run." if many else note)


def _recall(level: str, runs: Sequence[Series], found: Sequence[Sequence[Estimate | None]]) -> Plot:
    def draw(axes: Axes) -> None:
        for number, row in enumerate(found):
            there = [(place, one) for place, one in enumerate(row) if one]
            shift = (number - (len(runs) - 1) / 2) * 0.08
            values = [one.value for _, one in there]
            below = [0 if one.low is None else max(one.value - one.low, 0) for _, one in there]
            above = [0 if one.high is None else max(one.high - one.value, 0) for _, one in there]
            axes.errorbar(
                [place + shift for place, _ in there], values, yerr=[below, above], color=SERIES[number],
                marker=MARKERS[number], capsize=3, elinewidth=1,
            )  # fmt: skip
        axes.set_xticks(range(len(_DEPTHS)), map(str, _DEPTHS))
        axes.set_xlim(-0.4, len(_DEPTHS) - 0.6)
        axes.axhline(1, color=GRID, linewidth=0.8)
        axes.set_ylim(top=1.02)
        _shares(axes, "y")
        _label(axes, f"the first so many {level}s")

    rows = [(f"first {depth}", *(_told(row[place]) for row in found)) for place, depth in enumerate(_DEPTHS)]
    title = f"Recall of the {level}"
    return plot(f"recall-{level}", title, ("", *(run.label for run in runs)), rows, draw, "", len(runs) > 1)


def _told(estimate: Estimate | None) -> str:
    if estimate is None:
        return "none"
    return f"{shown(estimate.value, Unit.SHARE)} ({interval(estimate, Unit.SHARE)})"


def _shares(axes: Axes, which: str) -> None:
    if "x" in which:
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    if "y" in which:
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _label(axes: Axes, x: str, y: str = "") -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
