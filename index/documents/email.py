"""E-mails, as programs save them (.eml)."""

from __future__ import annotations

import email
import re
from email import policy

from lxml import html

from index.documents.document import Document, Paragraph, joined
from index.documents.html import paragraphs
from index.documents.worker import serve
from index.errors import InputError
from index.paragraphs import paragraphs as of_text

_HEADERS = ("From", "To", "Cc", "Date")
_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_FLOWED = re.compile(r"(?<!^--) \n(?!\n)", re.MULTILINE)
_FOR_LAYOUT = (
    "//*[self::table or self::tbody or self::tr or self::td or self::th]"
    "[ancestor-or-self::table[1][@role='presentation' or .//table]]"
)
"""Most e-mails in HTML are laid out by tables in tables."""


def read_email(data: bytes) -> Document:
    """Read an e-mail: its subject, who wrote it to whom and when, and what it says, without attachments.

    :param data: The file, as RFC 5322 has it.
    :return: Its text. Where it is there as text and as HTML, the text is taken.
    :raises InputError: If it says nothing.
    """
    message = email.message_from_bytes(data, policy=policy.default)
    body = message.get_body(("plain", "html"))
    told = body.get_content().replace("\r\n", "\n") if body else ""
    if not body or not told.strip():
        raise InputError("is an e-mail without text. Save what is attached to it and give that.")
    headers = "\n".join(f"{name}: {message[name]}" for name in _HEADERS if message[name])
    if body.get_content_subtype() == "html":
        said = _of_html(told)
    else:
        # RFC 3676: a line that ends with a space goes on
        flowed = _FLOWED.sub(" ", told) if body.get_param("format") == "flowed" else told
        shown = _QUOTED.sub("", flowed)
        said = [Paragraph(" ".join(shown[start:end].split())) for start, end in of_text(shown)]
    return joined([Paragraph(headers), *said], str(message["Subject"] or ""))


def _of_html(told: str) -> list[Paragraph]:
    page = html.document_fromstring(told.encode(), parser=html.HTMLParser(encoding="utf-8"))
    for part in page.xpath(_FOR_LAYOUT):
        part.tag = "div"
    return paragraphs(page.find("body"))


if __name__ == "__main__":
    serve(read_email)
