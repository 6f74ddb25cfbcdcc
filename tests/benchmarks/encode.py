"""How many sentences a second are encoded, against sentence-transformers called plainly with the same weights."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.article import Article
from index.build import build_index
from tests.benchmarks.process import Stack, running
from tests.benchmarks.setting import Setting
from tests.benchmarks.summary import ratio, rotated

_ROUNDS = 10
_LEAST = 2
_PARAGRAPH = 4
"""Sentences of a paragraph, which is encoded too."""
_MEDIAN, _SIGMA, _SHORTEST, _LONGEST = 14, 0.6, 3, 60
"""Words of a sentence, drawn from a logarithmic normal distribution."""


class Listener:
    """An encoder that encodes nothing and remembers what it was given."""

    name = "listener"
    digest = "0" * 64
    dimension = 1

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions as texts."""
        return self.encode(questions)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (n, 1), ones."""
        self.texts += texts
        return np.ones((len(texts), 1), dtype=np.float32)


def measure_encode(setting: Setting, count: int) -> dict[str, Any]:
    """Index made-up articles and encode the same texts plainly, in turn.

    Ours is `index.build_index` whole: cutting into sentences and filling the index are in its time.

    :param setting: Whose articles' words are used.
    :param count: Texts to encode in all, about.
    :return: For JSON: `texts`, `words`, `per_second` of each side, and `ratios`.
    """
    stacks = {
        stack.label: stack
        for stack in (Stack("pullquote", "", Path(sys.executable)), Stack("plain", "", setting.peer_python))
    }
    took: dict[str, list[float]] = {label: [] for label in stacks}
    texts = words = 0
    with running(stacks["pullquote"], setting.work) as ours, running(stacks["plain"], setting.work) as plain:
        processes = {"pullquote": ours, "plain": plain}
        for process in processes.values():
            process.call("load_encoder", setting.plan(process.stack))
            process.call("encode", {"article": "One sentence.", "texts": ["One sentence."]})
        began = time.perf_counter()
        for turn in range(_ROUNDS):
            if turn >= _LEAST and setting.over(began):
                break
            article = invented(setting.articles, count // _ROUNDS, turn)
            given = {"article": article.text, "texts": encoded(article)}
            texts += len(given["texts"])
            words += sum(len(text.split()) for text in given["texts"])
            for label in rotated(list(processes), turn):
                took[label].append(processes[label].call("encode", given).ms)
        replies = {label: process.call("memory") for label, process in processes.items()}
    return {
        "texts": texts,
        "words": words,
        "rounds": len(took["plain"]),
        "per_second": {label: round(texts / (sum(spent) / 1e3), 1) for label, spent in took.items()},
        "peak_mib": {label: round(reply.peak) for label, reply in replies.items()},
        "ratios": [asdict(ratio("encode", ("pullquote", took["pullquote"]), ("plain", took["plain"])))],
    }


def invented(articles: Sequence[Article], count: int, seed: int) -> Article:
    """Make an article of stretches of others' words: sentences of mixed length, no two alike but by chance.

    :param articles: Whose words.
    :param count: Sentences and paragraphs in all, about.
    :param seed: Another gives another article.
    :return: The article.
    """
    words = [word.strip('.?!…:;"“”‘’()') for article in articles for word in article.text.split()]
    words = [word for word in words if word]
    draw = np.random.default_rng(seed)
    sentences = max(1, round(count * _PARAGRAPH / (_PARAGRAPH + 1)))
    lengths = draw.lognormal(np.log(_MEDIAN), _SIGMA, sentences).clip(_SHORTEST, _LONGEST).astype(int)
    firsts = draw.integers(0, len(words), sentences)
    made = [_sentence(words, int(first), int(length)) for first, length in zip(firsts, lengths, strict=True)]
    return Article("\n".join(" ".join(made[row : row + _PARAGRAPH]) for row in range(0, sentences, _PARAGRAPH)))


def encoded(article: Article) -> list[str]:
    """Return the texts that indexing an article encodes.

    :param article: The article.
    """
    listener = Listener()
    build_index([article], listener)
    return listener.texts


def _sentence(words: Sequence[str], first: int, length: int) -> str:
    stretch = " ".join(words[(first + place) % len(words)] for place in range(length))
    return f"{stretch[0].upper()}{stretch[1:]}."
