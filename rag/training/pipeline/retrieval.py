"""Fit the retriever's weights: `python -m rag.training.pipeline.retrieval --everyday DIR`.

The weights of the four signals are those under which a softmax over an article's sentences gives the sentence that
answers the highest probability, on the articles of `train` that no model was trained on. Recall is measured on `dev`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from index.article import Article
from index.build import build_index
from index.encoder import Encoder
from index.openvino_encoder import open_encoder
from index.weights import DEFAULT_ENCODER
from rag.retrieval.fusion import WEIGHTS
from rag.retrieval.retriever import Retriever

from ..everyday import Part
from .questions import Asked, everyday, joined

_SHARPNESS = 10.0
_DECAY = 1e-3
_AT = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A question's signals, float32 (4, sentences), and which sentences hold an answer, bool (sentences,)."""

    source: str
    signals: NDArray[np.float32]
    gold: NDArray[np.bool_]


def rankings(articles: Iterable[tuple[Article, list[Asked]]], encoder: Encoder) -> list[Ranking]:
    """Compare every answerable question with every sentence of its article."""
    ranked = []
    for article, questions in articles:
        index = build_index([article], encoder)
        retriever = Retriever(index, encoder)
        for asked in questions:
            gold = [
                any(span.start < stored.sentence.end and stored.sentence.start < span.end for span in asked.spans)
                for stored in index.sentences
            ]
            if any(gold):
                ranked.append(Ranking(asked.source, retriever.signals(asked.question), np.array(gold)))
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


def recall(ranked: Sequence[Ranking], weights: NDArray[np.float32]) -> dict[str, float]:
    """Measure weights: share of the questions with a right sentence among the first k."""
    ranks = [
        int(np.flatnonzero(ranking.gold[np.argsort(-(weights @ ranking.signals), kind="stable")])[0])
        for ranking in ranked
    ]
    return {f"recall@{k}": round(float(np.mean(np.array(ranks) < k)), 4) for k in _AT}


def _score(weights: torch.Tensor, signals: torch.Tensor) -> torch.Tensor:
    return _SHARPNESS * weights @ signals


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.retrieval", description=__doc__)
    parser.add_argument("--everyday", type=Path, required=True, help="folder with articles/, train/ and dev/")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="gzipped SQuAD-like questions to measure on")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    options = parser.parse_args()
    encoder = open_encoder(options.encoder)
    weights = fit(rankings(everyday(options.everyday, Part.HELD_BACK), encoder))
    measured = rankings(everyday(options.everyday, Part.DEV), encoder)
    for path in options.beside:
        measured += rankings(joined(path), encoder)
    shipped = np.array(WEIGHTS, dtype=np.float32)
    result: dict[str, object] = {"weights": [round(float(weight), 3) for weight in weights]}
    for source in sorted({ranking.source for ranking in measured}):
        of_source = [ranking for ranking in measured if ranking.source == source]
        result[source] = {
            "questions": len(of_source),
            "fitted": recall(of_source, weights),
            "shipped": recall(of_source, shipped),
        }
    print(json.dumps(result, indent=2))  # noqa: T201 - this is what the command is for


if __name__ == "__main__":
    main()
