"""Groups: one question with several passages of one article, to be normalised in one softmax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from .records import Corpus, Example
from .tokens import MAX_QUESTION_TOKENS, IntArray, TokenTable, tokenise
from .windows import MAX_WINDOW_TOKENS, Cut, cut_windows, draw_cut

MAX_PASSAGES = 8
MAX_SPANS = 6
# how often an example of a kind is drawn in one view of the data; QAMR has 38 questions a sentence
WEIGHTS = {
    "everyday": 1.5,
    "follow_up": 1.8,
    "unansq": 0.4,
    "nq": 0.35,
    "timeqa": 0.25,
    "squad2": 0.55,
    "squad": 0.1,
    "wiki": 0.3,
    "reddit": 0.0,
    "amazon": 0.0,
    "qamr": 0.0,
    "covid": 0.0,
    "qed": 0.2,
    "nqg": 0.0,
    "rule": 0.12,
    "missing": 0.1,
    "yesno": 0.3,
    "twin": 0.2,
}
_ARTICLE_TOKENS = 520
"""Tokens of a group of windows of one article."""
_SILENT = 0.12
"""Share of such groups whose windows with an answer are left out."""
_DROPPABLE = frozenset({"squad2", "squad", "wiki", "nqg", "qamr"})


@dataclass(frozen=True, slots=True)
class GroupTable:
    """All groups of a run as arrays; n groups of up to `MAX_PASSAGES` rows.

    `question` (n,): position in the question table; `size` (n,): rows used;
    `start`, `length` (n, MAX_PASSAGES): a passage is a slice of the passage tokens;
    `spans` (n, MAX_SPANS, 4): row, first token, last token (in the passage), votes (0: unused);
    `region` (n,): the span only contains the answer; `kind` (n,): position in `kinds`.
    """

    question: IntArray
    size: IntArray
    start: IntArray
    length: IntArray
    spans: IntArray
    region: NDArray[np.bool_]
    kind: IntArray
    kinds: tuple[str, ...]
    passage_ids: IntArray
    question_ids: IntArray
    question_bounds: IntArray

    def save(self, path: Path) -> None:
        """Write the arrays to one compressed .npz file."""
        np.savez_compressed(path, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path) -> GroupTable:
        """Read a file that `save` wrote."""
        with np.load(path) as arrays:
            values = {name: arrays[name] for name in arrays.files}
        values["kinds"] = tuple(str(kind) for kind in values["kinds"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Group:
    """One drawn group: passages as (first token, length), spans as (row, first, last, votes)."""

    passages: tuple[tuple[int, int], ...]
    spans: tuple[tuple[int, int, int, int], ...]


class GroupDrawer:
    """Draws groups of passages for the examples of a corpus."""

    def __init__(self, corpus: Corpus, table: TokenTable, questions: TokenTable, vocabulary: int) -> None:
        self.corpus, self.table, self.questions = corpus, table, questions
        self._sentences = [table.sentence_tokens(i, p) for i, p in enumerate(corpus.paragraphs)]
        seen = np.ones(vocabulary, np.float64)
        for a, b in pairwise(table.bounds):
            seen[np.unique(table.ids[a:b])] += 1
        self._idf: list[float] = np.log(len(corpus.paragraphs) / seen).clip(0).tolist()

    def windows(self, paragraph: int, cut: Cut, rng: Random) -> list[tuple[int, int]]:
        """Return token ranges [first, last) in the whole passage table."""
        sentences = self._sentences[paragraph]
        base = int(self.table.bounds[paragraph])
        lengths = [b - a for a, b in sentences]
        return [
            (base + sentences[i][0], base + min(sentences[j - 1][1], sentences[i][0] + MAX_WINDOW_TOKENS))
            for i, j in cut_windows(lengths, cut, rng)
            if sentences[j - 1][1] > sentences[i][0]
        ]

    def draw(self, example: Example, question: int, rng: Random) -> Group | None:
        """Draw one group for `example`; None where no window holds an answer whole."""
        cut = draw_cut(0.3, rng)
        if example.scores:
            return self._of_article(example, cut, rng)
        if example.kind in _DROPPABLE and len(example.neighbours) > 3 and rng.random() < 0.1:
            near = self._near(example, question, cut, rng.randint(3, MAX_PASSAGES), rng)
            return Group(tuple((a, b - a) for a, b in near), ())
        own = self.windows(example.paragraph, cut, rng)
        held = self._held(example, own)
        if example.spans and not held:
            own = self.windows(example.paragraph, Cut(MAX_WINDOW_TOKENS, 10_000), rng)
            held = self._held(example, own)
            if not held:
                return None
        gold = sorted({w for w, *_ in held})[:3]
        order = {w: row for row, w in enumerate(gold)}
        rows = [own[w] for w in gold]
        spans = tuple((order[w], a, b, votes) for w, a, b, votes in held if w in order)[:MAX_SPANS]
        others = [own[w] for w in range(len(own)) if w not in order and not self._tells(example, own[w])]
        size = rng.randint(2, MAX_PASSAGES)
        rng.shuffle(others)
        room = size - len(rows) if not example.neighbours else min(size - len(rows), rng.randint(1, 3))
        rows += others[: max(room, 0)]
        rows += self._near(example, question, cut, size - len(rows), rng)
        return Group(tuple((a, b - a) for a, b in rows), spans)

    def _of_article(self, example: Example, cut: Cut, rng: Random) -> Group | None:
        """Draw windows of a whole article: those with an answer and, mostly, those that the retriever finds nearest."""
        sentences = self._sentences[example.paragraph]
        base = int(self.table.bounds[example.paragraph])
        firsts = [base + first for first, _ in sentences]
        own = self.windows(example.paragraph, cut, rng)
        held = self._held(example, own)
        if example.spans and not held:
            return None
        near = [
            max((score for first, score in zip(firsts, example.scores, strict=True) if a <= first < b), default=0.0)
            for a, b in own
        ]
        silent = bool(held) and rng.random() < _SILENT
        gold = [] if silent else sorted({w for w, *_ in held}, key=lambda w: -near[w])[:2]
        left_out = {w for w, *_ in held}
        rows, room = list(gold), _ARTICLE_TOKENS - sum(own[w][1] - own[w][0] for w in gold)
        for w in sorted(range(len(own)), key=lambda w: -near[w]):
            size = own[w][1] - own[w][0]
            if len(rows) == MAX_PASSAGES or room < size:
                break
            if w not in left_out and rng.random() < 0.75 and not self._tells(example, own[w]):
                rows.append(w)
                room -= size
        if not rows:
            return None
        order = {w: row for row, w in enumerate(rows)}
        spans = tuple((order[w], a, b, votes) for w, a, b, votes in held if w in order)[:MAX_SPANS]
        return Group(tuple((own[w][0], own[w][1] - own[w][0]) for w in rows), spans)

    def _held(self, example: Example, windows: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
        """Return (window, first, last, votes) of every span that lies whole in one window."""
        base = int(self.table.bounds[example.paragraph])
        held = []
        for span in example.spans:
            tokens = self.table.span_tokens(example.paragraph, span.start, span.end)
            if tokens is None:
                continue
            for w, (first, last) in enumerate(windows):
                if first <= base + tokens[0] and base + tokens[1] < last:
                    held.append((w, base + tokens[0] - first, base + tokens[1] - first, span.votes))
        return held

    def _tells(self, example: Example, window: tuple[int, int]) -> bool:
        """Say whether a window of the example's own paragraph repeats one of its answers."""
        if example.region:
            return False
        text, offsets = self.corpus.paragraphs[example.paragraph].text, self.table.offsets
        piece = text[offsets[window[0], 0] : offsets[window[1] - 1, 1]].lower()
        return any(text[s.start : s.end].lower() in piece for s in example.spans)

    def _near(self, example: Example, question: int, cut: Cut, count: int, rng: Random) -> list[tuple[int, int]]:
        """Draw up to `count` windows of neighbouring passages, the nearer ones more often."""
        left = list(example.neighbours)
        rows: list[tuple[int, int]] = []
        asked = set(self.questions.ids[self.questions.bounds[question] : self.questions.bounds[question + 1]].tolist())
        while left and len(rows) < count:
            windows = self.windows(left.pop(int(rng.random() ** 2 * len(left))), cut, rng)
            if not windows:
                continue
            if rng.random() < 0.3:
                rows.append(rng.choice(windows))
            else:
                rows.append(max(windows, key=lambda w: self._overlap(asked, w)))
        return rows

    def _overlap(self, asked: set[int], window: tuple[int, int]) -> float:
        return sum(self._idf[t] for t in asked.intersection(self.table.ids[window[0] : window[1]].tolist()))


