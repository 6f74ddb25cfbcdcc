"""Web pages: the article, without what the site puts around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

import trafilatura
from lxml import etree

from index.documents.document import Document, Paragraph, joined, rows
from index.documents.worker import serve
from index.errors import InputError

_FURNITURE = "//nav | //aside | //footer | //form | //iframe | //script | //*[@role='navigation' or @role='dialog']"
"""A page without any of it was written by a program that exports articles: all of it is the article."""
_LEFT_OUT = re.compile(
    "script|style|template|noscript|nav|aside|footer|form|button|select|textarea|iframe|object|svg|title"
)
# HTML's names, and those of the tree that trafilatura gives
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|caption|cell|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|"
    "h[1-6]|head|header|hr|item|li|list|main|ol|p|pre|quote|row|section|summary|table|td|th|tr|ul"
)
_NOTE_MARKS = (
    "//sup[contains(concat(' ', @class, ' '), ' reference ')] | //a[@role='doc-noteref' or @role='doc-backlink']"
    " | //a[@*[name()='epub:type'] = 'noteref']"
    " | //a[starts-with(@href, '#footnote-') or starts-with(@href, '#endnote-')]"
)
"""The numbers that lead to notes and back: of Wikipedia, of EPUB and pandoc, of mammoth."""
_HEADINGS = re.compile("h[1-6]|head")
_CELLS = frozenset(["td", "th", "cell"])
_ROWS = frozenset(["tr", "row"])


def read_html(data: bytes) -> Document:
    """Read a web page: headings, paragraphs, lists and tables; no navigation, comments or cookie bars.

    trafilatura decides what belongs to the article (Barbaresi, 2021, https://aclanthology.org/2021.acl-demo.15).

    :param data: The page, in the encoding that it declares, or that can be guessed.
    :return: Its text and its canonical address.
    :raises InputError: If there is no text in it.
    """
    page = trafilatura.load_html(data)
    if page is None:
        raise InputError("has no text that can be read as HTML. Open it in a browser and save its text.")
    without_note_marks(page)
    about = trafilatura.extract_metadata(page)
    found = (_article(page) if page.xpath(_FURNITURE) else []) or paragraphs(page.find("body"))
    if not joined(found).text:
        raise InputError("has no text in it: perhaps a script fills it. Open it in a browser and save its text.")
    return joined(found, about.title, about.url)


def without_note_marks(page: Any) -> Any:
    """Take out the numbers that lead to notes, which would stand in the middle of sentences; the notes stay.

    :param page: A page of `lxml.html`, which is changed.
    :return: The same page.
    """
    for mark in page.xpath(_NOTE_MARKS):
        if mark.get("role") == "doc-backlink" and mark.tail:
            # "1. " before a note
            mark.tail = mark.tail.removeprefix(".")
        mark.drop_tree()
    return page


def _article(page: Any) -> list[Paragraph]:
    """Give the paragraphs that trafilatura keeps."""
    found = _kept(page)
    around = None if page.xpath("//article | //main") else _around(page, found)
    if around is not None:
        # of a page in which nothing is marked as the article, it keeps no headings and lists
        around.tag = "article"
        found = max(found, _kept(page), key=len)
    return found


def _kept(page: Any) -> list[Paragraph]:
    # a copy, for trafilatura takes the page apart
    kept = trafilatura.bare_extraction(deepcopy(page), include_comments=False)
    return paragraphs(kept.body) if isinstance(kept, trafilatura.settings.Document) else []


def _around(page: Any, found: Iterable[Paragraph]) -> Any:
    """Find the smallest element that holds all of these paragraphs, if it is not all of the page."""
    texts = {" ".join(paragraph.text.split()) for paragraph in found}
    common: list[Any] | None = None
    for element in page.iter("p"):
        if " ".join(element.text_content().split()) in texts:
            above = list(element.iterancestors())
            common = above if common is None else [one for one in common if one in above]
    return common[0] if common and common[0].tag == "div" else None


def paragraphs(tree: Any) -> list[Paragraph]:
    """Give the text of a tree of HTML, a paragraph for each block, a line for each row of a table.

    :param tree: An element of lxml, or nothing.
    :return: Paragraphs, not tidied.
    """
    return list(_Blocks(tree).found()) if tree is not None else []


class _Blocks:
    """Walks a tree without recursion, however deep it is."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._words: list[str] = []
        self._table: list[list[str]] = []
        self._heads: list[bool] = []
        self._depth = 0
        self._in_cell = False
        self._lines_kept = 0
        self._headings = 0

    def found(self) -> Iterator[Paragraph]:
        walk = etree.iterwalk(self._tree, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event in ("comment", "pi"):
                self._write(element.tail)
            elif event == "start":
                yield from self._begin(element, walk)
            else:
                yield from self._end(element)
                if element is not self._tree:
                    self._write(element.tail)
        yield from self._flush()

    def _begin(self, element: Any, walk: Any) -> Iterator[Paragraph]:
        if _is_left_out(element):
            walk.skip_subtree()
            return
        if _is_block(element):
            yield from self._flush()
        if element.tag == "table":
            self._depth += 1
        elif element.tag in _ROWS and self._depth == 1:
            self._table.append([])
            self._heads.append(True)
        elif element.tag in _CELLS and self._depth == 1:
            self._words.clear()
            self._in_cell = True
            if self._heads:
                self._heads[-1] &= element.tag == "th" or element.get("role") == "head"
        elif element.tag in ("br", "lb"):
            self._words.append("\n" if not self._in_cell else " ")
        self._lines_kept += _keeps_lines(element)
        self._headings += _is_heading(element)
        self._write(element.text)

    def _end(self, element: Any) -> Iterator[Paragraph]:
        if _is_left_out(element):
            return
        if element.tag in _CELLS and self._depth == 1:
            if self._table:
                self._table[-1].append("".join(self._words))
            self._words.clear()
            self._in_cell = False
        elif element.tag == "table":
            self._depth -= 1
            if not self._depth:
                yield from self._rows()
        elif _is_block(element):
            yield from self._flush()
        self._lines_kept -= _keeps_lines(element)
        self._headings -= _is_heading(element)

    def _rows(self) -> Iterator[Paragraph]:
        filled = [row for row in self._table if any(cell.strip() for cell in row)]
        yield from map(Paragraph, rows(filled, headed=bool(self._heads) and self._heads[0]))
        self._table, self._heads = [], []

    def _write(self, text: str | None) -> None:
        if text:
            # a line end of the source is a space, but in what is set line by line
            self._words.append(text if self._lines_kept else " ".join(text.splitlines()) + " " * text.endswith("\n"))

    def _flush(self) -> Iterator[Paragraph]:
        if self._in_cell:
            self._words.append(" ")
            return
        if self._words:
            yield Paragraph("".join(self._words), heading=self._headings > 0)
            self._words.clear()


def _is_left_out(element: Any) -> bool:
    # the notes of an e-book are asides, too
    return _LEFT_OUT.fullmatch(element.tag) is not None and element.get("epub:type") is None


def _is_block(element: Any) -> bool:
    return _BLOCKS.fullmatch(element.tag) is not None or _keeps_lines(element)


def _is_heading(element: Any) -> bool:
    return _HEADINGS.fullmatch(element.tag) is not None


def _keeps_lines(element: Any) -> bool:
    """Tell whether an element is set line by line: `pre`, and what trafilatura makes of it."""
    if element.tag != "code":
        return bool(element.tag == "pre")
    parent = element.getparent()
    return parent is not None and parent.tag in ("body", "quote") and "\n" in (element.text or "")


if __name__ == "__main__":
    serve(read_html)
