"""The report: a page without scripts, in the order in which a person asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from index.article import Article
from index.hidden import visible
from rag.evaluation.certainty import certainties
from rag.evaluation.comparison import Difference
from rag.evaluation.measures import BY_NAME, Estimate, as_asked, estimates
from rag.evaluation.record import Asked, Record, Run
from rag.evaluation.report.excerpt import Excerpt
from rag.evaluation.report.failures import failures
from rag.evaluation.report.numbers import interval, shown
from rag.evaluation.report.plot import SERIES, SHAPES, Plot
from rag.evaluation.report.plots import Series, abstention_plots, outcome_plots, recall_plots, time_plots
from rag.evaluation.report.tables import Block, blocks, slices

ROOM = 1_800_000
"""Bytes of the whole page: a browser opens it at once, and it can be sent by mail."""
_HEADLINE = {
    "evidence@1": "Right sentence first",
    "f1": "Words of the answer (F1)",
    "auroc": "Confidence tells them apart (AUROC)",
    "refused": "Unanswerable, refused",
    "balance": "Balance of both",
    "recall@5": "Found in five sentences",
    "total_p50": "Median time",
}
_SETTINGS = 40
"""Settings of a run that are listed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A main measure, large."""

    title: str
    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class Section:
    """Plots about one thing."""

    name: str
    title: str
    plots: tuple[Plot, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The table of the questions that were asked in one way."""

    title: str
    counts: tuple[int, ...]
    blocks: tuple[Block, ...]


def write_report(runs: Sequence[Run], differences: Sequence[Difference], articles: Mapping[str, Article]) -> str:
    """Write what was measured as an HTML page.

    It holds no script and asks for nothing: it opens from disk, in a frame, and prints. All text of others is escaped.

    :param runs: At least one; failures, reliability and slices are those of the first. Six are shown.
    :param differences: Of runs to one baseline, over the questions as readers ask them.
    :param articles: Those asked about, by id; a failure whose article is not there is shown without it.
    :return: The page, below two million bytes in UTF-8 whatever comes in. The same for the same numbers.
    """
    shown_runs = runs[: len(SERIES)]
    main = [_series(run, as_asked(run.records) or run.records) for run in shown_runs]
    environment = _environment()
    failure = environment.get_template("failure.html").module.failure  # type: ignore[attr-defined]  # its macro

    def fold(record: Record, excerpts: Sequence[Excerpt]) -> Markup:
        return Markup(_writable(failure(record, excerpts)))  # noqa: S704  # what the template wrote

    context = {
        "run": shown_runs[0],
        "runs": shown_runs,
        "unshown": len(runs) - len(shown_runs),
        "settings": [list(run.settings.items())[:_SETTINGS] for run in shown_runs],
        "shapes": SHAPES,
        "questions": main[0].records,
        "headline": _headline(main[0].estimates),
        "where": outcome_plots(main),
        "certainties": certainties(main[0].records),
        "sections": _sections(main),
        "baseline": differences[0].baseline if differences else "",
        "numbers": _numbers(shown_runs, main, differences),
        "slices": slices(main[0].records),
    }
    page = environment.get_template("page.html")
    around = _writable(page.render(context, failures=()))
    written = failures(main[0].records, articles, fold, ROOM - len(around.encode()))
    return _writable(page.render(context, failures=written))


def _series(run: Run, records: Sequence[Record]) -> Series:
    return Series(run.name, records, estimates(records))


def _numbers(runs: Sequence[Run], main: Sequence[Series], differences: Sequence[Difference]) -> list[Numbers]:
    """Tables of the questions as readers ask them, and of each way of asking where there are several."""
    ways = [asked for asked in Asked if any(record.asked is asked for run in runs for record in run.records)]
    tables = [_table("questions as readers ask them" if len(ways) != 1 else str(ways[0]), main, differences)]
    for asked in ways if len(ways) > 1 else ():
        parts = [_series(run, [record for record in run.records if record.asked is asked]) for run in runs]
        tables.append(_table(str(asked), parts, ()))
    return tables


def _table(title: str, parts: Sequence[Series], differences: Sequence[Difference]) -> Numbers:
    names, measured = [part.name for part in parts], [part.estimates for part in parts]
    return Numbers(title, tuple(len(part.records) for part in parts), blocks(names, measured, differences))


def _headline(measured: Mapping[str, Estimate]) -> list[Figure]:
    return [
        Figure(title, shown(measured[name].value, BY_NAME[name].unit), interval(measured[name], BY_NAME[name].unit))
        for name, title in _HEADLINE.items()
        if name in measured
    ]


def _sections(runs: Sequence[Series]) -> list[Section]:
    drawn = (
        Section("abstention", "When it should say no", tuple(abstention_plots(runs))),
        Section("retrieval", "What it finds", tuple(recall_plots(runs))),
        Section("time", "How long it takes", tuple(time_plots(runs))),
    )
    return [section for section in drawn if section.plots]


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rag.evaluation.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cut"] = _cut
    return environment


def _writable(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and no file can, and what hides or turns words."""
    text = text.encode("utf-8", "replace").decode()
    return re.sub(r"[^\t\n\r -~]+", lambda match: visible(match.group()), text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
