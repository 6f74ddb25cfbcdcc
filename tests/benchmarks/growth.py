"""How an index grows: `python -m tests.benchmarks.growth --sizes 1000,10000,100000 --json FILE --plot FILE`.

All is made by rule, since encoding a million sentences takes hours. Vectors are a mixture: topics, in each some thirty
narrow clusters, in each about thirty sentences, and noise whose spread falls with the dimension, so that neighbours are
about as near as those of real sentences with the shipped encoder. They are somewhat easier to search: 40,000 of them
have a recall@10 and @100 of .998 and .987, 40,000 real sentences (encyclopaedias, reviews, forums) .983 and .968.
Questions are drawn alike, and are none of the sentences. Texts are words drawn by Zipf's law without the thirty most
frequent, which stand for stop words, and every eighth of the vocabulary is a name: forty sentences of a dozen words to
an article, four to a paragraph.

A million sentences need 6 GB of memory, 4 GB of disk and five to ten minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.console import Console

from index.article import Article
from index.folder import save_index
from index.loading import load_index
from index.recall import recall_of
from index.sentences import Sentence
from index.store import EncoderMark, SentenceIndex
from index.vectors import EXACT, Vectors, flat, vectors
from rag.answering.counts import Counts, kept_counts
from rag.retrieval.retriever import DEPTH, Retriever
from tests.benchmarks.steps import NAMES, begun, in_processes, memory, one_step, ranks, timed, write_report

DIMENSION = 384
_TOPIC, _CLUSTER, _FALL = 0.15, 0.2, 0.4
_IN_TOPIC, _IN_CLUSTER = 1000, 30
_IN_ARTICLE, _IN_PARAGRAPH, _WORDS, _VOCABULARY = 40, 4, 12, 50_000
_LETTERS = str.maketrans("0123456789", "abcdefghij")
_QUESTIONS, _EXACT_QUESTIONS = 200, 20
_BLOCK = 1 << 15
_MARK = EncoderMark("made by rule", "0" * 64, DIMENSION)


class Mixture:
    """Unit vectors made by rule, see the module.

    :param size: Sentences that it has topics and clusters for.
    """

    def __init__(self, size: int) -> None:
        self._random = np.random.default_rng(size)
        spread = np.arange(1, DIMENSION + 1, dtype=np.float32) ** -_FALL
        self._spread = (spread / np.linalg.norm(spread)).astype(np.float32)
        topics = self._noise(-(-size // _IN_TOPIC))
        of_cluster = self._random.integers(0, len(topics), -(-size // _IN_CLUSTER))
        clusters = self._noise(len(of_cluster))
        self._centres = _TOPIC**0.5 * topics[of_cluster] + _CLUSTER**0.5 * clusters

    def draw(self, count: int) -> NDArray[np.float32]:
        """Return float32 (count, dimension), unit rows."""
        rows = np.empty((count, DIMENSION), dtype=np.float32)
        for first in range(0, count, _BLOCK):
            block = rows[first : first + _BLOCK]
            centres = self._centres[self._random.integers(0, len(self._centres), len(block))]
            block[:] = centres + (1 - _TOPIC - _CLUSTER) ** 0.5 * self._noise(len(block))
            block /= np.linalg.norm(block, axis=1, keepdims=True)
        return rows

    def _noise(self, count: int) -> NDArray[np.float32]:
        return self._random.standard_normal((count, DIMENSION), dtype=np.float32) * self._spread


class Prepared:
    """Gives vectors made before to questions, in turn.

    :param rows: float32 (n, dimension).
    """

    name, digest, dimension = _MARK.name, _MARK.digest, _MARK.dimension

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._rows = iter(rows)

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions as texts."""
        return self.encode(questions)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the next vectors, whatever the texts."""
        return np.stack([next(self._rows) for _ in texts])


def sample(size: int) -> tuple[SentenceIndex, NDArray[np.float32], list[str]]:
    """Make an index without cells, and questions.

    :param size: Sentences, a multiple of 40.
    :return: The index, the questions' vectors, and texts of six words.
    """
    mixture = Mixture(size)
    questions = mixture.draw(_QUESTIONS)
    rows, paragraphs = flat(mixture.draw(size)), flat(mixture.draw(size // _IN_PARAGRAPH))
    articles = list(_articles(size))
    index = SentenceIndex([one for one, _ in articles], [of for _, of in articles], Vectors(rows), paragraphs, _MARK)
    random = np.random.default_rng(1)
    return index, questions, [" ".join(_words(random, 6)) for _ in questions]


def build(size: int, folder: Path) -> dict[str, float]:
    """Make an index and store it.

    :param size: Sentences, a multiple of 40.
    :param folder: Where to; the questions go beside it.
    :return: Seconds, and bytes of a sentence on disk: of all, and of all but the text.
    """
    mixture = Mixture(size)
    np.save(folder.with_suffix(".npy"), mixture.draw(_QUESTIONS))
    rows, paragraphs = mixture.draw(size), flat(mixture.draw(size // _IN_PARAGRAPH))
    began = perf_counter()
    stored = vectors(rows)
    build_s = perf_counter() - began
    del rows
    articles = list(_articles(size))
    index = SentenceIndex([one for one, _ in articles], [of for _, of in articles], stored, paragraphs, _MARK)
    began = perf_counter()
    save_index(index, folder)
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    text = sum(bytes_ for name, bytes_ in sizes.items() if name.startswith("article-"))
    return {
        "build_s": build_s,
        "save_s": perf_counter() - began,
        "bytes": sum(sizes.values()) / size,
        "bytes_without_text": (sum(sizes.values()) - text) / size,
        "peak_mb": memory("VmHWM"),
    }


def search(folder: Path) -> dict[str, Any]:
    """Load an index and search it, by vectors alone.

    :param folder: Where it is.
    :return: Seconds, milliseconds, memory after the searches (what is mapped can be taken back at any time), recall.
    """
    questions = np.load(folder.with_suffix(".npy"))
    bare = memory("VmRSS")
    began = perf_counter()
    index = load_index(folder, _MARK)
    load_s = perf_counter() - began
    taken = timed(lambda question: index.search(question, DEPTH), questions)
    resident, own = memory("VmRSS"), memory("RssAnon")
    every = Vectors(index.sentence_vectors.exact)
    exact = timed(lambda question: every.search(question, DEPTH), questions[:_EXACT_QUESTIONS])
    return {
        "load_s": load_s,
        "search_ms": taken,
        "exact_ms": exact,
        "resident_mb": resident,
        "own_mb": own,
        "bare_mb": bare,
        "recall@10": recall_of(index, questions, 10),
        "recall@100": recall_of(index, questions, 100),
    }


def count(folder: Path) -> dict[str, float]:
    """Count words and names for the first time; if they are many, they are kept.

    :param folder: Where the index is.
    :return: Seconds, memory.
    """
    _, _, count_s = _counted(folder)
    return {"count_s": count_s, "count_peak_mb": memory("VmHWM")}


def retrieve(folder: Path) -> dict[str, Any]:
    """Load an index, and its counts if they were kept, and find sentences, by vectors and words.

    :param folder: Where it is.
    :return: Seconds until the counts are there, milliseconds of a question without its encoding, memory.
    """
    questions = np.load(folder.with_suffix(".npy"))
    index, counts, kept_s = _counted(folder)
    retriever = Retriever(index, Prepared(questions), words=counts.words)
    random = np.random.default_rng(1)
    texts = [" ".join(_words(random, 6)) for _ in questions]
    taken = timed(retriever.sentence_hits, texts)
    return {
        "kept_s": kept_s,
        "retrieve_ms": taken,
        "retrieve_mb": memory("VmRSS"),
        "retrieve_peak_mb": memory("VmHWM"),
    }


def draw(results: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the growth.

    :param results: Of one size each, as written to JSON.
    :param path: A picture's file; its ending names the format.
    """
    sizes = [one["size"] for one in results]
    figure = Figure(figsize=(9, 6.4), layout="constrained")
    panels = figure.subplots(2, 2)
    _lines(
        panels[0, 0],
        sizes,
        "seconds",
        {
            "search structure built": [one["build_s"] for one in results],
            "stored": [one["save_s"] for one in results],
            "loaded": [one["load_s"] for one in results],
            "words and names counted": [one["count_s"] for one in results],
            "the same at the next start": [one["kept_s"] for one in results],
        },
    )
    _lines(
        panels[0, 1],
        sizes,
        "ms",
        {
            "search p50": [one["search_ms"]["p50"] for one in results],
            "search p95": [one["search_ms"]["p95"] for one in results],
            "all compared p50": [one["exact_ms"]["p50"] for one in results],
            "with words p50": [one["retrieve_ms"]["p50"] for one in results],
        },
    )
    _lines(
        panels[1, 0],
        sizes,
        "MB",
        {
            "on disk": [one["bytes"] * one["size"] / 1e6 for one in results],
            "resident after searches": [one["resident_mb"] for one in results],
            "of it not mapped": [one["own_mb"] for one in results],
            "resident with words": [one["retrieve_mb"] for one in results],
        },
    )
    _lines(
        panels[1, 1],
        sizes,
        "recall against exact search",
        {name: [one[name] for one in results] for name in ("recall@10", "recall@100")},
    )
    panels[1, 1].set_yscale("linear")
    panels[1, 1].set_ylim(min([0.9, *(one["recall@100"] - 0.01 for one in results)]), 1.003)
    figure.savefig(path, dpi=110)


