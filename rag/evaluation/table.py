"""Runs in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from index.hidden import visible
from rag.answer import Status
from rag.evaluation.certainty import certainties
from rag.evaluation.comparison import SIGNIFICANT, Difference
from rag.evaluation.measures import BY_NAME, MEASURES, Estimate, Group, Measure, Unit, as_asked, estimates
from rag.evaluation.record import Asked, Outcome, Record, Run

SLICED = ("evidence@1", "f1", "refused", "recall@5")
FAILURES = (Outcome.RETRIEVAL_MISS, Outcome.READER_MISS, Outcome.WRONG_REFUSAL, Outcome.WRONG_ANSWER)
_UNTOLD = 24
"""Values of a field beyond which its slices are not shown: it is a name, not a kind."""


def tables(runs: Sequence[Run], differences: Sequence[Difference]) -> Iterator[Table]:
    """Show runs: a column each, or, if there are many, a row each in a table for each group of measures.

    :param runs: The runs; the first is what the others are compared with.
    :param differences: What is known of the differences.
    :return: Tables for rich; a cell holds the value, its 95 % interval, and the difference from the first run.
    """
    against = {(one.run, one.measure): one for one in differences}
    rows = [(run, how, group) for run in runs for how, group in groups(run).items()]
    if len(runs) > 1:
        rows = [(run, *next(iter(groups(run).items()))) for run in runs]
    told = [_Told(run, how, len(group), estimates(group), against) for run, how, group in rows]
    if len(told) <= _COLUMNS:
        yield _upright(told, several=len(runs) > 1)
    else:
        yield from (_flat(group, told) for group in Group if any(_shown(group, told)))


@dataclass(frozen=True, slots=True)
class _Told:
    """A run's measures on the questions that were asked in one way."""

    run: Run
    how: str
    count: int
    found: Mapping[str, Estimate]
    against: Mapping[tuple[str, str], Difference]

    def cell(self, measure: Measure) -> Text:
        return cell(measure, self.found.get(measure.name), self.against.get((self.run.name, measure.name)))


def _shown(group: Group, told: Sequence[_Told]) -> Iterator[Measure]:
    return (m for m in MEASURES if m.group is group and any(m.name in one.found for one in told))


def _upright(told: Sequence[_Told], *, several: bool) -> Table:
    table = Table(title="Evaluation", title_justify="left")
    table.add_column("measure", no_wrap=True)
    for one in told:
        table.add_column(_plain(one.run.name if several else one.how), justify="right", overflow="fold")
    table.add_row("questions", *(str(one.count) for one in told))
    for group in Group:
        measures = list(_shown(group, told))
        if measures:
            table.add_section()
            prefix = measures[0].name.rpartition(".")[0]
            table.add_row(Text(f"{group.value}\n({prefix}.…)" if prefix else group.value, style="bold"))
        for measure in measures:
            table.add_row(measure.name.rpartition(".")[2], *(one.cell(measure) for one in told))
    return table


def _flat(group: Group, told: Sequence[_Told]) -> Table:
    measures = [m for m in _shown(group, told) if m.name.rpartition(".")[2] in _FLAT or group in _NARROW]
    table = Table(title=group.value, title_justify="left")
    table.add_column("", overflow="fold", min_width=_NAME)
    for measure in measures:
        table.add_column(measure.name.rpartition(".")[2], justify="right", no_wrap=True)
    for one in told:
        table.add_row(_plain(one.run.name), *(one.cell(measure) for measure in measures))
    return table


_COLUMNS = 6
_NAME = 14
_FLAT = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")
"""Measures of a ranking that fit beside each other; the others are in the JSON and in the report."""
_NARROW = (Group.ANSWERS, Group.CITATIONS, Group.ABSTENTION, Group.TIME)
_ALL = "all, as asked"


def groups(run: Run) -> Mapping[str, Sequence[Record]]:
    """Group a run's verdicts by how the question was asked, all as readers ask them first.

    :param run: The run.
    :return: By a title; single questions only, if there is nothing else.
    """
    found = {how.value: [record for record in run.records if record.asked is how] for how in Asked}
    found = {how: group for how, group in found.items() if group}
    return found if list(found) == [Asked.SINGLE.value] else {_ALL: as_asked(run.records), **found}


