"""Texts of others, made harmless: shown literally, whatever they hold.

Articles and questions are hostile input. For Markdown every mark with a meaning becomes a character
reference, so that no text can turn into a link, an image, a heading or a tag. For the terminal, control characters
are made visible, so that no text can move the cursor or change colours.
"""

from __future__ import annotations

import re
import unicodedata

_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def escaped(text: str) -> str:
    """Write a text so that Markdown and HTML show it literally.

    >>> escaped("**Who**, <b>?")
    '&#42;&#42;Who&#42;&#42;, &#60;b&#62;?'

    :param text: Any text.
    :return: The text with every mark of ASCII punctuation as a character reference, but for `,` `;` `?` and `%`,
        which mean nothing in Markdown: a screen reader may get to hear the source.
    """
    return re.sub(r"[!-/:-@\[-`{-~](?<![,;?%])", lambda match: f"&#{ord(match.group())};", text)


def visible(text: str) -> str:
    r"""Replace control characters, line breaks and changes of direction by '�' for the terminal.

    >>> visible("a\x1b[31mb")
    'a�[31mb'
    """
    return "".join("�" if mark in _BIDI or unicodedata.category(mark) == "Cc" else mark for mark in text)


def one_line(text: str) -> str:
    """Replace line breaks by spaces."""
    return re.sub(r"[\n\r]", " ", text)
