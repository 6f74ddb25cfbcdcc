"""Measure the whole product on everyday questions: `python -m rag.training.pipeline.everyday --everyday DIR`.

Every question of `dev` is asked as readers ask it, each turn of a conversation after the turns before it and, written
out, alone. Nothing is refused while it is asked: what the operating point would refuse, or mark as unsure, follows
from the confidence. *Balance* is the mean of two shares: answerable questions that get the right sentence first, and
unanswerable ones that are refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.article import read_article
from index.build import build_index
from index.openvino_encoder import open_encoder
from rag.answering.assistant import Assistant
from rag.evaluation.examiner import Examiner, units
from rag.evaluation.metrics import auroc
from rag.evaluation.record import Asked, Record
from rag.question_sets.reading import read_question_set
from rag.reading.calibration import Caution, OperatingPoint
from rag.reading.reading import CalibratedReader
from rag.reading.shipped import load_reader
from rag.retrieval.fusion import DEFAULT
from rag.terminal import counting

_EVERYTHING = 0.0


def examined(folder: Path, encoder_name: str | None, reader: CalibratedReader, sure: float) -> Iterator[Record]:
    """Ask the questions of every article of `dev` of that article."""
    encoder = open_encoder(encoder_name) if encoder_name else open_encoder()
    sets = sorted((folder / "dev").glob("*.jsonl"))
    with counting("Asking of", len(sets)) as advance:
        for path in sets:
            article = read_article(folder / "articles" / f"{path.stem}.txt")
            assistant = Assistant(build_index([article], encoder), encoder, reader, _EVERYTHING, sure=sure)
            examiner = Examiner(assistant, DEFAULT)
            for unit in units(read_question_set(path).questions):
                yield from examiner.examine(unit)
            advance()


def measured(records: Sequence[Record], point: OperatingPoint) -> dict[str, float | int | None]:
    """Measure verdicts at an operating point, shares in per cent."""
    answerable = [record for record in records if record.answerable]
    others = [record.confidence for record in records if not record.answerable]
    confidence = np.array([record.confidence for record in answerable])
    right = np.array([record.values.get("evidence@1", 0.0) for record in answerable])
    silent = np.array(others)

    def per_cent(values: Sequence[float] | NDArray[Any]) -> float | None:
        return round(100 * float(np.mean(values)), 1) if len(values) else None

    answered, refused = per_cent(right * (confidence >= point.threshold)), per_cent(silent < point.threshold)
    return {
        "questions": len(records),
        "unanswerable": len(others),
        "right sentence, nothing refused": per_cent(right),
        "F1, nothing refused": per_cent([record.values.get("f1", 0.0) for record in answerable]),
        "AUROC": _rounded(auroc(confidence.tolist(), others)),
        "answered right": answered,
        "refused": refused,
        "balance": round((answered + refused) / 2, 1) if answered is not None and refused is not None else None,
        "sure and right": per_cent(right * (confidence >= point.sure)),
        "unsure or refused": per_cent(silent < point.sure),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def sliced(records: Sequence[Record], field: str, point: OperatingPoint) -> dict[str, float | None]:
    """Measure slices of single questions: answered right of the answerable or refused of the others, in per cent."""

    def well(record: Record) -> bool:
        if record.answerable:
            return record.values.get("evidence@1", 0.0) > 0 and record.confidence >= point.threshold
        return record.confidence < point.threshold

    names = sorted({record.fields.get(field, "") for record in records} - {""})
    return {
        name: round(100 * float(np.mean([well(record) for record in records if record.fields.get(field) == name])), 1)
        for name in names
    }


def report(records: Sequence[Record], point: OperatingPoint) -> dict[str, object]:
    """Measure each way to ask, and single questions by style, type and kind."""
    single = [record for record in records if record.asked is Asked.SINGLE]
    ways = {way.value: measured([record for record in records if record.asked is way], point) for way in Asked}
    return {**ways, **{f"single, by {field}": sliced(single, field, point) for field in ("style", "type", "kind")}}


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.everyday", description=__doc__)
    parser.add_argument("--everyday", type=Path, required=True, help="folder with articles/ and dev/")
    parser.add_argument("--reader")
    parser.add_argument("--encoder")
    parser.add_argument("--caution", type=Caution, default=Caution.NORMAL, choices=list(Caution))
    options = parser.parse_args()
    reader = load_reader(options.reader)
    if reader.calibration.points is None:
        parser.error(f"--reader {options.reader} has no operating points. Give one that is shipped.")
    point = reader.calibration.points[options.caution]
    records = list(examined(options.everyday, options.encoder, reader, point.sure))
    told = report(records, point)
    print(json.dumps(told, indent=2))  # noqa: T201 - the result


if __name__ == "__main__":
    main()
