"""Articles with the questions that are asked of them whole, to fit and to measure with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.article import Article

from ..corpus import read_questions
from ..everyday import Part, read_everyday
from ..records import Span

_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one article; no spans means that the article does not say."""

    source: str
    question: str
    spans: tuple[Span, ...]


def everyday(folder: Path, part: Part) -> Iterator[tuple[Article, list[Asked]]]:
    """Read the everyday questions of a part."""
    for article, questions in read_everyday(folder, part):
        yield article, [Asked(one.kind, one.question, one.spans) for one in questions]


def joined(path: Path) -> Iterator[tuple[Article, list[Asked]]]:
    """Join the passages of each title, in the order of the file, with a blank line between them."""
    rows = read_questions(path)
    for title in dict.fromkeys(row.article for row in rows):
        of_title = [row for row in rows if row.article == title]
        contexts = list(dict.fromkeys(row.context for row in of_title))
        lengths = np.array([len(context) + len(_BREAK) for context in contexts])
        first = dict(zip(contexts, (np.cumsum(lengths) - lengths).tolist(), strict=True))
        yield (
            Article(_BREAK.join(contexts)),
            [
                Asked(
                    path.name.split(".")[0],
                    row.question,
                    tuple(Span(first[row.context] + s.start, first[row.context] + s.end) for s in row.spans),
                )
                for row in of_title
            ],
        )
