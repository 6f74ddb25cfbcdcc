"""Train the adapters of the encoder: `python -m rag.training.retriever --side questions --everyday DIR …`.

The score of a sentence is the product's: its cosine, that of its paragraph and BM25, weighed as in
`rag/retrieval/fusion.py`; the loss is the cross entropy of the sentences that hold the answer
among all sentences of the article, so that every negative is one that the product has to rank.

Questions and sentences learn in turns: those of one side are encoded once, with the adapter given for them, and stay.
So a step encodes a tenth of what it would with both, and each question is read far more often.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from index.article import Article
from index.build import build_index
from index.encoder import Encoder
from index.openvino_encoder import open_encoder
from index.store import SentenceIndex
from rag.retrieval.fusion import WEIGHTS
from rag.retrieval.retriever import Retriever

from .everyday import MORE, Part, read_everyday, read_more
from .network import SCALE, SpanNet
from .tokens import load_tokenizer

_LOG = logging.getLogger(__name__)
_QUESTION_TOKENS, _SENTENCE_TOKENS, _PARAGRAPH_TOKENS = 96, 96, 224
_TEMPERATURE = 0.05
_TOGETHER, _EACH = 64, 12
"""Questions of a step in which they learn, at least, and of one article among them, at most."""
_ARTICLES, _OF_ONE, _SENTENCES = 3, 48, 64
"""Articles of a step in which sentences learn, and questions and sentences of each, at most."""


class Side(StrEnum):
    """What learns."""

    QUESTIONS = "questions"
    SENTENCES = "sentences"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the rows of the sentences that answer it, and BM25 of every sentence and its paragraph."""

    question: str
    gold: tuple[int, ...]
    lexical: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Text:
    """One article: sentences, the paragraph of each, paragraphs, questions."""

    sentences: tuple[str, ...]
    paragraph: NDArray[np.int64]
    paragraphs: tuple[str, ...]
    asked: tuple[Asked, ...]


def prepare(article: Article, questions: Sequence[tuple[str, Sequence[tuple[int, int]]]], encoder: Encoder) -> Text:
    """Index an article and look up what the product knows of each question without the encoder."""
    index = build_index([article], encoder)
    retriever = Retriever(index, encoder)
    rows = index.rows_of(0)
    asked = []
    for question, places in questions:
        gold = tuple(row for row in rows if _holds(index, row, places))
        if gold:
            asked.append(Asked(question, gold, retriever.signals(question)[2:]))
    paragraph = np.array([index.sentences[row].paragraph for row in rows], dtype=np.int64)
    bounds: dict[int, tuple[int, int]] = {}
    for row in rows:
        stored = index.sentences[row]
        first, _ = bounds.get(stored.paragraph, (stored.sentence.start, 0))
        bounds[stored.paragraph] = (first, stored.sentence.end)
    paragraphs = tuple(article.text[a:b] for a, b in bounds.values())
    return Text(tuple(index.text(row) for row in rows), paragraph, paragraphs, tuple(asked))


def _holds(index: SentenceIndex, row: int, places: Sequence[tuple[int, int]]) -> bool:
    sentence = index.sentences[row].sentence
    return any(start < sentence.end and sentence.start < end for start, end in places)


def everyday_texts(folder: Path, encoder: Encoder) -> list[Text]:
    """Read the everyday articles that are trained on, and those with more questions."""
    texts = (
        prepare(
            article, [(one.question, [(s.start, s.end) for s in one.spans if s.votes > 1]) for one in asked], encoder
        )
        for article, asked in chain(read_everyday(folder, Part.TRAIN), read_more(MORE, folder))
    )
    return [text for text in texts if text.asked]


class Pooler:
    """Mean-pooled unit vectors of texts."""

    def __init__(self, net: SpanNet, tokenizer: Tokenizer) -> None:
        self.net, self.tokenizer = net, tokenizer

    def vectors(self, texts: Sequence[str], most: int, train: bool = True) -> Tensor:
        """Encode texts of up to `most` tokens; float32 (n, hidden)."""
        encoded = [
            [*e.ids[: most - 1], e.ids[-1]] if len(e.ids) > most else e.ids
            for e in self.tokenizer.encode_batch(list(texts))
        ]
        order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
        parts: list[Tensor] = []
        for first in range(0, len(order), 32):
            chunk = [encoded[i] for i in order[first : first + 32]]
            length = max(map(len, chunk))
            ids = torch.tensor([e + [0] * (length - len(e)) for e in chunk])
            mask = torch.arange(length)[None] < torch.tensor([len(e) for e in chunk])[:, None]
            states, places = self.net.states(ids, mask, torch.zeros_like(ids), train)
            row = places // length
            sums = torch.zeros(len(chunk), states.shape[1]).index_add(0, row, states.float())
            parts.append(sums / mask.sum(1, keepdim=True))
        back = torch.argsort(torch.tensor(order))
        return functional.normalize(torch.cat(parts)[back], dim=1)


