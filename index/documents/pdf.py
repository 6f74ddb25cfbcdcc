"""PDF: lines at places on pages, made into paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from math import hypot

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError

from index.documents.document import Document, Paragraph, joined
from index.documents.worker import serve
from index.errors import InputError
from index.landmarks import HEADING_LENGTH

_EDGE = 2
"""Lines at the top and at the bottom of a page that can be its header and footer."""
_NEAR = 3.0
"""Points: headers stand that near to the same place on each page."""
_APART = 1.25
"""Leadings: lines further apart than that are of two paragraphs."""
_LARGE = 1.1
"""Times the usual size: such letters are of headings."""
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]»]*$")
_BULLET = re.compile(r"[•◦▪‣●○■–·][ \t]+")
_NARROW, _WIDE = re.compile(r"[ijltfrI.,;:'’|!()\[\] -]"), re.compile(r"[mwMW@%—A-HJ-LN-VX-Z]")
_AROUND = 8
"""Lines before and after one that tell how wide the column is."""
_BROKEN = re.compile(r"[^\W\d_](?:-|\u2010|\u00ad)$")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    :param text: Its words.
    :param x: Where it begins, in points, from the left.
    :param y: How high its baseline is, in points; upwards.
    :param size: Of its first letter, in points.
    :param page: Number of its page, from 0.
    """

    text: str
    x: float
    y: float
    size: float
    page: int


@dataclass(slots=True)
class _Joined:
    """A paragraph to which lines are joined: its text, the size of its first letter, and where pages begin in it."""

    text: str
    size: float
    pages: list[int]

    def paragraph(self, usual: float) -> Paragraph:
        """Leave out the bullet, and tell a heading by its size from what is usual."""
        bullet = _BULLET.match(self.text)
        cut = bullet.end() if bullet else 0
        heading = not bullet and self.size > _LARGE * usual and len(self.text) <= HEADING_LENGTH
        return Paragraph(self.text[cut:], heading, tuple(max(0, start - cut) for start in self.pages))


def read_pdf(data: bytes) -> Document:
    """Read a PDF: wrapped lines are joined, words mended, headers, footers and page numbers left out.

    :param data: The file.
    :return: Its text.
    :raises InputError: If it is encrypted, or has no text because it is scanned.
    """
    reader = PdfReader(BytesIO(data))
    try:
        # with an empty password, which locks only printing and the like
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("is encrypted. Save it without a password first.")
        pages = [_lines(page, number) for number, page in enumerate(reader.pages)]
    except DependencyError as error:
        raise InputError("is encrypted. Save it without a password first.") from error
    document = joined(paragraphs(_without_edges(pages)))
    if not any(mark.isalnum() for mark in document.text):
        raise InputError(
            "has no text: it is probably scanned. Run OCR first (for example: ocrmypdf scanned.pdf readable.pdf)."
        )
    return document


def _lines(page: PageObject, number: int) -> list[Line]:
    """Read the lines of a page, in the order in which they were written into it."""
    lines: list[Line] = []
    words: list[str] = []
    place = (0.0, 0.0, 0.0)

    def visit(text: str, matrix: Sequence[float], inner: Sequence[float], _: object, size: float) -> None:
        nonlocal place
        for part in re.split(r"(\n)", text):
            if part == "\n":
                end()
            elif part.strip() or words:
                if not words:
                    x = inner[4] * matrix[0] + inner[5] * matrix[2] + matrix[4]
                    y = inner[4] * matrix[1] + inner[5] * matrix[3] + matrix[5]
                    scale = hypot(inner[2], inner[3]) * hypot(matrix[2], matrix[3])
                    place = (x, y, size * scale)
                words.append(part)

    def end() -> None:
        if line := " ".join("".join(words).split()):
            lines.append(Line(line.translate(_LIGATURES), *place, number))
        words.clear()

    page.extract_text(visitor_text=visit)
    end()
    return lines


