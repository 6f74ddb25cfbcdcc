"""Plain text: its encoding told by its bytes, its pages by form feeds; nothing in it is altered."""

from __future__ import annotations

import re

from index.documents.document import Document
from index.errors import InputError
from index.landmarks import Landmarks

_BYTE_ORDER_MARKS = ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

_FEW = 10
"""One byte in so many, at most, is none of ASCII in a text of Latin letters."""


def read_text(data: bytes) -> Document:
    """Read plain text.

    :param data: The file.
    :return: Its text, with every mark that is in it; a form feed begins a page.
    :raises InputError: If its encoding cannot be told; the message goes on after the file's name.
    """
    text = decoded(data)
    feeds = [match.end() for match in re.finditer("\f", text)]
    return Document(text, landmarks=Landmarks(pages=(0, *feeds) if feeds else ()))


def decoded(data: bytes) -> str:
    """Decode text: UTF-8, what a byte order mark names, or what all code pages of Windows for Latin letters read alike.

    :param data: The text.
    :return: It, without a mark of UTF-16 or UTF-32.
    :raises InputError: If its encoding cannot be told; the message goes on after the file's name.
    """
    wide = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    try:
        return data.decode(wide or "utf-8")
    except UnicodeDecodeError as error:
        if wide:
            raise InputError(f"is damaged {wide.upper()} text. Save it as UTF-8.") from error
        if b"\0" in data:
            raise InputError(
                "is neither text nor a document that can be read. "
                "Give PDF, DOCX, EPUB, HTML, an e-mail, Markdown or text."
            ) from error
        western = _western(data)
        if western is None:
            raise InputError(
                f"is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}. "
                "Save it as UTF-8 (for example: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW)."
            ) from error
        return western


def _western(data: bytes) -> str | None:
    """Decode curly quotes, dashes, é, ü and the like; None if there is a byte that code pages read differently."""
    others = sum(byte >= 0x80 for byte in data)
    if others > len(data) / _FEW or not data.decode("utf-8", "ignore").isascii():
        # it is in another script, or it is UTF-8, but damaged
        return None
    try:
        western, central = data.decode("cp1252"), data.decode("cp1250")
    except UnicodeDecodeError:
        return None
    return western if western == central else None
