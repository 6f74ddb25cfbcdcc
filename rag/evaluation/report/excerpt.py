"""An article with stretches marked: whole if it is short, else the lines around the marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from index.article import Article
from rag.question_sets.question import Place

WHOLE = 12_000
"""Code points up to which an article is shown whole."""
_REACH = 1_500
"""Code points either side of a mark beyond which a line of a longer article is cut."""
_MOST = 20
"""Stretches of one kind that are marked: a run that names more is not one of ours."""


class Mark(StrEnum):
    """Why a stretch is marked."""

    GOLD = "gold"
    GIVEN = "given"
    CITED = "cited"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch over which the marks stay the same.

    :param marks: What it is marked as; none for plain text.
    :param begins: Those of the marks that begin here.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    begins: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an article, or what is shown of it.

    :param after_gap: Whether something before it is left out.
    """

    pieces: tuple[Piece, ...]
    after_gap: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of an article.

    :param open_end: Whether something after the last line is left out.
    """

    title: str
    lines: tuple[Line, ...]
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Code points `start` to `end`, all inside the article."""

    mark: Mark
    start: int
    end: int


def excerpt(article: Article, marked: Mapping[Mark, Sequence[Place]]) -> Excerpt:
    """Mark stretches of an article, and leave out what is far from them if it is long.

    :param article: The article.
    :param marked: Places by the reason to mark them. They may overlap; those of other articles do not count, and what
        reaches beyond the text is cut.
    :return: Lines that are not blank. Their pieces, put together, are `article.text` without what is left out.
    """
    text = article.text
    stretches = [
        _Stretch(mark, max(place.start, 0), min(place.end, len(text)))
        for mark in Mark
        for place in marked.get(mark, ())[:_MOST]
        if place.article == article.id and max(place.start, 0) < min(place.end, len(text))
    ]
    all_lines = [match.span() for match in re.finditer(r"[^\r\n]+", text) if match.group().strip()]
    kept = all_lines if len(text) <= WHOLE else list(_first(_near(all_lines, stretches)))
    begun: set[_Stretch] = set()
    lines = []
    before = 0
    for start, end in kept:
        pieces = tuple(_pieces(text, start, end, stretches, begun))
        lines.append(Line(pieces, after_gap=bool(text[before:start].strip())))
        before = end
    return Excerpt(article.title, tuple(lines), open_end=bool(text[before:].strip()))


def _near(lines: Sequence[tuple[int, int]], stretches: Sequence[_Stretch]) -> Iterator[tuple[int, int]]:
    """Lines that hold a mark, and one either side; what of them lies within reach of it."""
    windows = _merged([(stretch.start - _REACH, stretch.end + _REACH) for stretch in stretches])
    held = [any(one.start < end and start < one.end for one in stretches) for start, end in lines]
    for number, (start, end) in enumerate(lines):
        if any(held[max(number - 1, 0) : number + 2]):
            for low, high in windows:
                if max(start, low) < min(end, high):
                    yield max(start, low), min(end, high)


def _first(lines: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """As many code points as a short article has."""
    left = WHOLE
    for start, end in lines:
        if left > 0:
            yield start, min(end, start + left)
            left -= end - start


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _pieces(text: str, start: int, end: int, stretches: Sequence[_Stretch], begun: set[_Stretch]) -> Iterator[Piece]:
    """Split a line at every border; `begun` grows by the stretches that it has the first of."""
    inside = [one for one in stretches if one.start < end and start < one.end]
    borders = sorted({start, end, *(min(max(at, start), end) for one in inside for at in (one.start, one.end))})
    for low, high in pairwise(borders):
        covering = [one for one in inside if one.start <= low and high <= one.end]
        new = {one.mark for one in covering if one not in begun}
        begun.update(covering)
        held = {one.mark for one in covering}
        yield Piece(
            text[low:high],
            tuple(mark for mark in Mark if mark in held),
            tuple(mark for mark in Mark if mark in new),
        )
