"""E-books."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree, html

from index.documents.archive import open_archive
from index.documents.document import Document, Paragraph, joined
from index.documents.html import paragraphs, without_note_marks
from index.documents.worker import serve
from index.errors import InputError

_CONTAINER = "META-INF/container.xml"
_LOCKED = "META-INF/encryption.xml"
_DECLARATION = re.compile(r"\ufeff?\s*<\?xml.*?\?>", re.DOTALL)


def read_epub(data: bytes) -> Document:
    """Read an e-book: its chapters in the order of reading, without the table of contents.

    :param data: The file, EPUB 2 or 3.
    :return: Its title and text.
    :raises InputError: If it has no text, or unpacks to too much.
    """
    with open_archive(data) as archive:
        place = _xml(archive, _CONTAINER).xpath("string(//*[local-name()='rootfile']/@full-path)")
        package = _xml(archive, place)
        title = package.xpath("string(//*[local-name()='metadata']/*[local-name()='title'][1])")
        document = joined(_chapters(archive, package, posixpath.dirname(place)), title)
        if not document.text.removeprefix(" ".join(title.split())).strip():
            locked = _LOCKED in archive.namelist()
            raise InputError(
                "is protected against copying, so its text cannot be read. Give a copy without this protection."
                if locked
                else "has no text in it. If it holds pictures of pages, run OCR first, which makes text of them."
            )
    return document


def _chapters(archive: ZipFile, package: Any, folder: str) -> Iterator[Paragraph]:
    items = {item.get("id"): item for item in package.xpath("//*[local-name()='manifest']/*")}
    there = set(archive.namelist())
    for reference in package.xpath("//*[local-name()='spine']/*"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        if name in there and "html" in (item.get("media-type") or ""):
            page = _DECLARATION.sub("", _decoded(archive.read(name)), count=1)
            if page.strip():
                yield from paragraphs(without_note_marks(html.document_fromstring(page)).find("body"))


def _decoded(data: bytes) -> str:
    # the two that an e-book may have
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="replace")


def _xml(archive: ZipFile, name: str) -> Any:
    # no entity of the document's own is resolved, and nothing is fetched
    return etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, no_network=True))


if __name__ == "__main__":
    serve(read_epub)
