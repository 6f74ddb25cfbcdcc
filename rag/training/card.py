"""The card of a trained adapter: what it is, what it learnt from, how, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# where each kind of group comes from, and its licence
_SOURCES = {
    "everyday": ("everyday questions of whole articles, turns written out", "CC BY 4.0; articles as their list says"),
    "follow_up": ("turns of the same conversations, with the turns before", "as everyday"),
    "unansq": ("pairs of a question and its unanswerable twin, SQuAD 2.0 training set", "CC BY-SA 4.0"),
    "timeqa": ("TimeQA, windows of its articles", "BSD-3-Clause"),
    "nq": ("Natural Questions, open, with a passage", "MIT"),
    "squad2": ("SQuAD 2.0 development set, the training part", "CC BY-SA 4.0"),
    "squad": ("SQuAD 1.1 training set", "CC BY-SA 4.0"),
    "wiki": ("SQuADShifts new-wiki", "CC BY 4.0"),
    "reddit": ("SQuADShifts reddit", "CC BY 4.0"),
    "amazon": ("SQuADShifts amazon", "CC BY 4.0"),
    "qamr": ("QAMR development and test sets", "MIT"),
    "covid": ("COVID-QA", "Apache-2.0"),
    "qed": ("QED development set", "CC BY-SA 3.0"),
    "nqg": ("questions with the sentence that answers, SQuAD training set", "CC BY-SA 4.0"),
    "rule": ("descriptions, acronyms and quotations, asked by rule of the texts above", "as the texts"),
    "missing": ("facts that a text lacks, asked by rule", "as the texts"),
    "yesno": ("statements above, turned into questions by rule", "as the texts"),
    "twin": ("questions above with a name, number or sense changed: no answer", "as the texts"),
}
_SETTINGS = ("start", "rank", "depth", "steps", "rate", "tokens", "tilt", "alone", "shared", "seed", "device", "bf16")


def card(record: Mapping[str, Any]) -> str:
    """Write the card of an adapter.

    :param record: What `record.json` holds.
    :return: Markdown.
    """
    outcome = record["outcome"]
    lines = [
        "# Span reader",
        "",
        f"A LoRA adapter (rank {record['rank']}, fp16) with a span head; `W += 2 B A`, `qa_outputs` is replaced. "
        f"SHA-256 of `adapter.safetensors`: `{record['sha256']}`.",
        "",
        "## Training",
        "",
        f"{outcome['steps']} steps, {outcome['groups']} groups of passages of one article, {outcome['rows']} rows, "
        f"{outcome['seconds']:.0f} s; last loss {outcome['loss']}. One seed.",
        "",
        "| setting | value |",
        "|---|---|",
        *(f"| {name} | {record[name]} |" for name in _SETTINGS if record.get(name) is not None),
        "",
        "| groups to draw from | what | licence |",
        "|---|---|---|",
        *(f"| {count} {kind} | {' | '.join(_SOURCES[kind])} |" for kind, count in record["groups"].items()),
        "",
    ]
    measured = {name: record[name] for name in ("before", "after") if name in record}
    if measured:
        lines += [
            "## Measured",
            "",
            "Passages found by BM25 over word pieces; not the whole pipeline.",
            "",
            "| benchmark | when | F1 | exact | evidence@1 | AUROC |",
            "|---|---|---|---|---|---|",
            *(
                f"| {name} | {when} | {row['f1']} | {row['exact']} | {row['evidence']} | {row['auroc']} |"
                for when, rows in measured.items()
                for name, row in rows.items()
            ),
            "",
        ]
    return "\n".join(lines)
