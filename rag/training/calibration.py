"""Fit a reader's confidence: `python -m rag.training.calibration QUESTIONS.json.gz --reader accurate`.

The questions of each title are asked of all that title's passages, joined to one article, through the
whole pipeline. A logistic regression then predicts from the signals whether the answer is right:
the right sentence, with at least one right word. It prints the weights as `calibration.json` holds them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from index.article import Article
from index.build import build_index
from index.encoder import Encoder
from index.sentence_transformer import SentenceTransformerEncoder
from index.store import SentenceIndex
from rag.answer import Passage
from rag.assistant import signals_of
from rag.calibration import Signals
from rag.metrics import token_f1
from rag.reader import Candidate, Reader
from rag.readers import load_reader
from rag.retriever import Retriever

from .corpus import RawQuestion, read_questions

_SEED = 3
_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that was asked: the article's title, what spoke for the answer, and whether it was right."""

    title: str
    signals: Signals
    answerable: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """The passages of one title as one article, and where each begins in it."""

    index: SentenceIndex
    retriever: Retriever
    offsets: dict[str, int]


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


def ask(question: RawQuestion, joined: Joined, reader: Reader) -> Trial:
    """Ask one question through the whole pipeline and judge the best span."""
    hits = joined.retriever.hits(question.question)
    passages = joined.retriever.passages(hits, reader)
    best = reader.read(question.question, passages)[0]
    passage = passages[best.passage]
    return Trial(
        title=question.article,
        signals=signals_of(joined.index, question.question, hits, passage, best),
        answerable=bool(question.spans),
        right=_right(question, joined.offsets[question.context], passage, best),
    )


def fit(trials: Sequence[Trial]) -> dict[str, float]:
    """Fit the weights on all trials, and measure by leaving one title out at a time.

    :param trials: Trials of at least two titles.
    :return: The weights by name, with `auroc` (answerable against unanswerable) and `ece` (ten bins).
    """
    signals = np.array([astuple(trial.signals) for trial in trials])
    right = np.array([trial.right for trial in trials])
    mean, spread = signals.mean(0), signals.std(0)
    scaled = (signals - mean) / spread
    titles = [trial.title for trial in trials]
    held_out = cross_val_predict(
        LogisticRegression(), scaled, right, groups=titles, cv=GroupKFold(len(set(titles))), method="predict_proba"
    )[:, 1]
    fitted = LogisticRegression().fit(scaled, right)
    weights = fitted.coef_[0] / spread
    values = {"intercept": fitted.intercept_[0] - weights @ mean}
    values |= dict(zip(Signals.__slots__, weights, strict=True))
    values["auroc"] = roc_auc_score([trial.answerable for trial in trials], held_out)
    values["ece"] = calibration_error(held_out, right)
    return {name: round(float(value), 4) for name, value in values.items()}


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins of equal width (Naeini et al. 2015).

    >>> round(calibration_error(np.array([0.95, 0.95, 0.15, 0.15]), np.array([True, False, False, False])), 2)
    0.3
    """
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        abs(confidence[bins == number].mean() - right[bins == number].mean()) * (bins == number).mean()
        for number in np.unique(bins)
    ]
    return float(sum(gaps))


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.calibration", description=__doc__)
    parser.add_argument("questions", type=Path, help="gzipped JSON list of SQuAD-like questions with titles")
    parser.add_argument("--reader", default="accurate")
    parser.add_argument("--limit", type=int, help="questions to ask, drawn at random [default: all]")
    options = parser.parse_args()
    questions = read_questions(options.questions)
    joined = join(questions, SentenceTransformerEncoder())
    reader = load_reader(options.reader).reader
    Random(_SEED).shuffle(questions)  # noqa: S311 - draws a sample, keeps no secret
    trials = [ask(question, joined[question.article], reader) for question in questions[: options.limit]]
    print(json.dumps(fit(trials), indent=2))  # noqa: T201 - this is what the command is for


def _right(question: RawQuestion, offset: int, passage: Passage, best: Candidate) -> bool:
    """Tell whether the span's sentence holds an annotated span, and the span a word of one."""
    sentence = next(s for s in passage.sentences if s.start <= best.start < s.end)
    inside = any(offset + span.start < sentence.end and sentence.start < offset + span.end for span in question.spans)
    words = passage.article.text[best.start : best.end]
    return inside and token_f1(words, [question.context[span.start : span.end] for span in question.spans]) > 0


if __name__ == "__main__":
    main()