def cell(measure: Measure, estimate: Estimate | None, difference: Difference | None) -> Text:
    """Write a value, its interval, and its difference from the first run."""
    if estimate is None:
        return Text("–")
    text = Text(shown(measure, estimate.value))
    if estimate.low is not None and estimate.high is not None and estimate.low != estimate.high:
        text.append(f"\n{shown(measure, estimate.low)}–{shown(measure, estimate.high)}", style="dim")
    if difference:
        sign = "+" if difference.difference >= 0 else "−"
        style = "" if difference.holm >= SIGNIFICANT else "bold green" if difference.difference > 0 else "bold red"
        mark = "" if difference.holm >= SIGNIFICANT else " *"
        text.append(f"\n{sign}{shown(measure, abs(difference.difference))} p={difference.holm:.2g}{mark}", style=style)
    return text


def shown(measure: Measure, value: float) -> str:
    """Write a value: shares in per cent, times in milliseconds."""
    if measure.unit is Unit.SHARE:
        return f"{100 * value:.1f}"
    return f"{value:.3f}" if measure.unit is Unit.NUMBER else f"{value:.0f}"


def outcomes(runs: Sequence[Run]) -> Table:
    """Show where questions went right and wrong.

    :param runs: The runs.
    :return: A row a run, a column an outcome, and which reader read.
    """
    there = [o for o in Outcome if any(record.outcome is o for run in runs for record in as_asked(run.records))]
    table = Table(title="Where it fails", title_justify="left")
    table.add_column("", overflow="fold")
    for outcome in there:
        table.add_column(outcome.value, justify="right")
    table.add_column("read by", overflow="fold")
    for run in runs:
        records = as_asked(run.records)
        found = [record.outcome for record in records]
        readers = ", ".join(f"{name or 'no reader'} {count}" for name, count in read_by(records).items())
        table.add_row(_plain(run.name), *(str(found.count(outcome)) for outcome in there), _plain(readers))
    return table


def certainty(runs: Sequence[Run]) -> Table:
    """Show how surely questions were answered, and how often rightly.

    :param runs: The runs.
    :return: A row for each run and kind of question.
    """
    table = Table(title="How surely it answers", title_justify="left")
    table.add_column("", overflow="fold")
    for head in ("questions", "answered surely", "unsure", "refused"):
        table.add_column(head, justify="right")
    for run in runs:
        for found in certainties(as_asked(run.records)):
            name = found.kind if len(runs) == 1 else f"{run.name}: {found.kind}"
            sure, unsure = f"{found.sure} ({found.sure_right} right)", f"{found.unsure} ({found.unsure_right} right)"
            table.add_row(_plain(name), str(found.questions), sure, unsure, str(found.refused))
    return table


def read_by(records: Iterable[Record]) -> dict[str, int]:
    """Count the questions by the reader that read for them, '' where none was needed."""
    return dict(Counter(record.read_by for record in records if record.status).most_common())


def slices(run: Run, field: str) -> Table:
    """Show a run by the values of a field of the questions.

    :param run: The run.
    :param field: Name of the field; a question without it is in the row '–'.
    :return: A row a value.
    """
    table = Table(title=_plain(f"By {field}"), title_justify="left")
    table.add_column(_plain(field), overflow="fold")
    for head in ("questions", *SLICED):
        table.add_column(head, justify="right", overflow="fold")
    for value, records in sliced(run, field).items():
        found = estimates(records)
        cells = [cell(measure, found.get(measure.name), None) for measure in (BY_NAME[name] for name in SLICED)]
        table.add_row(_plain(value), str(len(records)), *cells)
    return table


def sliced(run: Run, field: str) -> dict[str, list[Record]]:
    """Group a run's verdicts, as readers ask, by the values of a field, the most frequent first."""
    found: dict[str, list[Record]] = {}
    for record in as_asked(run.records):
        found.setdefault(record.fields.get(field, "–"), []).append(record)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1]))[:_UNTOLD])


def failures(run: Run) -> Iterator[str]:
    """Tell every answer that is not fully right, a line each; the words of others are made visible."""
    for record in as_asked(run.records):
        gold = record.answers[0] if record.answers else ""
        doubt = ", unsure" if record.status == Status.UNSURE else ""
        if record.outcome is Outcome.WRONG_ANSWER:
            line = f"wrong answer{doubt} ({record.confidence:.2f}): {record.question} → {record.text}"
        elif record.outcome in FAILURES or record.values.get("f1", 1.0) < 1:
            kind = record.outcome.value if record.outcome in FAILURES else f"F1 {record.values['f1']:.2f}"
            line = f"{kind}{doubt}: {record.question} → {record.text or '(refused)'} (gold: {gold})"
        else:
            continue
        yield visible(f"{record.id} {line}")


def _plain(text: str) -> Text:
    """Write a name or a value of others: what looks like rich's markup is none."""
    return Text(visible(text))