def _without_edges(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """Leave out what stands at the same place at the edge of several pages, but for its numbers."""
    edges = [_edges(lines) for lines in pages]
    often = Counter(key for lines in edges for key in {_key(line) for line in lines})
    least = 2 if len(pages) <= 5 else 3  # in a long text, two may be alike by chance
    return [
        line
        for lines, edge in zip(pages, edges, strict=True)
        for line in lines
        if not (line in edge and often[_key(line)] >= least)
    ]


def _edges(lines: Sequence[Line]) -> list[Line]:
    by_height = sorted(lines, key=lambda line: line.y)
    return [*by_height[:_EDGE], *by_height[-_EDGE:]]


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.text), round(line.y / _NEAR)


def paragraphs(lines: Iterable[Line]) -> list[Paragraph]:
    """Join lines to paragraphs: by the space between them, the size of their letters, and where they end early.

    :param lines: In the order of reading.
    :return: The paragraphs.
    """
    lines = list(lines)
    if not lines:
        return []
    compounds = set(re.findall(r"\w+-\w+", "\n".join(line.text for line in lines)))
    leadings = _leadings(lines)
    found = [_Joined(lines[0].text, lines[0].size, [0] * (1 + lines[0].page))]
    for place, (left, right) in enumerate(pairwise(lines)):
        turned = right.page - left.page
        around = [line for line in lines[max(0, place - _AROUND) : place + _AROUND] if abs(line.size - left.size) < 1]
        if _begins(left, right, leadings[round(left.size)], around):
            found.append(_Joined(right.text, right.size, [0] * turned))
        else:
            found[-1].text = _continued(found[-1].text, right.text, compounds)
            found[-1].pages += [len(found[-1].text) - len(right.text)] * turned
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    usual = max(sizes, key=lambda size: sizes[size])
    return [one.paragraph(usual) for one in found]


def _begins(left: Line, right: Line, leading: float, around: Sequence[Line]) -> bool:
    """Tell whether a line begins a paragraph, from the usual distance of two and the lines of its size around it."""
    if _BULLET.match(right.text) or abs(left.size - right.size) > 0.1 * max(left.size, right.size):
        return True
    gap = left.y - right.y
    follows = left.page == right.page and gap > 0
    if follows and gap > _APART * leading:
        return True
    if right.text[0].islower():
        return False
    # the first word of the next line would have stood on this one
    widths = sorted(_width(line.text) for line in around)
    full = widths[int(0.75 * (len(widths) - 1))]
    room = full - _width(f"{left.text} {right.text.split(maxsplit=1)[0]}")
    if _ENDS.search(left.text) is None:
        return room > 0.5 * full
    return room > 0.05 * full or _both_indented(left, right, around)


def _both_indented(left: Line, right: Line, around: Sequence[Line]) -> bool:
    """Tell whether two lines are of a list, or of a quotation, which may be cut after a sentence."""
    column = [line.x for line in around if line.page == left.page and abs(line.x - left.x) < 5 * left.size]
    return abs(left.x - right.x) < 1 and left.x > min(column) + 0.5 * left.size


def _width(text: str) -> float:
    """Give about the width of a text, in letters of the middle size, for no font is looked at."""
    narrow, wide = len(_NARROW.findall(text)), len(_WIDE.findall(text))
    return len(text) - 0.45 * narrow + 0.4 * wide


def _leadings(lines: Sequence[Line]) -> dict[int, float]:
    """Give the usual distance of two lines, by the size of their letters."""
    gaps: dict[int, list[float]] = {round(line.size): [] for line in lines}
    for left, right in pairwise(lines):
        gap = left.y - right.y
        if left.page == right.page and left.size == right.size and 0 < gap < 3 * left.size:
            gaps[round(left.size)].append(gap)
    # the lower third: in a text of short paragraphs, most distances are between two of them
    return {size: sorted(found)[len(found) // 3] if found else 1.4 * size for size, found in gaps.items()}


def _continued(left: str, right: str, compounds: set[str]) -> str:
    """Join a line to what stands before it; a word that was cut becomes whole, a compound keeps its hyphen."""
    if not (_BROKEN.search(left) and right[:1].isalpha()):
        return f"{left} {right}"
    if not right[0].islower():
        return left + right
    first, second = re.search(r"\w*$", left[:-1]), re.match(r"\w*", right)
    word = f"{first[0] if first else ''}-{second[0] if second else ''}"
    return f"{left[:-1]}-{right}" if word in compounds else left[:-1] + right


if __name__ == "__main__":
    serve(read_pdf)
