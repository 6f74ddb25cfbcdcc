"""Fit the retriever's weights: `python -m rag.training.pipeline.retrieval QUESTIONS.json.gz...`.

The questions of each title are asked of all that title's passages, joined to one article. The weights
of the four signals are those under which a softmax over the article's sentences gives the sentence
that answers the highest probability. Recall is measured with each title left out of the fit in turn.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from index.encoder import Encoder
from index.sentence_transformer import SentenceTransformerEncoder
from index.weights import DEFAULT_ENCODER
from rag.retrieval.fusion import WEIGHTS

from ..corpus import RawQuestion, read_questions
from .calibration import join

_SHARPNESS = 10.0
_DECAY = 1e-3
_AT = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A question's signals, float32 (4, sentences), and which sentences hold an answer, bool (sentences,)."""

    title: str
    signals: NDArray[np.float32]
    gold: NDArray[np.bool_]


def rankings(questions: Sequence[RawQuestion], encoder: Encoder) -> list[Ranking]:
    """Compare every answerable question with every sentence of its article."""
    asked = [question for question in questions if question.spans]
    joined = join(asked, encoder)
    ranked = []
    for question in asked:
        of_title = joined[question.article]
        offset = of_title.offsets[question.context]
        sentences = [stored.sentence for stored in of_title.index.sentences]
        gold = [
            any(offset + span.start < s.end and s.start < offset + span.end for span in question.spans)
            for s in sentences
        ]
        ranked.append(Ranking(question.article, of_title.retriever.signals(question.question), np.array(gold)))
    return ranked


def fit(ranked: Sequence[Ranking]) -> NDArray[np.float32]:
    """Fit the weights.

    :param ranked: Questions.
    :return: float32 (4,), their sum 1.
    """
    weights = torch.zeros(len(WEIGHTS), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200)
    pairs = [(torch.from_numpy(r.signals), torch.from_numpy(r.gold)) for r in ranked]

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        total = torch.stack(
            [
                torch.logsumexp(s, 0) - torch.logsumexp(s[gold], 0)
                for s, gold in ((_score(weights, x), g) for x, g in pairs)
            ]
        )
        value = total.mean() + _DECAY * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found: NDArray[np.float32] = weights.detach().numpy().copy()
    found /= found.sum()
    return found


def recall(ranked: Sequence[Ranking], weights: Sequence[NDArray[np.float32]]) -> dict[str, float]:
    """Measure weights, one set a question: share of the questions with a right sentence among the first k."""
    ranks = [
        int(np.flatnonzero(ranking.gold[np.argsort(-(used @ ranking.signals), kind="stable")])[0])
        for ranking, used in zip(ranked, weights, strict=True)
    ]
    return {f"recall@{k}": round(float(np.mean(np.array(ranks) < k)), 4) for k in _AT}


def _score(weights: torch.Tensor, signals: torch.Tensor) -> torch.Tensor:
    return _SHARPNESS * weights @ signals


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.retrieval", description=__doc__)
    parser.add_argument("questions", type=Path, nargs="+", help="gzipped JSON lists of SQuAD-like questions")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    options = parser.parse_args()
    questions = [question for path in options.questions for question in read_questions(path)]
    ranked = rankings(questions, SentenceTransformerEncoder(options.encoder))
    others = {t: fit([r for r in ranked if r.title != t]) for t in {ranking.title for ranking in ranked}}
    shipped = np.array(WEIGHTS, dtype=np.float32)
    result = {
        "questions": len(ranked),
        "weights": [round(float(weight), 3) for weight in fit(ranked)],
        "fitted_on_other_titles": recall(ranked, [others[ranking.title] for ranking in ranked]),
        "shipped_weights": recall(ranked, [shipped] * len(ranked)),
    }
    print(json.dumps(result, indent=2))  # noqa: T201 - this is what the command is for


if __name__ == "__main__":
    main()
