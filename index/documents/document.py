"""What a reader of documents gives: paragraphs as text, made alike whatever the format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.errors import InputError
from index.landmarks import Landmarks

_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Soft hyphens and marks that only say where a line may end."""
_BETWEEN = "\n\n"
_NEAR = 5
"""Paragraphs: a title stands in one of the first ones, below a date or the name of a section, say."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a document.

    :param text: Its title and paragraphs, a blank line between two; lines that are kept apart have one line end.
    :param url: Where it says that it can be read on the web: its word, which nobody has checked.
    :param landmarks: Its pages and headings.
    """

    text: str
    url: str | None = None
    landmarks: Landmarks = field(default=Landmarks())


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document, not tidied.

    :param text: Its words; a line end stays one.
    :param heading: Whether it is a heading.
    :param pages: The code point of its text at which each page begins that begins in it, or just before it.
    """

    text: str
    heading: bool = False
    pages: tuple[int, ...] = ()


def check_length(text: str, longest: int) -> None:
    """Refuse a text that is too long.

    :param text: The text of a document.
    :param longest: Code points that it may have.
    :raises InputError: If it has more; the message goes on after the file's name.
    """
    if len(text) > longest:
        raise InputError(
            f"has {len(text):,} characters; at most {longest:,} are read. Give it in several parts, a chapter each."
        )


def joined(paragraphs: Iterable[Paragraph], title: str | None = None, url: str | None = None) -> Document:
    r"""Join paragraphs to a text: white space is one space, a line end stays, what is not seen goes.

    >>> joined([Paragraph("The  story."), Paragraph(" "), Paragraph("It goes\ton.")], title="A headline").text
    'A headline\n\nThe story.\n\nIt goes on.'

    :param paragraphs: In their order.
    :param title: Becomes the first line if none of the first paragraphs is it.
    :param url: The document's own address.
    :return: The document; its text may be empty.
    """
    kept = _kept(paragraphs)
    heading = " ".join(_tidied(title or "").split())
    if heading and not any(_alike(heading, one.text) for one in kept[:_NEAR]):
        kept.insert(0, Paragraph(heading, heading=True))
    if len(kept) > 1 and kept[0].text == kept[1].text:
        # a page of its own for the title, and the title again
        first, second = kept[:2]
        kept[:2] = [Paragraph(first.text, first.heading or second.heading, (*[0] * len(first.pages), *second.pages))]
    pages, headings, place = [], [], 0
    for one in kept:
        headings += [place] if one.heading else []
        pages += [place + start for start in one.pages]
        place += len(one.text) + len(_BETWEEN)
    return Document(_BETWEEN.join(one.text for one in kept), url, Landmarks(tuple(pages), tuple(headings)))


def _kept(paragraphs: Iterable[Paragraph]) -> list[Paragraph]:
    """Tidy paragraphs, and leave out those in which nothing is seen; the pages that begin in them begin later."""
    kept: list[Paragraph] = []
    begun = 0
    for one in paragraphs:
        text = _tidied(one.text)
        pages = (*[0] * begun, *_tidied_places(one, len(text)))
        begun = 0 if text else len(pages)
        if text:
            kept.append(Paragraph(text, one.heading, pages))
    return kept


def _tidied_places(paragraph: Paragraph, length: int) -> Iterator[int]:
    """Tell where pages begin in the tidied text, piece by piece: a paragraph may go over thousands of pages."""
    place = 0
    for start, end in pairwise((0, *paragraph.pages)):
        piece = paragraph.text[start:end]
        place += len(_tidied(piece)) + piece[-1:].isspace()
        yield min(place, length)


def rows(cells: Sequence[Sequence[str]], headed: bool) -> list[str]:
    """Write a table as lines that can be read alone: what a row is about, then each value with its column's heading.

    Of five forms, both readers found the right value most often in this one: see `docs/tried.md`.

    >>> rows([["Country", "Capital"], ["Norway", "Oslo"]], headed=True)
    ['Norway (Country): Capital: Oslo']

    :param cells: The rows.
    :param headed: Whether the first row holds the headings of the columns.
    :return: A line for each row but the headings; without headings, or where their number differs, bars stand between.
    """
    made = [[" ".join(cell.split()) for cell in row] for row in cells]
    if not headed or len(made) < 2:  # headings alone are all that the table says
        return [_barred(row) for row in made]
    headings = made[0]
    return [_named(headings, row) if len(row) == len(headings) else _barred(row) for row in made[1:]]


def _named(headings: Sequence[str], row: Sequence[str]) -> str:
    pairs = [(heading.rstrip(":"), cell) for heading, cell in zip(headings, row, strict=True)]
    values = "; ".join(f"{heading}: {cell}" if heading else cell for heading, cell in pairs[1:] if cell)
    heading, subject = pairs[0]
    if heading and subject:
        subject = f"{subject} ({heading})"
    return ": ".join(filter(None, (subject, values)))


def _barred(row: Sequence[str]) -> str:
    return " | ".join(cell for cell in row if cell)


def _tidied(paragraph: str) -> str:
    # halves of a pair that stand together are one character; one alone is none
    whole = paragraph.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = (" ".join(_UNSEEN.sub("", line).split()) for line in whole.splitlines())
    return "\n".join(filter(None, ("".join(filter(_shown, line)) for line in lines)))


def _shown(mark: str) -> bool:
    return unicodedata.category(mark) != "Cc"


def _alike(title: str, paragraph: str) -> bool:
    """Tell whether a paragraph is the title, perhaps with the name of the site after it."""
    shorter, longer = sorted((title.casefold(), " ".join(paragraph.split()).casefold()), key=len)
    return longer.startswith(shorter) and 3 * len(shorter) >= len(longer)
