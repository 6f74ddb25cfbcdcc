"""The lines of a page of a PDF, each with its place, and with its cells where it may be the row of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot

from pypdf import PageObject

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_NARROW, _WIDE = re.compile(r"[ijltfrI.,;:'’|!()\[\] -]"), re.compile(r"[mwMW@%—A-HJ-LN-VX-Z]")
_MIDDLE = 0.5
"""Times the size of the letters: about the width of one."""
_GAP = 0.6
"""Times the size of the letters, and a part of what stands before it, whose width is a guess: a gap between cells."""
_LONGEST_CELL = 40
"""Code points."""
_ITEM = re.compile(r"[^\w\s]|\(?\w{1,4}[.)]")
"""A bullet or a number, behind which the words of an item stand."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    :param text: Its words.
    :param x: Where it begins, in points, from the left.
    :param y: How high its baseline is, in points; upwards.
    :param size: Of most of its letters, in points.
    :param page: Number of its page, from 0.
    :param cells: What gaps part, if it may be the row of a table; else nothing.
    """

    text: str
    x: float
    y: float
    size: float
    page: int
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """What was written into a line at once."""

    text: str
    x: float
    y: float
    size: float

    @property
    def end(self) -> float:
        """About where it ends, with the least gap behind it."""
        wide = letters(self.text.strip()) * _MIDDLE * self.size
        return self.x + 1.05 * wide + _GAP * self.size


@dataclass(slots=True)
class _Page:
    """Collects the lines of a page from what pypdf tells of it."""

    number: int
    lines: list[Line] = field(default_factory=list)
    pieces: list[_Piece] = field(default_factory=list)

    def visit(self, text: str, matrix: Sequence[float], inner: Sequence[float], _: object, size: float) -> None:
        """Take what is written at a place."""
        x = inner[4] * matrix[0] + inner[5] * matrix[2] + matrix[4]
        y = inner[4] * matrix[1] + inner[5] * matrix[3] + matrix[5]
        scale = hypot(inner[2], inner[3]) * hypot(matrix[2], matrix[3])
        for part in re.split(r"(\n)", text):
            if part == "\n":
                self.end()
            elif part.strip() or self.pieces:
                self.pieces.append(_Piece(part.translate(_LIGATURES), x, y, size * scale))

    def end(self) -> None:
        """End a line."""
        text = _tidied(self.pieces)
        if text:
            first, longest = self.pieces[0], max(self.pieces, key=lambda piece: len(piece.text.strip()))
            self.lines.append(Line(text, first.x, first.y, longest.size, self.number, _cells(self.pieces)))
        self.pieces.clear()


def lines_of(page: PageObject, number: int) -> list[Line]:
    """Read the lines of a page, in the order in which they were written into it.

    :param page: The page.
    :param number: Its number, from 0.
    :return: Its lines.
    """
    found = _Page(number)
    page.extract_text(visitor_text=found.visit)
    found.end()
    return found.lines


def letters(text: str) -> float:
    """Give about the width of a text, in letters of the middle width, for no font is looked at.

    >>> letters("mill") < letters("moon")
    True

    :param text: The text.
    """
    narrow, wide = len(_NARROW.findall(text)), len(_WIDE.findall(text))
    return len(text) - 0.45 * narrow + 0.4 * wide


def _tidied(pieces: Sequence[_Piece]) -> str:
    return " ".join("".join(piece.text for piece in pieces).split())


def _cells(pieces: Sequence[_Piece]) -> tuple[str, ...]:
    cells: list[list[_Piece]] = []
    for piece in pieces:
        if not piece.text.strip():
            continue
        if cells and piece.x <= cells[-1][-1].end:
            cells[-1].append(piece)
        else:
            cells.append([piece])
    texts = tuple(_tidied(cell) for cell in cells)
    row = len(texts) > 1 and not _ITEM.fullmatch(texts[0]) and all(len(text) <= _LONGEST_CELL for text in texts)
    return texts if row else ()
