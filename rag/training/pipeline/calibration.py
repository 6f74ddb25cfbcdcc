"""Fit the confidence: `python -m rag.training.pipeline.calibration QUESTIONS.json.gz...` (needs `pullquote[train]`).

The questions of each title are asked of all that title's passages, joined to one article, through the
whole pipeline. A logistic regression predicts from a span's signals whether it is right: the right
sentence, with at least one right word. It chooses the span and tells how sure the choice is; choice and
weights depend on each other, so they are fitted in turns. From the confidences of both readers follow
the rule when the fast one suffices, and the operating points. Everything that is reported was measured
on titles that the weights were not fitted on.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from index.article import Article
from index.build import build_index
from index.encoder import Encoder
from index.sentence_transformer import SentenceTransformerEncoder
from index.store import SentenceIndex
from rag.answer import Passage, Support
from rag.evaluation.metrics import auroc, calibration_error
from rag.language.overlap import token_f1
from rag.reading.calibration import Calibration, Caution, OperatingPoint, Signals, log_odds
from rag.reading.cascade import BEGINNING, CalibratedReader, Finding, findings_of, promising, prospects
from rag.reading.shipped import ACCURATE, BOTH, FAST, MODELS, load_readers
from rag.retrieval.retriever import Retriever
from rag.terminal import counting

from ..corpus import RawQuestion, read_questions

_SEED = 3
_BREAK = "\n\n"
_TURNS = 4
_START = Calibration(intercept=0.0, score=0.25, support=6.0)
_LOSS = 0.0025
"""F1 that the cascade may lose against the slower reader."""
_KEPT = {Caution.NONE: 1.0, Caution.LOW: 0.99, Caution.NORMAL: 0.97, Caution.HIGH: 0.8}
"""Share of the right answers that an operating point keeps."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span that was found: what speaks for it, whether it is right, and its F1."""

    signals: Signals
    right: bool
    f1: float


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that was asked: where it comes from, whether it has an answer, and the spans found for it."""

    source: str
    title: str
    answerable: bool
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """The passages of one title as one article, and where each begins in it."""

    index: SentenceIndex
    retriever: Retriever
    offsets: dict[str, int]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on its way: what may be read for it, and the retriever's scores."""

    question: RawQuestion
    offset: int
    passages: tuple[Passage, ...]
    support: Support


def join(questions: Sequence[RawQuestion], encoder: Encoder) -> dict[str, Joined]:
    """Join the passages of each title, in the order of the file, with a blank line between them."""
    joined = {}
    for title in dict.fromkeys(question.article for question in questions):
        contexts = list(dict.fromkeys(question.context for question in questions if question.article == title))
        lengths = np.array([len(context) + len(_BREAK) for context in contexts])
        offsets = dict(zip(contexts, (np.cumsum(lengths) - lengths).tolist(), strict=True))
        index = build_index([Article(_BREAK.join(contexts))], encoder)
        joined[title] = Joined(index, Retriever(index, encoder), offsets)
    return joined


def begin(question: RawQuestion, joined: Joined, calibrated: CalibratedReader) -> Asking:
    """Find what the first reader reads for a question."""
    hits = joined.retriever.hits(question.question)
    (article,) = joined.index.articles
    support = {(article.id, joined.index.sentences[hit.row].number): hit.score for hit in hits}
    passages = joined.retriever.passages(hits, calibrated.reader)
    return Asking(question, joined.offsets[question.context], tuple(passages), support)


def judge(asking: Asking, findings: Sequence[Finding]) -> Trial:
    """Compare what was found with the annotated spans."""
    question = asking.question
    text = asking.passages[0].article.text if asking.passages else ""
    answers = [question.context[span.start : span.end] for span in question.spans]
    places = [(asking.offset + span.start, asking.offset + span.end) for span in question.spans]
    proposals = []
    for finding in findings:
        f1 = token_f1(text[finding.start : finding.end], answers)
        inside = any(start < finding.sentence.end and finding.sentence.start < end for start, end in places)
        proposals.append(Proposal(finding.signals, inside and f1 > 0, f1))
    return Trial(question.source, question.article, bool(question.spans), tuple(proposals))


def chosen(trial: Trial, calibration: Calibration) -> tuple[Proposal, float]:
    """Return the most probable proposal of a trial and its probability."""
    if not trial.proposals:
        return Proposal(Signals(0.0, 0.0), right=False, f1=0.0), 0.0
    confidences = [calibration.confidence(proposal.signals) for proposal in trial.proposals]
    best = int(np.argmax(confidences))
    return trial.proposals[best], confidences[best]


