"""Fit the confidence: `python -m rag.training.pipeline.calibration READER --everyday DIR` (needs `pullquote[train]`).

Questions are corrected, searched for and read as the product does it, but every passage is read. A logistic
regression predicts from a span's signals whether it is right: the right sentence, with at least one right word. It
chooses the span and tells how sure the choice is; choice and weights depend on each other, so they are fitted in
turns. The weights are fitted on the articles of `train` that no model was trained on; the operating points are chosen
on these and on `dev`, where all is measured.

What share of people's questions an article does not answer is not known: the weights hold for `UNANSWERABLE`. They are
carried over from the share among the questions asked by prior shift (Saerens et al. 2002): the odds of being right
against each way of being wrong change by the ratio of the shares, and the intercept takes the mean of both.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from index.article import Article
from index.build import build_index
from index.encoder import Encoder
from index.openvino_encoder import open_encoder
from index.weights import DEFAULT_ENCODER
from rag.answer import Passage, Support
from rag.answering.assistant import Assistant
from rag.evaluation.metrics import auroc, calibration_error
from rag.language.overlap import token_f1
from rag.reading.calibration import UNANSWERABLE, Calibration, Caution, OperatingPoint, Signals
from rag.reading.reading import CalibratedReader, Reading, read
from rag.reading.shipped import ACCURATE, FAST, MODELS, load_reader
from rag.terminal import counting

from ..everyday import Part
from .questions import Asked, everyday, joined

_TURNS = 5
_START = Calibration(intercept=0.0, score=0.25, support=6.0)
_KEPT = {Caution.LOW: 0.95, Caution.HIGH: 0.75}
"""Share of the right answers that these operating points keep; the normal one has about the best balance."""
_NEAR = 0.005
"""How far from the best balance the normal point may be. Near its best the balance changes little, and where it lies is
chance; the lowest of these thresholds shows most of the right answers, as unsure ones."""
_SURE = 0.93
"""Share of the unanswerable questions that are not answered surely."""
_OVERTAKEN = 0.03
"""Share of the best spans that may be left unread."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span that was found: what speaks for it, whether it is in the right sentence, and its F1."""

    signals: Signals
    evidence: bool
    f1: float

    @property
    def right(self) -> bool:
        """The right sentence, with at least one right word."""
        return self.evidence and self.f1 > 0


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that was asked, and the spans found for it.

    :param unread: For each proposal, what speaks at most for a span of its passage, the reader's score left out; none
        for those of passages that are read in any case.
    """

    source: str
    answerable: bool
    proposals: tuple[Proposal, ...]
    unread: tuple[float | None, ...]


def ask(article: Article, asked: Sequence[Asked], encoder: Encoder, reader: CalibratedReader) -> Iterator[Trial]:
    """Ask questions of an article.

    :param article: The article.
    :param asked: The questions.
    :param encoder: The encoder.
    :param reader: Reads every passage; its calibration is not looked at.
    :return: A trial for each question.
    """
    index = build_index([article], encoder)
    assistant = Assistant(index, encoder, reader, threshold=0.0)
    retriever = assistant.retriever
    for one in asked:
        question = assistant.interpreter.corrected(one.question)
        hits = retriever.hits(question)
        support = {(article.id, index.sentences[hit.row].number): hit.score for hit in hits}
        passages = retriever.passages(hits, reader.reader)
        reading = read(replace(reader, calibration=_START), question, passages, support, every=True)
        yield judge(article, one, reading, support, reader.beginning(passages))


def judge(article: Article, asked: Asked, reading: Reading, support: Support, begun: int) -> Trial:
    """Compare what was found with the annotated spans; `begun`: passages that are read in any case."""
    answers = [article.text[span.start : span.end] for span in asked.spans]
    proposals, unread = [], []
    for finding in reading.findings:
        f1 = token_f1(article.text[finding.start : finding.end], answers)
        inside = any(s.start < finding.sentence.end and finding.sentence.start < s.end for s in asked.spans)
        proposals.append(Proposal(finding.signals, inside, f1))
        unread.append(None if finding.passage < begun else _most(reading.passages[finding.passage], support))
    return Trial(asked.source, bool(asked.spans), tuple(proposals), tuple(unread))


def _most(passage: Passage, support: Support) -> float:
    numbers = range(passage.first, passage.first + len(passage.sentences))
    return max(support.get((passage.article.id, number), 0.0) for number in numbers)


def chosen(trial: Trial, calibration: Calibration) -> tuple[int, float]:
    """Return the place of a trial's most probable proposal, -1 without any, and its probability."""
    confidences = [calibration.confidence(proposal.signals) for proposal in trial.proposals]
    best = int(np.argmax(confidences)) if confidences else -1
    return best, confidences[best] if confidences else 0.0


