"""Everyday questions: questions as people ask them of whole articles, alone and in conversations.

A folder holds `articles/NAME.txt` and, for each article, `train/NAME.jsonl` or `dev/NAME.jsonl`. A line is a question
(`question`, `answers`, `evidence`) or a conversation (`turns` of the same, those that lean on others
with `standalone`). An answer is looked for inside its evidence, which stands in the article once.

`MORE` holds more questions of the same kind, all of them to train on: gzipped lines of `article`, `questions`, and
`text` unless the article is one of `train`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from index.article import Article, read_article
from rag.understanding.interpretation import Said, in_context

from .records import Span

MORE = Path(__file__).with_name("more_questions.jsonl.gz")
HELD_BACK = 8
"""Every eighth article, by name, is held back: confidence is fitted on it."""
_BEST = 3
"""Votes of the answer that is named first; the others have one."""


@dataclass(frozen=True, slots=True)
class EverydayQuestion:
    """A question about one article; no spans means that the article does not say.

    `kind` is `everyday` for a question that stands alone and `follow_up` for one that is read with what was said
    before it.
    """

    kind: str
    question: str
    spans: tuple[Span, ...]


class Part(StrEnum):
    """What articles are for."""

    TRAIN = "train"
    HELD_BACK = "held back"
    DEV = "dev"


def read_everyday(folder: Path, part: Part) -> Iterator[tuple[Article, list[EverydayQuestion]]]:
    """Read the articles of a part and their questions."""
    questions = folder / ("dev" if part is Part.DEV else "train")
    for place, path in enumerate(sorted(questions.glob("*.jsonl"))):
        if part is Part.DEV or (place % HELD_BACK == 0) == (part is Part.HELD_BACK):
            yield _read(folder / "articles" / f"{path.stem}.txt", path)


def read_more(path: Path, folder: Path) -> Iterator[tuple[Article, list[EverydayQuestion]]]:
    """Read more questions, likewise.

    :param path: The file, such as `MORE`.
    :param folder: The folder of the other questions, with the articles whose text is not in the file.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in map(json.loads, file):
            name, text = line["article"], line.get("text")
            article = Article(text, id=name) if text else read_article(folder / "articles" / f"{name}.txt")
            yield article, [question for one in line["questions"] for question in _questions(article.text, one)]


def _read(text: Path, questions: Path) -> tuple[Article, list[EverydayQuestion]]:
    article = read_article(text)
    lines = questions.read_text(encoding="utf-8").splitlines()
    return article, [question for line in lines for question in _questions(article.text, json.loads(line))]


def _questions(text: str, line: dict[str, Any]) -> Iterator[EverydayQuestion]:
    said: list[Said] = []
    for turn in line.get("turns", [line]):
        spans = _spans(text, turn["answers"], turn["evidence"])
        if spans or not turn["answers"]:
            yield EverydayQuestion("everyday", turn.get("standalone", turn["question"]), spans)
            if said:
                yield EverydayQuestion("follow_up", in_context(turn["question"], said), spans)
        said.append(Said(turn["question"], turn["answers"][0] if turn["answers"] else ""))


def _spans(text: str, answers: Sequence[str], evidence: Sequence[str]) -> tuple[Span, ...]:
    spans: dict[tuple[int, int], int] = {}
    for rank, answer in enumerate(answers):
        for stretch in evidence:
            start, inside = text.find(stretch), stretch.find(answer)
            if start >= 0 and inside >= 0:
                spans.setdefault((start + inside, start + inside + len(answer)), _BEST if rank == 0 else 1)
    return tuple(Span(start, end, votes) for (start, end), votes in spans.items())
