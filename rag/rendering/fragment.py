"""A link that opens a page at a sentence: a text fragment (https://wicg.github.io/scroll-to-text-fragment/)."""

from __future__ import annotations

import re
from urllib.parse import quote

from index.errors import InputError
from rag.answer import CONTEXT, Quotation

LONGEST = 80
"""A quotation with more code points is named by its first and last words."""
_FEW = 4
"""Words at either end of a long quotation."""
_WEB = re.compile(r"https?://", re.IGNORECASE)
_LINE_BREAK = re.compile(r"[\r\n]")


def text_fragment(url: str, quoted: Quotation) -> str:
    """Link to a sentence of a web page. A browser that does not find it opens the top of the page.

    >>> sentence = Quotation("", "", 0, 6, 20, 6, 20, "Ada, who left.", "Kent. ", " Bob stayed.")
    >>> text_fragment("https://example.org/a#top", sentence)
    'https://example.org/a#top:~:text=Kent.-,Ada%2C%20who%20left.,-Bob%20stayed.'

    :param url: The page's address. Its fragment stays, but for a text fragment that it has already;
        without one it gets the page's number.
    :param quoted: The sentence. What stands around it, on its line, tells it from others with the same words.
    :return: The address with `#:~:text=[prefix-,]start[,end][,-suffix]`, each a run of whole words from one line.
    :raises InputError: If the address is none of http or https.
    """
    if not _WEB.match(url):
        raise InputError(f"{url!r} is no web address. Give one that starts with http:// or https://.")
    page, _, section = url.partition("#")
    if quoted.place.page and not section:
        # what opens PDF looks at this alone
        section = f"page={quoted.place.page}"
    prefix, suffix = _encoded(_before(quoted.prefix)), _encoded(_after(quoted.suffix))
    terms = [
        *([f"{prefix}-"] if prefix else []),
        *map(_encoded, _ends(quoted.quote)),
        *([f"-{suffix}"] if suffix else []),
    ]
    return f"{page}#{section.partition(':~:')[0]}:~:text={','.join(terms)}"


def _ends(text: str) -> list[list[str]]:
    """The words of a short text, or the first and the last few of one that is long or has several lines."""
    lines = [line.split() for line in _LINE_BREAK.split(text.strip())]
    # each term must lie within one block of the page, but between the two there may be several
    if len(lines) == 1 and (len(text) <= LONGEST or len(lines[0]) < 2 * _FEW):
        return lines
    return [lines[0][:_FEW], lines[-1][-_FEW:]]


def _before(prefix: str) -> list[str]:
    line = _LINE_BREAK.split(prefix)[-1]
    return line.split()[1:] if _cut(line, line[:1]) else line.split()


def _after(suffix: str) -> list[str]:
    line = _LINE_BREAK.split(suffix)[0]
    return line.split()[:-1] if _cut(line, line[-1:]) else line.split()


def _cut(line: str, outermost: str) -> bool:
    """Tell whether the word at the outer end of the context may be part of a longer one."""
    return len(line) == CONTEXT and not outermost.isspace()


def _encoded(words: list[str]) -> str:
    # `quote` leaves the hyphen alone, which the syntax gives a meaning
    return quote(" ".join(words), safe="").replace("-", "%2D")
