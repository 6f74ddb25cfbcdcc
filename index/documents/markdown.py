"""Markdown: what a reader sees, not how it is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from index.documents.document import Document, Paragraph, joined, rows
from index.documents.kind import FRONT_MATTER
from index.documents.worker import serve

_PARSER = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(?P<quote>[\"']?)(?P<title>.{1,500}?)(?P=quote)[ \t]*$", re.MULTILINE)


def read_markdown(text: str) -> Document:
    """Read Markdown: links show their text, pictures their description, code stays; front matter and comments do not.

    :param text: The file's text: CommonMark with the tables and the crossed-out text of GitHub.
    :return: What is seen. The title of the front matter is its first line if there is no heading.
    """
    text = text.removeprefix("\ufeff")
    front = FRONT_MATTER.match(text)
    title = _TITLE.search(front["yaml"] or front["toml"] or "") if front else None
    tokens = _PARSER.parse(text[front.end() if front else 0 :])
    headed = any(token.type == "heading_open" for token in tokens)
    return joined(_paragraphs(tokens), title["title"] if title and not headed else None)


def _paragraphs(tokens: Sequence[Token]) -> Iterator[Paragraph]:
    table: list[list[str]] = []
    heading = False
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            heading = token.type == "heading_open"
        elif token.type == "tr_open":
            table.append([])
        elif token.type == "table_close":
            yield from map(Paragraph, rows(table, headed=True))
            table = []
        elif token.type == "inline" and table:
            table[-1].append(_inline(token.children or []))
        elif token.type == "inline":
            yield Paragraph(_inline(token.children or []), heading)
        elif token.type in ("fence", "code_block"):
            yield Paragraph(token.content)
        elif token.type == "html_block":
            yield Paragraph(Markup(token.content).striptags())  # noqa: S704  # to take the tags out, not to trust them


def _inline(tokens: Sequence[Token]) -> str:
    return "".join(map(_seen, tokens))


def _seen(token: Token) -> str:
    if token.type == "hardbreak" or (token.type == "html_inline" and token.content.lower().startswith("<br")):
        return "\n"
    if token.type == "softbreak":
        return " "
    return token.content if token.type in ("text", "text_special", "code_inline", "image") else ""


if __name__ == "__main__":
    serve(lambda data: read_markdown(data.decode()))
