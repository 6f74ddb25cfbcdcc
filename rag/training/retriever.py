"""Train the adapter of the encoder: `python -m rag.training.retriever --everyday DIR --trunk DIR --out FILE`.

Each step takes one article and some of its questions. The score of a sentence is the product's: its cosine, that of
its paragraph and BM25, weighed as in `rag/retrieval/fusion.py`; the loss is the cross entropy of the sentences that
hold the answer among all sentences of the article, so that every negative is one that the product has to rank.

With `--frozen` sentences and paragraphs keep the vectors that the trunk gives them, and only questions are encoded: a
step takes questions about several articles, and a tenth of the time of the other way for each. The adapter may serve
both sides afterwards: measure which is better.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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

from .corpus import read_questions
from .everyday import MORE, Part, read_everyday, read_more
from .network import SCALE, SpanNet
from .tokens import load_tokenizer

_LOG = logging.getLogger(__name__)
_QUESTIONS = 16
_SENTENCES = 96
_SENTENCE_TOKENS = 96
_PARAGRAPH_TOKENS = 224
_TEMPERATURE = 0.05
_TOGETHER, _EACH = 64, 12
"""Questions of a step that encodes nothing else, and of one article among them."""
_LESS_BM25 = (*WEIGHTS[:2], 0.05, 0.04)
"""The score of such a step."""
_TEXTBOOK = 0.25
"""Share of the steps."""
_BREAK = "\n\n"


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


def squad_texts(path: Path, encoder: Encoder) -> list[Text]:
    """Join the passages of each title to one article."""
    titles = defaultdict(list)
    for row in read_questions(path):
        titles[row.article].append(row)
    texts = []
    for rows in titles.values():
        contexts = list(dict.fromkeys(row.context for row in rows))[:14]
        starts = dict(zip(contexts, np.cumsum([0] + [len(c) + len(_BREAK) for c in contexts]).tolist(), strict=False))
        asked = [
            (row.question, [(starts[row.context] + s.start, starts[row.context] + s.end) for s in row.spans])
            for row in rows
            if row.context in starts and row.spans
        ]
        texts.append(prepare(Article(_BREAK.join(contexts)), asked, encoder))
    return texts


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


def loss_of(pooler: Pooler, text: Text, rng: Random) -> Tensor:
    """Cross entropy of the answering sentences among the article's."""
    asked = rng.sample(text.asked, min(_QUESTIONS, len(text.asked)))
    needed = sorted({row for one in asked for row in one.gold})
    others = [row for row in range(len(text.sentences)) if row not in set(needed)]
    rows = sorted(needed + rng.sample(others, min(len(others), max(0, _SENTENCES - len(needed)))))
    place = {row: at for at, row in enumerate(rows)}
    paragraphs = sorted({int(text.paragraph[row]) for row in rows})
    at = torch.tensor([paragraphs.index(int(text.paragraph[row])) for row in rows])
    questions = pooler.vectors([one.question for one in asked], 96)
    sentences = pooler.vectors([text.sentences[row] for row in rows], _SENTENCE_TOKENS)
    around = pooler.vectors([text.paragraphs[p] for p in paragraphs], _PARAGRAPH_TOKENS)
    lexical = torch.from_numpy(np.stack([one.lexical[:, rows] for one in asked]))
    scores = WEIGHTS[0] * questions @ sentences.T + WEIGHTS[1] * (questions @ around.T)[:, at]
    scores = (scores + WEIGHTS[2] * lexical[:, 0] + WEIGHTS[3] * lexical[:, 1]) / _TEMPERATURE
    gold = torch.zeros(len(asked), len(rows), dtype=torch.bool)
    for i, one in enumerate(asked):
        gold[i, [place[row] for row in one.gold]] = True
    return (torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~gold, -1e4), 1)).mean()


@dataclass(frozen=True, slots=True)
class Frozen:
    """An article whose vectors stay: of its sentences, and of the paragraph of each, float32 (sentences, hidden)."""

    text: Text
    sentences: Tensor
    around: Tensor


def frozen(text: Text, encoder: Encoder) -> Frozen:
    """Encode an article once."""
    _, places = np.unique(text.paragraph, return_inverse=True)
    around = encoder.encode(text.paragraphs)[places]
    return Frozen(text, torch.from_numpy(encoder.encode(text.sentences)), torch.from_numpy(around))