def draw_groups(corpus: Corpus, tokenizer: Tokenizer, vocabulary: int, views: int, seed: int) -> GroupTable:
    """Draw `views` views of the corpus, each with fresh windows, negatives and wordings."""
    table = tokenise(tokenizer, [p.text for p in corpus.paragraphs])
    texts = [text for e in corpus.examples for text in (e.question, *e.variants)]
    questions = tokenise(tokenizer, texts, MAX_QUESTION_TOKENS)
    first = np.cumsum([0] + [1 + len(e.variants) for e in corpus.examples]).tolist()
    drawer = GroupDrawer(corpus, table, questions, vocabulary)
    kinds = tuple(WEIGHTS)
    drawn: list[tuple[int, Group, bool, int]] = []
    for view in range(views):
        rng = Random(f"{seed}-{view}")  # noqa: S311 - draws training data, keeps no secret
        for i, example in enumerate(corpus.examples):
            weight = WEIGHTS[example.kind]
            for _ in range(int(weight) + (rng.random() < weight % 1)):
                noisy = bool(example.variants) and rng.random() < 0.3
                asked = first[i] + (rng.randint(1, len(example.variants)) if noisy else 0)
                group = drawer.draw(example, asked, rng)
                if group is not None and group.passages:
                    drawn.append((asked, group, example.region, kinds.index(example.kind)))
    return _pack(drawn, kinds, table, questions)


def _pack(
    drawn: Sequence[tuple[int, Group, bool, int]], kinds: tuple[str, ...], table: TokenTable, questions: TokenTable
) -> GroupTable:
    n = len(drawn)
    start, length = np.zeros((n, MAX_PASSAGES), np.int32), np.zeros((n, MAX_PASSAGES), np.int32)
    spans = np.zeros((n, MAX_SPANS, 4), np.int32)
    for i, (_, group, _, _) in enumerate(drawn):
        for row, (first, size) in enumerate(group.passages):
            start[i, row], length[i, row] = first, size
        if group.spans:
            spans[i, : len(group.spans)] = group.spans
    return GroupTable(
        question=np.array([asked for asked, *_ in drawn], np.int32),
        size=np.array([len(group.passages) for _, group, *_ in drawn], np.int32),
        start=start,
        length=length,
        spans=spans,
        region=np.array([bool(s.any()) and region for s, (*_, region, _) in zip(spans, drawn, strict=True)], np.bool_),
        kind=np.array([kind for *_, kind in drawn], np.int32),
        kinds=kinds,
        passage_ids=table.ids,
        question_ids=questions.ids,
        question_bounds=questions.bounds,
    )