def fit(trials: Sequence[Trial], unanswerable: float = UNANSWERABLE) -> Calibration:
    """Fit the weights, choosing and regressing in turns, and carry them over to another share.

    :param trials: Trials with right and with wrong choices among them.
    :param unanswerable: The share of unanswerable questions that the probabilities are to hold for.
    :return: The weights.
    """
    calibration = _START
    asked = [trial for trial in trials if trial.proposals]
    right: NDArray[np.bool_] = np.zeros(0, np.bool_)
    for _ in range(_TURNS):
        choices = [trial.proposals[chosen(trial, calibration)[0]] for trial in asked]
        signals = np.array([astuple(choice.signals) for choice in choices])
        right = np.array([choice.right for choice in choices])
        mean, spread = signals.mean(0), np.maximum(signals.std(0), 1e-9)
        fitted = LogisticRegression().fit((signals - mean) / spread, right)
        weights = fitted.coef_[0] / spread
        intercept = float(fitted.intercept_[0] - weights @ mean)
        score, support = (float(weight) for weight in weights)
        calibration = Calibration(intercept, score, support)
    answerable = np.array([trial.answerable for trial in asked])
    share = 1 - float(answerable.mean())
    wrong = float((answerable & ~right).sum() / (~right).sum())
    more, less = (1 - unanswerable) / (1 - share), unanswerable / share
    return replace(calibration, intercept=calibration.intercept + math.log(more / (wrong * more + (1 - wrong) * less)))


def ceiling(trials: Sequence[Trial], calibration: Calibration) -> float:
    """Return the lowest ceiling with which all but `_OVERTAKEN` of the best spans are read, up to a hundredth.

    A span that lies in a passage read later is reached if the best of what was read before is less probable than a
    span of that score would be.
    """
    needed = [0.0]
    for trial in trials:
        confidences = [calibration.confidence(proposal.signals) for proposal in trial.proposals]
        before = [c for c, unread in zip(confidences, trial.unread, strict=True) if unread is None]
        best, _ = chosen(trial, calibration)
        most = trial.unread[best] if trial.proposals else None
        if most is not None and before:
            reached = math.log(max(before) / (1 - max(before)))
            promised = calibration.intercept + calibration.support * most
            needed.append((reached - promised) / calibration.score)
    return math.ceil(100 * float(np.quantile(needed, 1 - _OVERTAKEN))) / 100


def points(
    trials: Sequence[Trial], calibration: Calibration, others: Sequence[Trial] = ()
) -> dict[Caution, OperatingPoint]:
    """Choose the operating points.

    :param trials: The trials to choose on, and to tell the price of.
    :param calibration: The weights.
    :param others: More to choose on.
    """
    everything = [*trials, *others]
    answerable = np.array([trial.answerable for trial in everything])
    picked = [chosen(trial, calibration) for trial in everything]
    confidence = np.array([confidence for _, confidence in picked])
    found = [at >= 0 and trial.proposals[at].evidence for trial, (at, _) in zip(everything, picked, strict=True)]
    right = np.array(found)

    def shares(threshold: float, first: int | None = None) -> tuple[float, float]:
        answered, refused = (right & (confidence >= threshold))[:first], (confidence < threshold)[:first]
        there = answerable[:first]
        return round(float(answered[there].mean()), 3), round(float(refused[~there].mean()), 3)

    kept = np.sort(confidence[answerable & right])
    lowest = {caution: float(kept[round((1 - share) * (len(kept) - 1))]) for caution, share in _KEPT.items()}
    balances = {float(threshold): sum(shares(threshold)) / 2 for threshold in np.unique(confidence)}
    balanced = min(threshold for threshold, balance in balances.items() if balance >= max(balances.values()) - _NEAR)
    lowest |= {Caution.NONE: 0.0, Caution.NORMAL: balanced}
    lowest[Caution.LOW] = min(lowest[Caution.LOW], balanced)
    lowest[Caution.HIGH] = max(lowest[Caution.HIGH], balanced)
    surely = float(np.quantile(confidence[~answerable], _SURE))
    made = {}
    for caution in Caution:
        threshold, sure = lowest[caution], max(surely, lowest[caution])
        price = (*shares(threshold, len(trials)), *shares(sure, len(trials)))
        made[caution] = OperatingPoint(round(threshold, 4), round(sure, 4), *price)
    return made