@dataclass(frozen=True, slots=True)
class Known:
    """An article and the vectors that stay.

    :param questions: float32 (questions, hidden), if sentences learn.
    :param sentences: float32 (sentences, hidden), if questions learn; with `around`, of the paragraph of each.
    """

    text: Text
    questions: Tensor | None = None
    sentences: Tensor | None = None
    around: Tensor | None = None


def known(text: Text, side: Side, pooler: Pooler) -> Known:
    """Encode the side of an article that does not learn."""
    with torch.no_grad():
        if side is Side.SENTENCES:
            return Known(text, pooler.vectors([one.question for one in text.asked], _QUESTION_TOKENS, train=False))
        _, places = np.unique(text.paragraph, return_inverse=True)
        around = pooler.vectors(text.paragraphs, _PARAGRAPH_TOKENS, train=False)[torch.from_numpy(places)]
        return Known(text, None, pooler.vectors(text.sentences, _SENTENCE_TOKENS, train=False), around)


def losses(questions: Tensor, sentences: Tensor, around: Tensor, asked: Sequence[Asked], rows: Sequence[int]) -> Tensor:
    """Cross entropy of the answering sentences among some of an article, for each question.

    :param questions: float32 (n, hidden).
    :param sentences: float32 (m, hidden), with `around`.
    :param asked: The n questions.
    :param rows: Numbers of the m sentences, ascending.
    """
    lexical = torch.from_numpy(np.stack([one.lexical[:, rows] for one in asked]))
    scores = WEIGHTS[0] * questions @ sentences.T + WEIGHTS[1] * questions @ around.T
    scores = (scores + WEIGHTS[2] * lexical[:, 0] + WEIGHTS[3] * lexical[:, 1]) / _TEMPERATURE
    gold = torch.from_numpy(np.stack([np.isin(rows, one.gold) for one in asked]))
    return torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~gold, -1e4), 1)


def loss_of_questions(pooler: Pooler, drawn: Sequence[tuple[Known, Sequence[Asked]]]) -> Tensor:
    """Encode questions about several articles, and return the mean loss."""
    vectors = pooler.vectors([one.question for _, asked in drawn for one in asked], _QUESTION_TOKENS)
    found = []
    for (one, asked), of in zip(drawn, torch.split(vectors, [len(asked) for _, asked in drawn]), strict=True):
        if one.sentences is not None and one.around is not None:
            found.append(losses(of, one.sentences, one.around, asked, range(len(one.sentences))))
    return torch.cat(found).mean()


def loss_of_sentences(pooler: Pooler, drawn: Sequence[Known], rng: Random) -> Tensor:
    """Encode sentences of several articles, with their paragraphs, and return the mean loss of their questions."""
    picked = []
    for one in drawn:
        places = rng.sample(range(len(one.text.asked)), min(_OF_ONE, len(one.text.asked)))
        needed = {row for place in places for row in one.text.asked[place].gold}
        others = [row for row in range(len(one.text.sentences)) if row not in needed]
        more = rng.sample(others, min(len(others), max(0, _SENTENCES - len(needed))))
        picked.append((one, places, sorted([*needed, *more])))
    sentences = pooler.vectors(
        [one.text.sentences[row] for one, _, rows in picked for row in rows], _SENTENCE_TOKENS
    ).split([len(rows) for _, _, rows in picked])  # type: ignore[no-untyped-call]
    paragraphs = [np.unique(one.text.paragraph[rows], return_inverse=True) for one, _, rows in picked]
    around = pooler.vectors(
        [
            one.text.paragraphs[number]
            for (one, _, _), (numbers, _) in zip(picked, paragraphs, strict=True)
            for number in numbers
        ],
        _PARAGRAPH_TOKENS,
    ).split([len(numbers) for numbers, _ in paragraphs])  # type: ignore[no-untyped-call]
    found = []
    for (one, places, rows), of, near, (_, at) in zip(picked, sentences, around, paragraphs, strict=True):
        if one.questions is not None:
            asked = [one.text.asked[place] for place in places]
            found.append(losses(one.questions[places], of, near[torch.from_numpy(at)], asked, rows))
    return torch.cat(found).mean()


