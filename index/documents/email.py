"""E-mails, as programs save them (.eml)."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from email.message import MIMEPart
from typing import Any

from lxml import html

from index.documents.document import Document, Paragraph, joined
from index.documents.html import paragraphs
from index.documents.worker import serve
from index.errors import InputError
from index.paragraphs import paragraphs as of_text

_WITHOUT_TEXT = "is an e-mail without text. If something is attached to it, save that and give it."
_HEADERS = ("From", "To", "Cc", "Date", "Subject")
"""The subject is the title, too; behind its name, it is found when one asks for it: see `docs/tried.md`."""
_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_FLOWED = re.compile(r"(?<!^--) \n(?!\n)", re.MULTILINE)
_FOR_LAYOUT = "//table[@role='presentation' or .//table]"
"""Most e-mails in HTML are laid out by tables in tables."""
_OF_TABLES = ("table", "tbody", "tr", "td", "th")


def read_email(data: bytes) -> Document:
    """Read an e-mail: its subject, who wrote it to whom and when, and what it says; of what is attached, the names.

    :param data: The file, as RFC 5322 has it.
    :return: Its text. Where a part of it is there as text and as HTML, the text is taken, unless it is blank.
    :raises InputError: If it says nothing.
    """
    message = email.message_from_bytes(data, policy=policy.default)
    parts = [(part, _said(part)) for part in _shown(message)]
    said = [paragraph for _, some in parts for paragraph in some]
    if not joined(said).text:
        raise InputError(_WITHOUT_TEXT)
    headers = [f"{name}: {message[name]}" for name in _HEADERS if message[name]]
    if attached := ", ".join(name for part, some in parts if not some and (name := part.get_filename())):
        headers.append(f"Attachment: {attached}")
    # a line end that is hidden in a name would begin a header that nobody sent
    lines = "\n".join(" ".join(header.split()) for header in headers)
    return joined([Paragraph(lines), *said], str(message["Subject"] or ""))


def _shown(part: MIMEPart) -> Iterator[MIMEPart]:
    """Parts that a person reads one below the other: what is attached may stand between them."""
    if part.is_multipart() and part.get_content_type() == "multipart/mixed":
        for inner in part.iter_parts():
            yield from _shown(inner)
    else:
        yield part


def _said(part: MIMEPart) -> list[Paragraph]:
    for kind in ("plain", "html"):
        body = part.get_body((kind,))
        # a part without headers counts as false
        told = body.get_content().replace("\r\n", "\n") if body is not None else ""
        if body is not None and told.strip():
            return _of_html(told) if kind == "html" else _of_plain(told, flows=body.get_param("format") == "flowed")
    return []


def _of_plain(told: str, flows: bool) -> list[Paragraph]:
    # RFC 3676: a line that ends with a space goes on
    shown = _QUOTED.sub("", _FLOWED.sub(" ", told) if flows else told)
    return [Paragraph(" ".join(shown[start:end].split())) for start, end in of_text(shown)]


def _of_html(told: str) -> list[Paragraph]:
    # for the parser, a page with nothing in it is an error
    page = html.document_fromstring(f"<body>{told}".encode(), parser=html.HTMLParser(encoding="utf-8"))
    tables = set(page.xpath(_FOR_LAYOUT))
    for part in [part for part in page.iter(*_OF_TABLES) if _table_of(part) in tables]:
        part.tag = "div"
    return paragraphs(page.find("body"))


def _table_of(part: Any) -> Any:
    return part if part.tag == "table" else next(part.iterancestors("table"), None)


if __name__ == "__main__":
    serve(read_email)
