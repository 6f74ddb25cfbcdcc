"""Question sets to measure a reader on: each article whole, its passages found by BM25."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from .corpus import read_questions
from .lexical import bm25_table, lexical_scores
from .records import Paragraph, sentence_bounds
from .tokens import MAX_QUESTION_TOKENS, TokenTable, tokenise
from .windows import MAX_WINDOW_TOKENS

_BEST_PARAGRAPHS, _BEST_SENTENCES = 8, 5


@dataclass(frozen=True, slots=True)
class Item:
    """A question about an article: `proofs` are (paragraph, start, end) stretches a right citation must touch."""

    question: str
    article: str
    answers: tuple[str, ...]
    proofs: tuple[tuple[int, int, int], ...]
    items: tuple[str, ...] = ()
    given: int = -1


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage to read: tokens [first, first + length) of the table, inside `paragraph`."""

    paragraph: int
    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Items over tokenised paragraphs; `passages[format][i]` are the passages to read for item i."""

    name: str
    paragraphs: tuple[Paragraph, ...]
    items: tuple[Item, ...]
    table: TokenTable
    questions: TokenTable
    passages: dict[str, tuple[tuple[Passage, ...], ...]]


def squad_items(path: Path) -> tuple[list[Paragraph], list[Item]]:
    """Items of a SQuAD-like file; the paragraphs of one title are one article."""
    rows = read_questions(path)
    number: dict[str, int] = {}
    paragraphs: list[Paragraph] = []
    for row in rows:
        if row.context not in number:
            number[row.context] = len(paragraphs)
            paragraphs.append(Paragraph(row.context, sentence_bounds(row.context), row.article))
    items = []
    for row in rows:
        at = number[row.context]
        proofs = tuple((at, s.start, s.end) for s in row.spans)
        answers = tuple(row.context[s.start : s.end] for s in row.spans)
        items.append(Item(row.question, row.article, answers, proofs, given=at))
    return paragraphs, items


def article_items(article: Path, questions: Path) -> tuple[list[Paragraph], list[Item]]:
    """Items of a question set in JSON lines about one article; conversations are left out."""
    lines = [line.strip() for line in article.read_text(encoding="utf-8").split("\n") if line.strip()]
    paragraphs = [Paragraph(line, sentence_bounds(line), article.stem) for line in lines]
    items = []
    for line in questions.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "turns" in row:
            continue
        proofs = []
        for at, text in enumerate(lines):
            stretches = [(text.find(e), text.find(e) + len(e)) for e in row["evidence"] if e in text]
            for answer in row["answers"]:
                for a, b in stretches:
                    found = text.find(answer, a, b)
                    proofs += [(at, found, found + len(answer))] if found >= 0 else []
        answers = tuple(row["answers"]) if row["answerable"] else ()
        items.append(Item(row["question"], article.stem, answers, tuple(proofs), tuple(row.get("items", ()))))
    return paragraphs, items


def make_benchmark(
    name: str, source: tuple[list[Paragraph], list[Item]], tokenizer: Tokenizer, vocabulary: int
) -> Benchmark:
    """Tokenise a question set and find the passages of every item in every format."""
    paragraphs, items = source
    table = tokenise(tokenizer, [p.text for p in paragraphs])
    questions = tokenise(tokenizer, [i.question for i in items], MAX_QUESTION_TOKENS)
    finder = _Finder(paragraphs, table, vocabulary)
    passages: dict[str, tuple[tuple[Passage, ...], ...]] = {
        "paragraphs": tuple(finder.paragraphs(i, a) for i, a in _asked(items, questions)),
        "windows": tuple(finder.windows(i, a) for i, a in _asked(items, questions)),
    }
    if all(i.given >= 0 for i in items):
        passages["given"] = tuple(tuple(finder.whole(i.given)) for i in items)
    return Benchmark(name, tuple(paragraphs), tuple(items), table, questions, passages)


def _asked(items: Sequence[Item], questions: TokenTable) -> list[tuple[Item, np.ndarray]]:
    slices = [questions.ids[a:b] for a, b in pairwise(questions.bounds)]
    return list(zip(items, slices, strict=True))


class _Finder:
    """Finds passages of an article with BM25 over its paragraphs and sentences."""

    def __init__(self, paragraphs: Sequence[Paragraph], table: TokenTable, vocabulary: int) -> None:
        self.table = table
        self.sentences = [table.sentence_tokens(i, p) for i, p in enumerate(paragraphs)]
        self.members: dict[str, list[int]] = {}
        for i, paragraph in enumerate(paragraphs):
            self.members.setdefault(paragraph.article, []).append(i)
        self._places = {a: [(p, s) for p in m for s in range(len(self.sentences[p]))] for a, m in self.members.items()}
        self._by_paragraph = {
            a: bm25_table([table.ids[table.bounds[p] : table.bounds[p + 1]] for p in m], vocabulary)
            for a, m in self.members.items()
        }
        self._by_sentence = {
            a: bm25_table([self._tokens(p, s) for p, s in places], vocabulary) for a, places in self._places.items()
        }

    def _tokens(self, paragraph: int, sentence: int) -> np.ndarray:
        base = int(self.table.bounds[paragraph])
        first, last = self.sentences[paragraph][sentence]
        return self.table.ids[base + first : base + last]

    def whole(self, paragraph: int) -> list[Passage]:
        """Return a paragraph as one passage, or several where it is longer than a passage may be."""
        rows: list[tuple[int, int]] = []
        for first, last in self.sentences[paragraph]:
            if rows and last - rows[-1][0] <= MAX_WINDOW_TOKENS:
                rows[-1] = (rows[-1][0], last)
            else:
                rows.append((first, last))
        base = int(self.table.bounds[paragraph])
        return [Passage(paragraph, base + a, min(b - a, MAX_WINDOW_TOKENS)) for a, b in rows if b > a]

    def paragraphs(self, item: Item, asked: np.ndarray) -> tuple[Passage, ...]:
        """Return the best paragraphs of the item's article."""
        scores = lexical_scores([asked], self._by_paragraph[item.article])[0]
        best = np.argsort(-scores, kind="stable")[:_BEST_PARAGRAPHS]
        return tuple(p for k in best for p in self.whole(self.members[item.article][int(k)]))

    def windows(self, item: Item, asked: np.ndarray) -> tuple[Passage, ...]:
        """Return the best sentences of the item's article with their neighbours, touching ones joined."""
        places = self._places[item.article]
        by_sentence = lexical_scores([asked], self._by_sentence[item.article])[0]
        by_paragraph = lexical_scores([asked], self._by_paragraph[item.article])[0]
        order = {p: i for i, p in enumerate(self.members[item.article])}
        scores = by_sentence + 0.4 * np.array([by_paragraph[order[p]] for p, _ in places])
        picked = [places[int(k)] for k in np.argsort(-scores, kind="stable")[:_BEST_SENTENCES]]
        around = sorted({(p, n) for p, s in picked for n in (s - 1, s, s + 1) if 0 <= n < len(self.sentences[p])})
        rows: list[tuple[int, int, int, int]] = []
        for p, s in around:
            first, last = self.sentences[p][s]
            if rows and rows[-1][0] == p and rows[-1][3] == s - 1 and last - rows[-1][1] <= MAX_WINDOW_TOKENS:
                rows[-1] = (p, rows[-1][1], last, s)
            else:
                rows.append((p, first, last, s))
        base = self.table.bounds
        return tuple(Passage(p, int(base[p]) + a, min(b - a, MAX_WINDOW_TOKENS)) for p, a, b, _ in rows if b > a)
