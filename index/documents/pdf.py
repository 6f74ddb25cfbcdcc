"""PDF: lines at places on pages, made into paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, groupby, pairwise

from pypdf import PdfReader
from pypdf.errors import DependencyError

from index.documents.document import Document, Paragraph, joined, rows
from index.documents.pdf_lines import Line, letters, lines_of
from index.documents.worker import serve
from index.errors import InputError
from index.landmarks import HEADING_LENGTH

_EDGE = 2
"""Lines at the top and at the bottom of a page that can be its header and footer."""
_PAGE_NUMBER = re.compile(r"^(?:page|p\.)? | (?:of|/) \d+$|^[–-] | [–-]$", re.IGNORECASE)
_OF_BROWSER = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4}, \d{1,2}:\d\d|(?:https?|file)://\S+(?: \d+/\d+)?$")
_NEAR = 3.0
"""Points: headers stand that near to the same place on each page."""
_APART = 1.25
"""Leadings: lines further apart than that are of two paragraphs."""
_LARGE = 1.1
"""Times the usual size: such letters are of headings."""
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]»]*$")
_BULLET = re.compile(r"[•◦▪‣●○■–·][ \t]+")
_AROUND = 8
"""Lines before and after one that tell how wide the column is."""
_BROKEN = re.compile(r"[^\W_](?:-|\u2010|\u00ad)$|\d–$")
_SUSPENDED = re.compile(r"(?:and|or|to)\b")
"""Goes on after the hyphen of 'two- and three-storey'."""
_CUT = 0.04
"""Share of the lines; fewer end with the hyphen of a compound."""
_SOFT_HYPHEN = "\u00ad"


@dataclass(slots=True)
class _Joined:
    """A paragraph to which lines are joined: them, the size of the first one, and at which of them each page begins.

    It may be as long as the document, so no line is joined to it before all are there.
    """

    lines: list[str]
    size: float
    pages: list[int]

    def paragraph(self, usual: float) -> Paragraph:
        """Leave out the bullet, and tell a heading by its size from what is usual."""
        text = "".join(self.lines)
        starts = list(accumulate(map(len, self.lines), initial=0))
        bullet = _BULLET.match(text)
        cut = bullet.end() if bullet else 0
        heading = not bullet and self.size > _LARGE * usual and len(text) <= HEADING_LENGTH
        return Paragraph(text[cut:], heading, tuple(max(0, starts[line] - cut) for line in self.pages))


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
        pages = [lines_of(page, number) for number, page in enumerate(reader.pages)]
    except DependencyError as error:
        if not reader.is_encrypted:
            raise
        raise InputError("is encrypted. Save it without a password first.") from error
    document = joined(paragraphs(_without_edges(pages)))
    if not any(mark.isalnum() for mark in document.text):
        raise InputError(
            "has no text: it is probably scanned. Run OCR first (for example: ocrmypdf scanned.pdf readable.pdf)."
        )
    return document


def _without_edges(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """Leave out what stands at the same place at the edge of several pages, but for its numbers."""
    edges = [_edges(lines) for lines in pages]
    often = Counter(key for lines in edges for key in {_key(line) for line in lines})
    least = 2 if len(pages) <= 5 else 3  # in a long text, two may be alike by chance
    return [
        line
        for lines, edge in zip(pages, edges, strict=True)
        for line in lines
        if not (line in edge and (often[_key(line)] >= least or _is_added(line)))
    ]


def _is_added(line: Line) -> bool:
    """Tell whether a line is the number of its page, or what a browser prints above and below a page."""
    return _PAGE_NUMBER.sub("", line.text) == str(1 + line.page) or _OF_BROWSER.match(line.text) is not None


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
    words, leadings = _Words.of("\n".join(line.text for line in lines)), _leadings(lines)
    found: list[_Joined] = []
    page = -1
    for is_table, some in _stretches(lines):
        made = _table(some) if is_table else _prose(some, leadings, words)
        made[0].pages[:0] = [0] * (some[0].page - page)
        page = some[-1].page
        found += made
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    usual = max(sizes, key=lambda size: sizes[size])
    return [one.paragraph(usual) for one in found]


def _stretches(lines: Sequence[Line]) -> Iterator[tuple[bool, list[Line]]]:
    """Part tables, two rows or more with as many cells, from prose, and tell which it is."""
    alike = [[*some] for _, some in groupby(lines, key=lambda line: (len(line.cells), line.page if line.cells else 0))]
    stretch: list[Line] = []
    for some in alike:
        if some[0].cells and len(some) > 1:
            if stretch:
                yield False, stretch
            yield True, some
            stretch = []
        else:
            stretch += some
    if stretch:
        yield False, stretch


def _table(lines: Sequence[Line]) -> list[_Joined]:
    """Write the rows of a table; the first one is its headings if the numbers are all in the others."""
    first = lines[0].cells
    # they stand again on top of the next column
    cells = [first, *(line.cells for line in lines[1:] if line.cells != first)]
    numbers = [any(mark.isdigit() for cell in row for mark in cell) for row in cells]
    made = rows(cells, headed=not numbers[0] and all(numbers[1:]))
    return [_Joined([row], 0.0, []) for row in made]


def _prose(lines: Sequence[Line], leadings: Mapping[int, float], words: _Words) -> list[_Joined]:
    found = [_Joined([lines[0].text], lines[0].size, [])]
    for place, (left, right) in enumerate(pairwise(lines)):
        turned = right.page - left.page
        around = [line for line in lines[max(0, place - _AROUND) : place + _AROUND] if abs(line.size - left.size) < 1]
        if _begins(left, right, leadings[round(left.size)], around):
            found.append(_Joined([right.text], right.size, [0] * turned))
        else:
            found[-1].lines[-1:] = [_continued(left.text, right.text, words), right.text]
            found[-1].pages += [len(found[-1].lines) - 1] * turned
    return found


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
    widths = sorted(letters(line.text) for line in around)
    full = widths[int(0.75 * (len(widths) - 1))]
    room = full - letters(f"{left.text} {right.text.split(maxsplit=1)[0]}")
    if _ENDS.search(left.text) is None:
        return room > 0.5 * full
    return room > 0.05 * full or _both_indented(left, right, around)


def _both_indented(left: Line, right: Line, around: Sequence[Line]) -> bool:
    """Tell whether two lines are of a list, or of a quotation, which may be cut after a sentence."""
    column = [line.x for line in around if line.page == left.page and abs(line.x - left.x) < 5 * left.size]
    return abs(left.x - right.x) < 1 and left.x > min(column) + 0.5 * left.size


def _leadings(lines: Sequence[Line]) -> dict[int, float]:
    """Give the usual distance of two lines, by the size of their letters."""
    gaps: dict[int, list[float]] = {round(line.size): [] for line in lines}
    for left, right in pairwise(lines):
        gap = left.y - right.y
        if left.page == right.page and left.size == right.size and 0 < gap < 3 * left.size:
            gaps[round(left.size)].append(gap)
    # the lower third: in a text of short paragraphs, most distances are between two of them
    return {size: sorted(found)[len(found) // 3] if found else 1.4 * size for size, found in gaps.items()}


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a document, small, which tell whether a hyphen at a line end is the word's own.

    :param whole: Those that stand without a hyphen.
    :param compounds: Those with one, within a line.
    :param cut: Whether so many lines end with a hyphen that words must have been cut.
    """

    whole: frozenset[str]
    compounds: frozenset[str]
    cut: bool

    @classmethod
    def of(cls, text: str) -> _Words:
        """Collect them from the lines."""
        small = text.lower().replace("\u2010", "-")
        whole = re.findall(r"(?<![\w-])\w+(?![\w-])", small.replace("-\n", "-"))
        cut = small.count("-\n") >= _CUT * (1 + small.count("\n"))
        return cls(frozenset(whole), frozenset(re.findall(r"\w+-\w+", small)), cut)

    def is_compound(self, first: str, second: str) -> bool:
        """Tell whether two halves keep their hyphen: they have it elsewhere, or both are words, but not as one."""
        first, second = first.lower(), second.lower()
        if f"{first}-{second}" in self.compounds or first + second in self.whole:
            return f"{first}-{second}" in self.compounds
        return not self.cut or (first in self.whole and second in self.whole)


def _continued(left: str, right: str, words: _Words) -> str:
    """Give a line as it stands before the next one: a word that was cut becomes whole, a compound keeps its hyphen."""
    if not (_BROKEN.search(left) and right[:1].isalnum()) or (left[-1] != _SOFT_HYPHEN and _SUSPENDED.match(right)):
        return f"{left} "
    if left[-1] == _SOFT_HYPHEN:
        return left[:-1]
    if not right[0].islower() or left[-2].isdigit():
        return left
    first, second = re.search(r"\w*$", left[:-1]), re.match(r"\w*", right)
    compound = words.is_compound(first[0] if first else "", second[0] if second else "")
    return f"{left[:-1]}-" if compound else left[:-1]


if __name__ == "__main__":
    serve(read_pdf)
