"""Word documents."""

from __future__ import annotations

from io import BytesIO

import mammoth
from lxml import html

from index.documents.archive import open_archive
from index.documents.document import Document, joined
from index.documents.html import paragraphs, without_note_marks
from index.documents.worker import serve
from index.errors import InputError

_STYLES = "p[style-name='Title'] => h1:fresh"
"""Beside those that mammoth knows."""


def read_docx(data: bytes) -> Document:
    """Read a Word document: headings, paragraphs, lists, tables and footnotes, insertions accepted, comments left out.

    :param data: The file.
    :return: Its text.
    :raises InputError: If it has no text, or unpacks to too much.
    """
    open_archive(data).close()
    # pictures are neither unpacked nor fetched
    page = mammoth.convert_to_html(
        BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _: {})
    ).value
    document = joined(paragraphs(without_note_marks(html.document_fromstring(page))) if page.strip() else [])
    if not document.text:
        raise InputError("has no text in it. If it holds pictures of pages, run OCR first, which makes text of them.")
    return document


if __name__ == "__main__":
    serve(read_docx)
