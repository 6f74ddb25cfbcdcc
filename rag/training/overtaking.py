"""Tell what reading less costs: `python -m rag.training.overtaking QUESTIONS.json.gz...` (needs `pullquote[train]`).

Each question is asked as in `rag.training.calibration`, once with every promising passage read by the accurate reader,
then with each margin of `rag.cascade`. F1 and right answers are those of the answerable questions.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
from rich.console import Console
from rich.table import Table

from index.openvino_encoder import open_encoder
from rag.cascade import MARGIN, Cascade, Reading
from rag.metrics import auroc
from rag.readers import ACCURATE, BOTH, load_readers
from rag.terminal import counting

from .calibration import Trial, begin, join, judge
from .corpus import RawQuestion, read_questions

_SEED = 3


def answers(
    questions: Sequence[RawQuestion], margins: Sequence[float], limit: int | None = None
) -> dict[float, list[tuple[Trial, Reading]]]:
    """Ask all questions with each margin.

    :param questions: The questions of whole titles.
    :param margins: The margins.
    :param limit: Questions to ask, drawn at random.
    :return: By margin, in the same order, what was found and what was read for it.
    """
    readers = load_readers(BOTH)
    joined = join(questions, open_encoder())
    sample = list(questions)
    Random(_SEED).shuffle(sample)  # noqa: S311 - draws a sample, keeps no secret
    cascades = {margin: Cascade(readers.readers, margin) for margin in margins}
    given: dict[float, list[tuple[Trial, Reading]]] = {margin: [] for margin in margins}
    with counting("Asking", len(sample[:limit])) as advance:
        for question in sample[:limit]:
            asking = begin(question, joined[question.article], readers.readers[0])
            skimmed = readers.skim(question.question, asking.passages, asking.support)
            for margin, cascade in cascades.items():
                reading = cascade.read(question.question, asking.passages, asking.support, skimmed)
                given[margin].append((judge(asking, reading.findings), reading))
            advance()
    return given


def report(given: Sequence[tuple[Trial, Reading]], every: Sequence[tuple[Trial, Reading]]) -> dict[str, float]:
    """Measure one margin.

    :param given: What was found with it.
    :param every: What was found when nothing was left out.
    :return: Answers that differ, passages that the accurate reader read for each question, and quality in per cent.
    """
    able = np.array([trial.answerable for trial, _ in given])
    confidence = np.array([reading.findings[0].confidence if reading.findings else 0.0 for _, reading in given])
    best = [trial.proposals[0] if trial.proposals else None for trial, _ in given]
    accurate = [reading for _, reading in given if reading.by == ACCURATE]
    return {
        "changed": float(sum(_words(one) != _words(other) for (_, one), (_, other) in zip(given, every, strict=True))),
        "passages": float(np.mean([len(reading.passages) for reading in accurate])),
        "F1": 100 * float(np.mean([one.f1 if one else 0.0 for one in best], where=able)),
        "right": 100 * float(np.mean([bool(one and one.right) for one in best], where=able)),
        "AUROC": 100 * (auroc(confidence[able].tolist(), confidence[~able].tolist()) or 0.0),
    }


def _words(reading: Reading) -> tuple[int, int]:
    return (reading.findings[0].start, reading.findings[0].end) if reading.findings else (0, 0)


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.overtaking", description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+", help="gzipped JSON lists of SQuAD-like questions")
    parser.add_argument("--margins", default=f"1,{MARGIN:g},3", help="log-odds [default: %(default)s]")
    parser.add_argument("--limit", type=int, help="questions to ask, drawn at random [default: all]")
    options = parser.parse_args()
    questions = [question for path in options.questions for question in read_questions(path)]
    margins = [math.inf, *map(float, options.margins.split(","))]
    given = answers(questions, margins, options.limit)
    table = Table("margin", *report(given[math.inf], given[math.inf]))
    for margin in margins:
        measured = report(given[margin], given[math.inf])
        table.add_row(f"{margin:g}", *(f"{value:.2f}" for value in measured.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