def _lines(axes: Any, sizes: Sequence[int], unit: str, lines: Mapping[str, Sequence[float]]) -> None:
    for marker, (name, values) in zip("osD^v", lines.items(), strict=False):
        axes.loglog(sizes, values, marker=marker, label=name)
    axes.axvline(EXACT, color="grey", linewidth=1, linestyle=":")
    axes.set_xlabel("sentences (dotted: up to there all are compared)")
    axes.set_ylabel(unit)
    axes.grid(color="#dddddd")
    axes.legend(fontsize="small")


def _articles(size: int) -> Iterator[tuple[Article, list[Sentence]]]:
    random = np.random.default_rng(0)
    for _ in range(size // _IN_ARTICLE):
        words = _words(random, _IN_ARTICLE * _WORDS)
        texts, sentences, at = [], [], 0
        for number in range(_IN_ARTICLE):
            text = " ".join(words[number * _WORDS : (number + 1) * _WORDS]) + "."
            sentences.append(Sentence(at, at + len(text), number // _IN_PARAGRAPH, boilerplate=False))
            texts.append(text + ("\n" if (number + 1) % _IN_PARAGRAPH == 0 else " "))
            at += len(texts[-1])
        yield Article("".join(texts)), sentences


def _words(random: np.random.Generator, count: int) -> list[str]:
    """Draw words whose frequency falls with their rank, as Zipf's law has it."""
    drawn = ranks(random, count, _VOCABULARY)
    # letters alone, since nobody spells numbers; the last is none that a stem loses
    words = (f"w{rank}x".translate(_LETTERS) for rank in drawn)
    return [word.capitalize() if rank % NAMES == 0 else word for rank, word in zip(drawn, words, strict=True)]


def _counted(folder: Path) -> tuple[SentenceIndex, Counts, float]:
    """Return an index and its counts, which are kept beside it, and the seconds that these took."""
    index = load_index(folder, _MARK)
    began = perf_counter()
    counts = kept_counts(index, folder.with_suffix(".cache"))
    return index, counts, perf_counter() - began


def main() -> None:
    """Measure each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000", help="sentences, multiples of 40")
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--plot", type=Path, help="draw them there")
    parser.add_argument("--step", nargs=3, metavar=("STEP", "SIZE", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        one_step(given.step, build, {"search": search, "count": count, "retrieve": retrieve})
        return
    sizes = [int(size) for size in given.sizes.split(",")]
    if any(size < _IN_ARTICLE or size % _IN_ARTICLE for size in sizes):
        parser.error(f"--sizes {given.sizes}: give multiples of {_IN_ARTICLE}")
    report, results = begun(), []
    for size in sizes:
        found: dict[str, Any] = {"size": size}
        for step in in_processes("tests.benchmarks.growth", ("build", "search", "count", "retrieve"), size):
            found |= step
        results.append(found)
        Console().print_json(data=found)
    write_report(given.json, {**report, "results": results})
    if given.plot:
        draw(results, given.plot)


if __name__ == "__main__":
    main()
