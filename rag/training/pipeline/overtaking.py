"""Tell what reading less costs: `python -m rag.training.pipeline.overtaking QUESTIONS.json.gz...`.

Needs `pullquote[train]`. Each question is asked as in `rag.training.pipeline.calibration`, of the fast reader alone and
of both: once with every promising passage read, then without those that `rag.reading.cascade` leaves out. F1 and right
answers are those of the answerable questions.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from rich.console import Console
from rich.table import Table

from index.openvino_encoder import open_encoder
from rag.answer import Passage
from rag.evaluation.metrics import auroc
from rag.reading.cascade import MARGIN, Cascade, Reading
from rag.reading.shipped import BOTH, load_readers
from rag.terminal import counting

from ..corpus import RawQuestion, read_questions
from .calibration import Asking, Trial, begin, join, judge

_SEED = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A way to read, and the way that leaves nothing out, if this is another one."""

    name: str
    cascade: Cascade
    thorough: Way | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What was found for a question.

    :param tokens: Of the passages that the first reader read, and of those that the last one did.
    """

    trial: Trial
    reading: Reading
    tokens: tuple[int, int]


def ways(margins: Sequence[float]) -> list[Way]:
    """Return the ways that are compared.

    :param margins: For both readers, log-odds.
    """
    both = load_readers(BOTH)
    fast = Cascade(both.readers[:1])
    all_of_fast, all_of_both = Way("fast, everything", fast), Way("both, everything", both)
    by_margin = [Way(f"both, margin {margin:g}", Cascade(both.readers, margin), all_of_both) for margin in margins]
    return [all_of_fast, Way("fast", fast, all_of_fast), all_of_both, *by_margin]


def answers(
    questions: Sequence[RawQuestion], chosen: Sequence[Way], limit: int | None = None
) -> dict[Way, list[Given]]:
    """Ask all questions in each way.

    :param questions: The questions of whole titles.
    :param chosen: The ways.
    :param limit: Questions to ask, drawn at random.
    :return: By the way, in the same order, what was found.
    """
    joined = join(questions, open_encoder())
    sample = list(questions)
    Random(_SEED).shuffle(sample)  # noqa: S311 - draws a sample, keeps no secret
    given: dict[Way, list[Given]] = {way: [] for way in chosen}
    with counting("Asking", len(sample[:limit])) as advance:
        for question in sample[:limit]:
            asking = begin(question, joined[question.article], chosen[0].cascade.readers[0])
            for way in chosen:
                given[way].append(_ask(asking, way))
            advance()
    return given


def report(given: Sequence[Given], thorough: Sequence[Given]) -> dict[str, float]:
    """Measure one way.

    :param given: What was found.
    :param thorough: What was found when nothing was left out.
    :return: Answers that differ, tokens of passages for each question, and quality in per cent.
    """
    able = np.array([one.trial.answerable for one in given])
    confidence = np.array([one.reading.findings[0].confidence if one.reading.findings else 0.0 for one in given])
    best = [one.trial.proposals[0] if one.trial.proposals else None for one in given]
    first, last = np.mean([one.tokens for one in given], axis=0)
    return {
        "changed": float(sum(_words(one) != _words(other) for one, other in zip(given, thorough, strict=True))),
        "tokens, first reader": float(first),
        "last reader": float(last),
        "F1": 100 * float(np.mean([one.f1 if one else 0.0 for one in best], where=able)),
        "right": 100 * float(np.mean([bool(one and one.right) for one in best], where=able)),
        "AUROC": 100 * (auroc(confidence[able].tolist(), confidence[~able].tolist()) or 0.0),
    }


def _ask(asking: Asking, way: Way) -> Given:
    question, every = asking.question.question, way.thorough is None
    skimmed = way.cascade.skim(question, asking.passages, asking.support, every=every)
    reading = way.cascade.read(question, asking.passages, asking.support, skimmed, every=every)
    read = (skimmed.passages, reading.passages if reading is not skimmed else ())
    first, last = (_tokens(passages, way.cascade) for passages in read)
    return Given(judge(asking, reading.findings), reading, (first, last))


def _tokens(passages: Sequence[Passage], cascade: Cascade) -> int:
    return sum(len(cascade.first.token_ends(passage.text)) for passage in passages)


def _words(given: Given) -> tuple[int, int]:
    findings = given.reading.findings
    return (findings[0].start, findings[0].end) if findings else (0, 0)


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.overtaking", description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+", help="gzipped JSON lists of SQuAD-like questions")
    parser.add_argument("--margins", default=f"1,{MARGIN:g},3", help="log-odds [default: %(default)s]")
    parser.add_argument("--limit", type=int, help="questions to ask, drawn at random [default: all]")
    options = parser.parse_args()
    questions = [question for path in options.questions for question in read_questions(path)]
    given = answers(questions, ways([float(margin) for margin in options.margins.split(",")]), options.limit)
    measured = {way: report(found, given[way.thorough or way]) for way, found in given.items()}
    table = Table("read", *next(iter(measured.values())))
    for way, figures in measured.items():
        table.add_row(way.name, *(f"{value:.2f}" for value in figures.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