def fit(trials: Sequence[Trial]) -> Calibration:
    """Fit the weights, choosing and regressing in turns.

    :param trials: Trials with right and with wrong choices among them.
    :return: The weights.
    """
    calibration = _START
    for _ in range(_TURNS):
        choices = [chosen(trial, calibration)[0] for trial in trials if trial.proposals]
        signals = np.array([astuple(choice.signals) for choice in choices])
        mean, spread = signals.mean(0), signals.std(0)
        fitted = LogisticRegression().fit((signals - mean) / spread, [choice.right for choice in choices])
        weights = fitted.coef_[0] / spread
        score, support = (float(weight) for weight in weights)
        calibration = Calibration(float(fitted.intercept_[0] - weights @ mean), score, support)
    return calibration


def held_out(trials: Sequence[Trial]) -> list[tuple[Proposal, float]]:
    """Choose for every trial with weights fitted on the other titles.

    :param trials: Trials of at least two titles.
    :return: The choice and its confidence, in the order of the trials.
    """
    titles = sorted({trial.title for trial in trials})
    fitted = {title: fit([trial for trial in trials if trial.title != title]) for title in titles}
    return [chosen(trial, fitted[trial.title]) for trial in trials]


def sufficient(trials: Sequence[Trial], fast: Sequence[tuple[Proposal, float]], slow: Sequence[Proposal]) -> float:
    """Return the lowest confidence from which the fast reader's word may stand without losing more than `_LOSS` F1.

    :param trials: The trials.
    :param fast: The fast reader's choices and confidences.
    :param slow: The slow reader's choices.
    """
    answerable = np.array([trial.answerable for trial in trials])
    confidence = np.array([confidence for _, confidence in fast])
    gain = np.array([mine.f1 - theirs.f1 for (mine, _), theirs in zip(fast, slow, strict=True)]) * answerable
    order = np.argsort(-confidence)
    lost = -np.cumsum(gain[order]) / max(int(answerable.sum()), 1)
    bearable = np.flatnonzero(lost <= _LOSS)
    # a lower threshold that happens to do no harm does not excuse a higher one that did
    first_harm = np.flatnonzero(lost > _LOSS)
    last = (first_harm[0] if len(first_harm) else len(bearable)) - 1
    return float(confidence[order[last]]) if last >= 0 else 1.0


def ceiling(calibration: Calibration, readings: Sequence[tuple[Asking, Sequence[Finding]]]) -> float:
    """Return the lowest ceiling with which the first reader reads on wherever the most probable span lies further on.

    :param calibration: Its weights.
    :param readings: What it found in all passages, the most probable first.
    :return: A score of the reader, rounded up to a hundredth, not below 0.
    """
    unraised = replace(calibration, ceiling=0.0)
    needed = [0.0]
    for asking, findings in readings:
        begun = [finding for finding in findings if finding.passage < BEGINNING]
        if begun and findings[0].passage >= BEGINNING:
            (promise,) = prospects(unraised, [asking.passages[findings[0].passage]], asking.support)
            needed.append((log_odds(begun[0].confidence) - log_odds(promise.confidence)) / calibration.score)
    return math.ceil(100 * max(needed)) / 100


def points(trials: Sequence[Trial], choices: Sequence[tuple[Proposal, float]]) -> dict[Caution, OperatingPoint]:
    """Choose the operating points.

    :param trials: The trials.
    :param choices: What was chosen for them, with its confidence.
    """
    answerable = np.array([trial.answerable for trial in trials])
    confidence = np.array([confidence for _, confidence in choices])
    right = np.array([choice.right for choice, _ in choices])

    def point(threshold: float) -> OperatingPoint:
        return OperatingPoint(
            threshold=round(threshold, 4),
            answered=round(float((right & (confidence >= threshold))[answerable].mean()), 3),
            refused=round(float((confidence < threshold)[~answerable].mean()), 3),
        )

    kept = np.sort(confidence[answerable & right])
    lowest = {caution: kept[round((1 - share) * (len(kept) - 1))] for caution, share in _KEPT.items()}
    return {caution: point(0.0 if caution is Caution.NONE else float(lowest[caution])) for caution in Caution}


def report(trials: Sequence[Trial], choices: Sequence[tuple[Proposal, float]]) -> dict[str, dict[str, float | None]]:
    """Measure choices by the source of the questions."""
    pairs = list(zip(trials, choices, strict=True))
    return {
        source: _report([pair for pair in pairs if pair[0].source == source])
        for source in sorted({trial.source for trial in trials})
    }