def parts(texts: Sequence[Known], rng: Random) -> Iterator[tuple[Known, list[Asked]]]:
    """Give all questions once, in random order, some of one article at a time."""
    drawn = []
    for one in texts:
        asked = rng.sample(one.text.asked, len(one.text.asked))
        drawn += [(one, asked[first : first + _EACH]) for first in range(0, len(asked), _EACH)]
    rng.shuffle(drawn)
    yield from drawn


def steps_of_questions(texts: Sequence[Known], rng: Random) -> Iterator[Callable[[Pooler], Tensor]]:
    """Give the losses of one step after another, without an end."""
    drawn: list[tuple[Known, list[Asked]]] = []
    for part in chain.from_iterable(parts(texts, rng) for _ in repeat(None)):
        drawn.append(part)
        if sum(len(asked) for _, asked in drawn) >= _TOGETHER:
            yield partial(loss_of_questions, drawn=drawn)
            drawn = []


def steps_of_sentences(texts: Sequence[Known], rng: Random) -> Iterator[Callable[[Pooler], Tensor]]:
    """Give the losses of one step after another, likewise."""
    drawn: list[Known] = []
    for one in chain.from_iterable(rng.sample(texts, len(texts)) for _ in repeat(None)):
        drawn.append(one)
        if len(drawn) == _ARTICLES:
            yield partial(loss_of_sentences, drawn=drawn, rng=rng)
            drawn = []


def opened(trunk: Path, adapter: Path | None, rank: int, seed: int) -> Pooler:
    """Load a trunk with an adapter, or with a fresh one that changes nothing yet."""
    net = SpanNet(trunk, rank, seed, torch.device("cpu"))
    net.dtype = torch.bfloat16
    net.dropout = 0.05
    given = load_file(adapter) if adapter else {}
    for name, value in net.tuned.items():
        value.requires_grad_(name.endswith((".A", ".B")))
        if given and name.endswith((".A", ".B")):
            with torch.no_grad():
                value.copy_(given[f"{name[:-2]}.lora_{name[-1]}.weight"].float())
    return Pooler(net, load_tokenizer(trunk))


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.retriever", description=__doc__)
    add = parser.add_argument
    add("--side", type=Side, choices=list(Side), required=True, help="what learns")
    add("--everyday", type=Path, required=True)
    add("--trunk", type=Path, required=True)
    add("--start", type=Path, help="adapter to go on from")
    add("--other", type=Path, help="adapter of the other side")
    add("--out", type=Path, required=True)
    add("--rank", type=int, default=32)
    add("--rate", type=float, default=3e-4)
    add("--minutes", type=float, default=20)
    add("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)8d ms %(message)s")
    rng = Random(options.seed)  # noqa: S311 - draws training data, keeps no secret
    torch.manual_seed(options.seed)
    other = opened(options.trunk, options.other, options.rank, options.seed)
    other.net.freeze()
    texts = [known(text, options.side, other) for text in everyday_texts(options.everyday, open_encoder())]
    steps = (steps_of_questions if options.side is Side.QUESTIONS else steps_of_sentences)(texts, rng)
    pooler = opened(options.trunk, options.start, options.rank, options.seed)
    net = pooler.net
    optimizer = torch.optim.AdamW(net.learning(), lr=options.rate, weight_decay=0.01)
    begun, step, mean = time.monotonic(), 0, 0.0
    while (done := (time.monotonic() - begun) / 60 / options.minutes) < 1:
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1.0, done / 0.05 + 1e-3) * (1 - done)
        loss = next(steps)(pooler)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.learning(), 1.0)
        optimizer.step()
        mean = loss.item() if not step else 0.98 * mean + 0.02 * loss.item()
        step += 1
        if step % 25 == 0:
            _LOG.info("step %d done %.2f loss %.4f", step, done, mean)
    tensors = {
        f"{name[:-2]}.lora_{name[-1]}.weight": value.detach().half().contiguous()
        for name, value in net.tuned.items()
        if name.endswith((".A", ".B"))
    }
    save_file(tensors, options.out, metadata={"scale": str(SCALE), "r": str(options.rank), "steps": str(step)})


if __name__ == "__main__":
    main()