def report(trials: Sequence[Trial], calibration: Calibration) -> dict[str, dict[str, float | None]]:
    """Measure choices by the source of the questions."""
    sources = sorted({trial.source for trial in trials})
    return {source: _report([t for t in trials if t.source == source], calibration) for source in sources}


def _report(trials: Sequence[Trial], calibration: Calibration) -> dict[str, float | None]:
    """Evidence, F1 and balance of the answerable, AUROC, and the calibration error at `UNANSWERABLE`."""
    picked = [chosen(trial, calibration) for trial in trials]
    proposals = [trial.proposals[at] if at >= 0 else None for trial, (at, _) in zip(trials, picked, strict=True)]
    answerable = np.array([trial.answerable for trial in trials])
    confidence = np.array([confidence for _, confidence in picked])
    right = [proposal is not None and proposal.right for proposal in proposals]
    share = 1 - float(answerable.mean())
    weights = np.where(answerable, (1 - UNANSWERABLE) / (1 - share), UNANSWERABLE / share) if share else answerable
    measured = {
        "questions": float(len(trials)),
        "evidence": float(np.mean([p is not None and p.evidence for p in proposals], where=answerable)),
        "f1": float(np.mean([p.f1 if p else 0.0 for p in proposals], where=answerable)),
        "auroc": auroc(confidence[answerable].tolist(), confidence[~answerable].tolist()),
        "calibration_error": calibration_error(confidence.tolist(), right, weights.tolist()),
    }
    return {name: None if value is None else round(value, 4) for name, value in measured.items()}


def to_json(calibration: Calibration, measured: dict[str, dict[str, float | None]]) -> dict[str, object]:
    """Return what `calibration.json` holds."""
    weights = {name: round(getattr(calibration, name), 4) for name in ("intercept", "score", "support", "ceiling")}
    named = {caution.value: asdict(point) for caution, point in (calibration.points or {}).items()}
    return {**weights, "unanswerable": UNANSWERABLE, "points": named, "measured": measured}


def calibrate(
    fitting: Sequence[tuple[Article, list[Asked]]],
    choosing: Sequence[tuple[Article, list[Asked]]],
    encoder: Encoder,
    reader: CalibratedReader,
    tick: Callable[[], None],
) -> dict[str, object]:
    """Fit a reader's confidence.

    :param fitting: Articles whose questions the weights are fitted on.
    :param choosing: Articles whose questions the operating points are chosen on; measures are told by their source.
    :param encoder: The encoder.
    :param reader: The reader; its calibration is not looked at.
    :param tick: Called after every question.
    :return: What its `calibration.json` holds.
    """

    def tried(articles: Sequence[tuple[Article, list[Asked]]]) -> Iterator[Trial]:
        for article, asked in articles:
            for trial in ask(article, asked, encoder, reader):
                tick()
                yield trial

    trials = list(tried(fitting))
    weights = fit(trials)
    weights = replace(weights, ceiling=ceiling(trials, weights))
    others = list(tried(choosing))
    single = [trial for trial in others if trial.source == "everyday"] or others
    more = [*trials, *(trial for trial in others if trial.source == "follow_up")]
    return to_json(replace(weights, points=points(single, weights, more)), report(others, weights))


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.calibration", description=__doc__)
    parser.add_argument("reader", choices=(ACCURATE, FAST))
    parser.add_argument("--everyday", type=Path, required=True, help="folder with articles/, train/ and dev/")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="gzipped SQuAD-like questions to measure on")
    parser.add_argument("--every", type=int, default=1, help="ask every N-th question only")
    parser.add_argument("--write", action="store_true", help="put the result where the reader finds it")
    options = parser.parse_args()

    def thinned(articles: Iterator[tuple[Article, list[Asked]]]) -> list[tuple[Article, list[Asked]]]:
        return [(article, asked[:: options.every]) for article, asked in articles]

    fitting = thinned(everyday(options.everyday, Part.HELD_BACK))
    choosing = thinned(everyday(options.everyday, Part.DEV))
    for path in options.beside:
        choosing += thinned(joined(path))
    total = sum(len(asked) for _, asked in fitting + choosing)
    with counting("Asking", total) as advance:
        fitted = calibrate(fitting, choosing, open_encoder(options.encoder), load_reader(options.reader), advance)
    text = json.dumps(fitted, indent=2) + "\n"
    if options.write:
        (MODELS / options.reader / "calibration.json").write_text(text, encoding="utf-8")
    print(text)  # noqa: T201 - the result


if __name__ == "__main__":
    main()
