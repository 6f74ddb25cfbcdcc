"""What a reader of documents gives: paragraphs as text, made alike whatever the format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Soft hyphens and marks that only say where a line may end."""
_NEAR = 5
"""Paragraphs: a title stands in one of the first ones, below a date or the name of a section, say."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a document.

    :param text: Its title and paragraphs, a blank line between two; lines that are kept apart have one line end.
    :param url: Where it says that it can be read on the web: its word, which nobody has checked.
    """

    text: str
    url: str | None = None


def joined(paragraphs: Iterable[str], title: str | None = None) -> str:
    r"""Join paragraphs to a text: white space is one space, a line end stays, what is not seen goes.

    >>> joined(["The  story.", " ", "It goes\ton."], title="A headline")
    'A headline\n\nThe story.\n\nIt goes on.'

    :param paragraphs: In their order.
    :param title: Becomes the first line if none of the first paragraphs is it.
    :return: The text; it may be empty.
    """
    tidied = [paragraph for one in paragraphs if (paragraph := _tidied(one))]
    heading = " ".join(_tidied(title or "").split())
    if heading and not any(_alike(heading, one) for one in tidied[:_NEAR]):
        tidied.insert(0, heading)
    if len(tidied) > 1 and tidied[0] == tidied[1]:
        # a page of its own for the title, and the title again
        del tidied[0]
    return "\n\n".join(tidied)


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
