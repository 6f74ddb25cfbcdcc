"""The records that training data is made of: frozen, offsets in Unicode code points."""

from __future__ import annotations

from dataclasses import dataclass

from index.article import Article
from index.sentences import split


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of one article with the bounds of its sentences.

    `sentences` holds (start, end) pairs into `text`, ascending, not overlapping.
    `article` names the article, so that negatives can be taken from the same one.
    """

    text: str
    sentences: tuple[tuple[int, int], ...]
    article: str


@dataclass(frozen=True, slots=True)
class Span:
    """An annotated answer `text[start:end]` and how many annotators chose it."""

    start: int
    end: int
    votes: int = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A question put to one paragraph; no spans means that the paragraph has no answer.

    `paragraph` and `neighbours` are positions in the corpus; neighbours are passages near
    the question that hold no annotated answer, hardest first. `variants` are noisy ways to
    put the same question. `region` marks spans known only to contain the answer. `scores` are the retriever's
    of the paragraph's sentences, where it is a whole article: they choose the hardest of its windows.
    """

    question: str
    paragraph: int
    spans: tuple[Span, ...]
    kind: str
    neighbours: tuple[int, ...] = ()
    variants: tuple[str, ...] = ()
    region: bool = False
    scores: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """Paragraphs and the examples that point into them."""

    paragraphs: tuple[Paragraph, ...]
    examples: tuple[Example, ...]


def sentence_bounds(text: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of each sentence of a text, as an index cuts it; none if nothing in it is visible."""
    return tuple((one.start, one.end) for one in split(Article(text))) if text.strip() else ()