def _report(pairs: Sequence[tuple[Trial, tuple[Proposal, float]]]) -> dict[str, float | None]:
    """F1 and right answers of the answerable, AUROC, and the calibration error over all."""
    answerable: NDArray[np.bool_] = np.array([trial.answerable for trial, _ in pairs])
    confidence = [confidence for _, (_, confidence) in pairs]
    measured = {
        "questions": float(len(pairs)),
        "f1": float(np.mean([choice.f1 for _, (choice, _) in pairs], where=answerable)),
        "right": float(np.mean([choice.right for _, (choice, _) in pairs], where=answerable)),
        "calibration_error": calibration_error(confidence, [choice.right for _, (choice, _) in pairs]),
        "auroc": auroc(
            [c for c, able in zip(confidence, answerable, strict=True) if able],
            [c for c, able in zip(confidence, answerable, strict=True) if not able],
        ),
    }
    return {name: None if value is None else round(value, 4) for name, value in measured.items()}


def to_json(calibration: Calibration, measured: dict[str, dict[str, float | None]]) -> dict[str, object]:
    """Return what `calibration.json` holds."""
    names = ["intercept", "score", "support", "sufficient"] + ["ceiling"] * math.isfinite(calibration.ceiling)
    weights = {name: round(getattr(calibration, name), 4) for name in names}
    named = {caution.value: asdict(point) for caution, point in (calibration.points or {}).items()}
    return {**weights, "points": named, "measured_on_other_titles": measured}


def calibrate(
    questions: Sequence[RawQuestion], encoder: Encoder, readers: dict[str, CalibratedReader], tick: Callable[[], None]
) -> dict[str, dict[str, object]]:
    """Fit both readers and the rule between them.

    :param questions: Questions of at least two titles.
    :param encoder: The encoder.
    :param readers: `fast` and `accurate`; their calibrations are not looked at.
    :param tick: Called after every question of either reader.
    :return: By the reader's name what its `calibration.json` holds.
    """
    joined = join(questions, encoder)
    fast, slow = (replace(readers[name], calibration=_START) for name in (FAST, ACCURATE))
    askings, fast_trials = [], []
    for question in questions:
        asking = begin(question, joined[question.article], fast)
        askings.append(asking)
        fast_trials.append(judge(asking, findings_of(fast, question.question, asking.passages, asking.support)))
        tick()
    calibration = fit(fast_trials)
    fast = replace(fast, calibration=calibration)
    slow_trials, readings = [], []
    for asking in askings:
        asked = asking.question.question
        ranked = findings_of(fast, asked, asking.passages, asking.support)
        readings.append((asking, ranked))
        passages = [promise.passage for promise in promising(asking.passages, ranked, slow.reader)]
        slow_trials.append(judge(asking, findings_of(slow, asked, passages, asking.support)))
        tick()
    by_fast, by_slow = held_out(fast_trials), held_out(slow_trials)
    enough = sufficient(fast_trials, by_fast, [choice for choice, _ in by_slow])
    both = [mine if mine[1] >= enough else theirs for mine, theirs in zip(by_fast, by_slow, strict=True)]
    alone = sum(confidence >= enough for _, confidence in by_fast) / len(by_fast)
    slow_calibration = replace(fit(slow_trials), points=points(slow_trials, both))
    calibration = replace(
        calibration, sufficient=enough, ceiling=ceiling(calibration, readings), points=points(fast_trials, by_fast)
    )
    return {
        FAST: to_json(calibration, report(fast_trials, by_fast)) | {"suffices": round(alone, 4)},
        ACCURATE: to_json(slow_calibration, report(slow_trials, by_slow))
        | {"cascade_on_other_titles": report(slow_trials, both)},
    }


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.calibration", description=__doc__)
    parser.add_argument(
        "questions", type=Path, nargs="+", help="gzipped JSON lists of SQuAD-like questions with titles"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the result into rag/reading/models, where the readers find it"
    )
    parser.add_argument("--limit", type=int, help="questions to ask, drawn at random [default: all]")
    options = parser.parse_args()
    questions = [question for path in options.questions for question in read_questions(path)]
    Random(_SEED).shuffle(questions)  # noqa: S311 - draws a sample, keeps no secret
    sample = questions[: options.limit]
    fast, accurate = load_readers(BOTH).readers
    with counting("Asking both readers", 2 * len(sample)) as advance:
        fitted = calibrate(sample, SentenceTransformerEncoder(), {FAST: fast, ACCURATE: accurate}, advance)
    if options.write:
        for name, weights in fitted.items():
            (MODELS / name / "calibration.json").write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=2))  # noqa: T201 - this is what the command is for


if __name__ == "__main__":
    main()
