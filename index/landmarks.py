"""From a place in an article's text back to the document that a person holds: page, heading, paragraph."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from index.hidden import label

HEADING_LENGTH = 150
"""Code points; a longer heading is cut."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Where the pages and headings of a document begin in its text.

    :param pages: The first code point of each page, from page 1 on; of a page without text, that of the next.
    :param headings: The first code point of each heading.
    """

    pages: tuple[int, ...] = ()
    headings: tuple[int, ...] = ()

    def fits(self, text: str) -> bool:
        """Tell whether these may be the landmarks of a text: in order, and none beyond its end."""
        ordered = all(before <= after for before, after in pairwise(self.pages)) and all(
            before < after for before, after in pairwise(self.headings)
        )
        return ordered and all(0 <= mark <= len(text) for mark in (*self.pages, *self.headings))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person finds a sentence in the document.

    :param page: Number of its page, from 1; None if the document has no pages.
    :param heading: The nearest heading above it, the title left out; None if there is none.
    :param paragraph: Number of its paragraph, from 1: on the page, else below the nearest heading, else in all.
        Headings do not count, the rest of a paragraph of the page before does. None for a heading itself.
    """

    page: int | None = None
    heading: str | None = None
    paragraph: int | None = None


def place_of(start: int, text: str, landmarks: Landmarks, paragraph_at: Callable[[int], int]) -> Place:
    """Tell where a sentence stands in its document.

    :param start: The first code point of the sentence.
    :param text: The article's text.
    :param landmarks: The pages and headings of the document.
    :param paragraph_at: Gives the number of the paragraph that holds a code point, or of the next one.
    :return: The place.
    """
    page, above = bisect_right(landmarks.pages, start), bisect_right(landmarks.headings, start)
    own = paragraph_at(start)
    headed = paragraph_at(landmarks.headings[above - 1]) if above else -1
    counted = own - headed
    if page:
        first = landmarks.pages[page - 1]
        counted = own - paragraph_at(first) + 1 - (above - bisect_left(landmarks.headings, first))
    # one in the first line is the title
    heading = _line(text, landmarks.headings[above - 1]) if headed > 0 else None
    return Place(page or None, heading, None if headed == own else counted)


def _line(text: str, start: int) -> str:
    line = label(text[start : start + HEADING_LENGTH + 1].partition("\n")[0])
    return line if len(line) <= HEADING_LENGTH else line[: HEADING_LENGTH - 1].rstrip() + "…"
