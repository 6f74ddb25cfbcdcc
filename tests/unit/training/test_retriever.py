"""Training the encoder's adapter: what a step compares."""

# ruff: noqa: S311 - seeded draws, no secrets

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
import torch
from torch import Tensor

pytest.importorskip("tokenizers")

from rag.training.retriever import (
    Asked,
    Known,
    Pooler,
    Side,
    Text,
    known,
    loss_of_questions,
    loss_of_sentences,
    parts,
    steps_of_questions,
)


class Axes(Pooler):
    """Gives each question the axis that it names."""

    def __init__(self) -> None:
        self.encoded: list[list[str]] = []

    def vectors(self, texts: Sequence[str], most: int, train: bool = True) -> Tensor:  # noqa: ARG002 - as in the protocol
        """Turn "1" into (0, 1)."""
        self.encoded.append(list(texts))
        return torch.eye(2)[[int(text) for text in texts]]


def article(questions: int, gold: int) -> Known:
    """Make an article of two sentences, each an axis, whose questions name the first axis."""
    none = np.zeros((2, 2), dtype=np.float32)
    asked = tuple(Asked("0", (gold,), none) for _ in range(questions))
    text = Text(("0", "1"), np.array([0, 0]), ("0",), asked)
    return Known(text, None, torch.eye(2), torch.zeros(2, 2))


def test_the_loss_is_the_cross_entropy_of_the_sentences_that_answer() -> None:
    """Of two sentences the nearer one has 0.65 / 0.05 more; each question counts alike, whatever its article."""
    near, far = article(1, 0), article(2, 1)
    better = math.log(1 + math.exp(-0.65 / 0.05))
    pooler = Axes()
    loss = loss_of_questions(pooler, [(near, near.text.asked), (far, far.text.asked)])
    assert loss.item() == pytest.approx((better + 2 * (better + 0.65 / 0.05)) / 3, rel=1e-5)
    assert pooler.encoded == [["0", "0", "0"]], "only questions are encoded"


def test_sentences_learn_from_questions_that_stay() -> None:
    """Each loss is that of the other side, but that a paragraph counts, too; only sentences are encoded then."""
    pooler = Axes()
    texts = [known(one.text, Side.SENTENCES, pooler) for one in (article(1, 0), article(2, 1))]
    assert pooler.encoded == [["0"], ["0", "0"]]
    loss = loss_of_sentences(pooler, texts, Random(1))
    better = math.log(1 + math.exp(-0.65 / 0.05))
    assert loss.item() == pytest.approx((better + 2 * (better + 0.65 / 0.05)) / 3, rel=1e-5)
    assert pooler.encoded[2:] == [["0", "1", "0", "1"], ["0", "0"]]


def test_what_stays_is_encoded_once() -> None:
    """The paragraph of each sentence, too."""
    one = known(article(1, 0).text, Side.QUESTIONS, Axes())
    assert one.questions is None
    assert one.sentences is not None
    assert one.around is not None
    assert one.sentences.tolist() == [[1, 0], [0, 1]]
    assert one.around.tolist() == [[1, 0], [1, 0]]


def test_each_question_is_drawn_once_and_few_of_an_article_at_a_time() -> None:
    """Thirty questions of one article and five of another come in parts of twelve at most."""
    texts = [article(30, 0), article(5, 1)]
    drawn = list(parts(texts, Random(1)))
    assert sorted(len(asked) for _, asked in drawn) == [5, 6, 12, 12]
    assert sum(len(asked) for one, asked in drawn if one is texts[0]) == 30


def test_steps_take_at_least_sixty_four_questions_and_go_on() -> None:
    """A step ends with the part of twelve that fills it; after the last question the first come again."""
    steps, pooler = steps_of_questions([article(24, 0)], Random(1)), Axes()
    for _ in range(3):
        next(steps)(pooler)
    assert [len(texts) for texts in pooler.encoded] == [72, 72, 72]