def parts(texts: Sequence[Frozen], rng: Random) -> Iterator[tuple[Frozen, list[Asked]]]:
    """Give all questions once, in random order, some of one article at a time."""
    drawn = []
    for one in texts:
        asked = rng.sample(one.text.asked, len(one.text.asked))
        drawn += [(one, asked[first : first + _EACH]) for first in range(0, len(asked), _EACH)]
    rng.shuffle(drawn)
    yield from drawn


def loss_of_questions(pooler: Pooler, drawn: Sequence[tuple[Frozen, Sequence[Asked]]]) -> Tensor:
    """Cross entropy of the answering sentences among those of each question's article."""
    vectors = pooler.vectors([one.question for _, asked in drawn for one in asked], 96)
    losses = []
    for (one, asked), of in zip(drawn, torch.split(vectors, [len(asked) for _, asked in drawn]), strict=True):
        lexical = torch.from_numpy(np.stack([each.lexical for each in asked]))
        scores = _LESS_BM25[0] * of @ one.sentences.T + _LESS_BM25[1] * of @ one.around.T
        scores = (scores + _LESS_BM25[2] * lexical[:, 0] + _LESS_BM25[3] * lexical[:, 1]) / _TEMPERATURE
        gold = torch.zeros(scores.shape, dtype=torch.bool)
        for row, each in enumerate(asked):
            gold[row, list(each.gold)] = True
        losses.append(torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~gold, -1e4), 1))
    return torch.cat(losses).mean()


def steps_of_questions(known: Sequence[Frozen], rng: Random) -> Iterator[Callable[[Pooler], Tensor]]:
    """Give the losses of one step after another, without an end."""
    drawn: list[tuple[Frozen, list[Asked]]] = []
    for part in chain.from_iterable(parts(known, rng) for _ in repeat(None)):
        drawn.append(part)
        if sum(len(asked) for _, asked in drawn) >= _TOGETHER:
            yield partial(loss_of_questions, drawn=drawn)
            drawn = []


def steps_of_articles(
    everyday: Sequence[Text], squad: Sequence[Text], rng: Random
) -> Iterator[Callable[[Pooler], Tensor]]:
    """Give the losses of one step after another, likewise; of textbook questions `_TEXTBOOK`, if there are some."""
    while True:
        for text in rng.sample(everyday, len(everyday)):
            while squad and rng.random() < _TEXTBOOK:
                yield partial(loss_of, text=rng.choice(squad), rng=rng)
            yield partial(loss_of, text=text, rng=rng)


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.retriever", description=__doc__)
    add = parser.add_argument
    add("--everyday", type=Path, required=True)
    add("--squad", type=Path, help="gzipped SQuAD-like questions with titles, a third of the steps")
    add("--trunk", type=Path, required=True)
    add("--start", type=Path, help="adapter to go on from")
    add("--frozen", action="store_true", help="encode questions alone")
    add("--out", type=Path, required=True)
    add("--rank", type=int, default=32)
    add("--rate", type=float, default=3e-4)
    add("--minutes", type=float, default=20)
    add("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)8d ms %(message)s")
    rng = Random(options.seed)  # noqa: S311 - draws training data, keeps no secret
    torch.manual_seed(options.seed)
    encoder = open_encoder()
    everyday = everyday_texts(options.everyday, encoder)
    squad = squad_texts(options.squad, encoder) if options.squad else []
    net = SpanNet(options.trunk, options.rank, options.seed, torch.device("cpu"))
    net.dtype = torch.bfloat16
    net.dropout = 0.05
    given = load_file(options.start) if options.start else {}
    for name, value in net.tuned.items():
        value.requires_grad_(name.endswith((".A", ".B")))
        if given and name.endswith((".A", ".B")):
            with torch.no_grad():
                value.copy_(given[f"{name[:-2]}.lora_{name[-1]}.weight"].float())
    optimizer = torch.optim.AdamW(net.learning(), lr=options.rate, weight_decay=0.01)
    pooler = Pooler(net, load_tokenizer(options.trunk))
    if options.frozen:
        plain = open_encoder(str(options.trunk))
        steps = steps_of_questions([frozen(text, plain) for text in (*everyday, *squad)], rng)
    else:
        steps = steps_of_articles(everyday, squad, rng)
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
