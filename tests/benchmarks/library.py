"""A library of many articles: `python -m tests.benchmarks.library --articles 10000 --json FILE`.

All is made by rule, since encoding so many sentences takes hours on two cores: articles of 3 to 100 sentences (as many
short ones as long ones, by the logarithm), of the words that the fast reader's vocabulary has, drawn by Zipf's law. The
vector of a text is the mean of its words' vectors, which are drawn at random, so that texts with common words are
alike. All else is real: cutting into sentences, storing, counting, searching, and reading with the fast reader.

A question is four words of a sentence. It is asked of the sentence's own article, and of all. 10,000
articles need 4 GB of memory, 1 GB of disk and ten minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from tokenizers import Tokenizer

from index.article import Article
from index.build import build_index
from index.folder import save_index
from index.loading import load_index
from index.revision import replace_articles
from index.store import SentenceIndex
from index.weights import minilm_folder
from rag.answering.assistant import Assistant
from rag.reading.calibration import Caution
from rag.reading.shipped import load_reader
from tests.benchmarks.steps import NAMES, begun, in_processes, memory, one_step, ranks, timed, write_report

_SHORTEST, _LONGEST = 3, 100
_WORDS, _IN_PARAGRAPH = 12, 4
_OF_ONE, _OF_ALL, _OF_QUESTION = 60, 60, 4


class WordVectors:
    """An encoder made by rule, see the module."""

    name, digest, dimension = "made by rule", "0" * 64, 384

    @cached_property
    def words(self) -> list[str]:
        """Whole words of the reader's vocabulary, the more frequent ones first."""
        vocabulary = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json")).get_vocab()
        return [word for word in sorted(vocabulary, key=vocabulary.__getitem__) if word.isalpha() and len(word) > 2]

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {word: row for row, word in enumerate(self.words)}

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        shape = (len(self.words) + 1, self.dimension)
        return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions as texts."""
        return self.encode(questions)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (n, dimension), unit rows."""
        found = np.stack([self._vectors[self._places(text)].mean(0) for text in texts])
        unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    def _places(self, text: str) -> list[int]:
        return [self._rows.get(word.strip(".,?"), len(self.words)) for word in text.lower().split()] or [0]


def build(count: int, folder: Path) -> dict[str, Any]:
    """Make articles and store an index of them.

    :param count: How many articles.
    :param folder: Where to.
    :return: Seconds, bytes and memory.
    """
    encoder, random = WordVectors(), np.random.default_rng(1)
    articles = [_article(encoder, random) for _ in range(count)]
    began = perf_counter()
    index = build_index(articles, encoder)
    built = perf_counter()
    save_index(index, folder)
    return {
        "sentences": len(index),
        "build_s": built - began,
        "save_s": perf_counter() - built,
        "disk_mb": sum(path.stat().st_size for path in folder.iterdir()) / 1e6,
        "build_peak_mb": memory("VmHWM"),
    }


def update(folder: Path) -> dict[str, float]:
    """Put a corrected article in the place of what it was.

    :param folder: Where the index is.
    :return: Seconds and memory.
    """
    encoder = WordVectors()
    one = load_index(folder, encoder).articles[7]
    began = perf_counter()
    replace_articles(folder, {"none.txt": Article(f"{one.text} Corrected.", id=one.id)}, encoder)
    return {"update_s": perf_counter() - began, "update_peak_mb": memory("VmHWM")}


def ask(folder: Path) -> dict[str, Any]:
    """Start as a server does, and ask; then start about a changed index, as a running server does.

    :param folder: Where the index is.
    :return: Seconds, milliseconds and memory.
    """
    encoder, reader = WordVectors(), load_reader("fast")
    threshold, sure = reader.calibration.threshold(Caution.NORMAL), reader.calibration.sure(Caution.NORMAL)
    began = perf_counter()
    index = load_index(folder, encoder)
    loaded = perf_counter()
    assistant = Assistant(index, encoder, reader, threshold, cache=folder.with_suffix(".cache"), sure=sure)
    counted = perf_counter()
    questions = questions_of(index, np.random.default_rng(2), _OF_ONE + _OF_ALL)
    of_one = timed(partial(_asked, assistant), questions[:_OF_ONE])
    of_all = timed(lambda asked: assistant.ask(asked[0]), questions[_OF_ONE:])
    right = sum(_found(assistant, asked) for asked in islice(questions, _OF_ONE, None))
    resident, own = memory("VmRSS"), memory("RssAnon")
    plain = Assistant(index, encoder, reader, threshold, cache=folder.with_suffix(".cache"), sure=sure, hints=False)
    without = timed(partial(_asked, plain), questions[:_OF_ONE])
    update(folder)
    again = perf_counter()
    assistant.renew(load_index(folder, encoder))
    return {
        "load_s": loaded - began,
        "count_s": counted - loaded,
        "one_ms": of_one,
        "one_without_hints_ms": without,
        "all_ms": of_all,
        "own_article_first": right / _OF_ALL,
        "resident_mb": resident,
        "own_mb": own,
        "renew_s": perf_counter() - again,
    }


def questions_of(index: SentenceIndex, random: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """Make questions, each with the id of the article of its sentence."""
    rows = random.integers(0, len(index), count).tolist()
    return [(_question(index.text(row), random), index.articles[index.sentences[row].article].id) for row in rows]


def _article(encoder: WordVectors, random: np.random.Generator) -> Article:
    size = round(_SHORTEST * (_LONGEST / _SHORTEST) ** random.random())
    drawn = ranks(random, size * _WORDS, len(encoder.words))
    words = [encoder.words[rank] if rank % NAMES else encoder.words[rank].capitalize() for rank in drawn]
    sentences = [f"{' '.join(words[first : first + _WORDS])}." for first in range(0, len(words), _WORDS)]
    sentences = [one[0].upper() + one[1:] for one in sentences]
    paragraphs = [" ".join(sentences[first : first + _IN_PARAGRAPH]) for first in range(0, size, _IN_PARAGRAPH)]
    return Article("\n\n".join(paragraphs))


def _question(sentence: str, random: np.random.Generator) -> str:
    words = random.choice(sentence.lower().rstrip(".").split(), _OF_QUESTION, replace=False)
    return f"What was the {' '.join(words)}?"


def _asked(assistant: Assistant, asked: tuple[str, str]) -> None:
    assistant.ask(asked[0], article=asked[1])


def _found(assistant: Assistant, asked: tuple[str, str]) -> bool:
    """Tell whether the best sentence is of the article that the question was made of."""
    index = assistant.index
    best = assistant.retriever.hits(asked[0])[0]
    return index.articles[index.sentences[best.row].article].id == asked[1]


def main() -> None:
    """Measure each step in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--step", nargs=3, metavar=("STEP", "SIZE", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        one_step(given.step, build, {"update": update, "ask": ask})
        return
    report = {**begun(), "articles": given.articles}
    for step in in_processes("tests.benchmarks.library", ("build", "update", "ask"), given.articles):
        report |= step
        Console().print_json(data=step)
    write_report(given.json, report)


if __name__ == "__main__":
    main()
