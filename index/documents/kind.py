"""What kind of document a file is, told by its content."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from index.errors import InputError


class Kind(StrEnum):
    """A format that is read; its value is how it is named in messages."""

    TEXT = "text"
    MARKDOWN = "Markdown"
    HTML = "HTML"
    PDF = "PDF"
    DOCX = "DOCX"
    EPUB = "EPUB"
    EMAIL = "e-mail"


_HTML = re.compile(
    # what has matched is not tried in other ways, of which there are very many
    rb"(?:\xef\xbb\xbf)?(?>\s|<\?xml[^>]{0,200}\?>|<!--.{0,5000}?-->)*+<(?:!doctype\s+html|html|head|body)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_HEADER = rb"[!-9;-~]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+"
_HEADERS = re.compile(rb"(?:%b){2,200}+\r?\n" % _HEADER)
_OF_EMAIL = (
    re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE),
    re.compile(rb"^(?:message-id|mime-version|received):", re.IGNORECASE | re.MULTILINE),
)
FRONT_MATTER = re.compile(
    r"\ufeff?(?:---[ \t]*\r?\n(?P<yaml>(?:(?!(?:---|\.\.\.)[ \t]*\r?$).*\n){1,200}?)(?:---|\.\.\.)"
    r"|\+\+\+[ \t]*\r?\n(?P<toml>(?:(?!\+\+\+[ \t]*\r?$).*\n){1,200}?)\+\+\+)[ \t]*(?:\r?\n|\Z)",
    re.MULTILINE,
)
"""Facts about a Markdown file that stand before its text, in YAML or TOML; at most 200 lines."""
_FACT = re.compile(r"^[\w-]+[ \t]*[:=]", re.MULTILINE)
_BEGINS = 20_000
"""Bytes that are looked at for HTML, the headers of an e-mail, and front matter."""
_UNREAD = (
    (b"{\\rtf", "is Rich Text. Save it as DOCX or PDF."),
    (b"\x1f\x8b", "is compressed with gzip. Unpack it first."),
    (b"\x89PNG", "is a picture. Run OCR first, which makes text of it."),
    (b"\xff\xd8\xff", "is a picture. Run OCR first, which makes text of it."),
    (b"GIF8", "is a picture. Run OCR first, which makes text of it."),
    (b"II*\0", "is a picture. Run OCR first, which makes text of it."),
    (b"MM\0*", "is a picture. Run OCR first, which makes text of it."),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(data: bytes, name: str) -> Kind:
    r"""Tell what kind of document a file is: by its content, and Markdown, which looks like text, by its name, too.

    >>> kind_of(b"%PDF-1.7\n", "story.txt"), kind_of(b"# Story\n", "story.md")
    (<Kind.PDF: 'PDF'>, <Kind.MARKDOWN: 'Markdown'>)

    :param data: The file's bytes; its beginning and, for DOCX, all of it is looked at.
    :param name: The file's name.
    :return: Its kind: text if it is no other.
    :raises InputError: If it is of a kind that is not read; the message goes on after the file's name.
    """
    if data.lstrip(b"\xef\xbb\xbf\r\n\t ")[:5] == b"%PDF-":
        return Kind.PDF
    if data.startswith(b"PK\x03\x04"):
        return _of_zip(data)
    if data.startswith(_OLD_OFFICE):
        raise InputError(_of_old_office(data))
    for beginning, refusal in _UNREAD:
        if data.startswith(beginning):
            raise InputError(refusal)
    if _HTML.match(data[:_BEGINS]):
        return Kind.HTML
    if (headers := _HEADERS.match(data[:_BEGINS])) and all(one.search(headers[0]) for one in _OF_EMAIL):
        return Kind.EMAIL
    if PurePath(name).suffix.lower() in (".md", ".markdown") or _has_front_matter(data):
        return Kind.MARKDOWN
    return Kind.TEXT


def _of_zip(data: bytes) -> Kind:
    # the first file of an e-book or OpenDocument is its type, not compressed, behind a header of 30 bytes
    if data[30:].startswith(b"mimetypeapplication/epub+zip"):
        return Kind.EPUB
    if data[30:].startswith(b"mimetypeapplication/vnd.oasis.opendocument"):
        raise InputError("is an OpenDocument file. Save it as DOCX or PDF.")
    # names of files are not compressed either
    if b"word/document.xml" in data:
        return Kind.DOCX
    for part, what in ((b"xl/workbook", "an Excel workbook"), (b"ppt/presentation", "a PowerPoint presentation")):
        if part in data:
            raise InputError(f"is {what}. Save it as PDF.")
    raise InputError("is a ZIP archive without a Word document or e-book in it. Unpack it and give what it holds.")


def _of_old_office(data: bytes) -> str:
    # what is locked with a password today, and Outlook's messages, are kept as Office kept all before 2007
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "is encrypted. Save it without a password first."
    if "__substg1.0_".encode("utf-16-le") in data:
        return "is a message of Outlook (MSG). Save it as EML, text or PDF."
    return "is an Office document of before 2007. Save it as DOCX or PDF."


def _has_front_matter(data: bytes) -> bool:
    if data[:6].lstrip(b"\xef\xbb\xbf")[:3] not in (b"---", b"+++"):
        return False
    match = FRONT_MATTER.match(data[:_BEGINS].decode(errors="ignore"))
    return match is not None and _FACT.search(match["yaml"] or match["toml"]) is not None
