"""Runs as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rag.evaluation.certainty import certainties
from rag.evaluation.comparison import Difference
from rag.evaluation.measures import as_asked, estimates
from rag.evaluation.metrics import risk_coverage
from rag.evaluation.record import Outcome, Record, Run
from rag.evaluation.table import groups, read_by, sliced

_MOST_SLICES = 20


def summary(
    runs: Sequence[Run], differences: Sequence[Difference], against_baseline: Sequence[Difference]
) -> dict[str, Any]:
    """Sum up runs.

    :param runs: The runs.
    :param differences: From the first of them.
    :param against_baseline: Of the first of them, from the baseline.
    :return: JSON types.
    """
    return {
        "runs": [_run(run) for run in runs],
        "differences": [asdict(one) for one in differences],
        "against_baseline": [asdict(one) for one in against_baseline],
    }


def _run(run: Run) -> dict[str, Any]:
    records = as_asked(run.records)
    given = [record for record in records if record.citations and record.outcome is not Outcome.UNJUDGED]
    slices = {field: sliced(run, field) for field in sorted({field for one in records for field in one.fields})}
    return {
        "name": run.name,
        "settings": dict(run.settings),
        "measures": {how: _measures(group) for how, group in groups(run).items()},
        "outcomes": {
            outcome.value: count for outcome in Outcome if (count := sum(one.outcome is outcome for one in records))
        },
        "certainty": [asdict(one) for one in certainties(records)],
        "read_by": read_by(records),
        "risk_coverage": risk_coverage([r.confidence for r in given], [r.outcome is Outcome.RIGHT for r in given]),
        "slices": {
            field: {value: _measures(of_value) for value, of_value in values.items()}
            for field, values in slices.items()
            if 2 <= len(values) <= _MOST_SLICES
        },
    }


def _measures(records: Sequence[Record]) -> dict[str, Any]:
    return {name: asdict(estimate) for name, estimate in estimates(records).items()}
