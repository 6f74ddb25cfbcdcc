"""Texts of others, made harmless: shown literally, whatever they hold.

Articles and questions are hostile input. For Markdown every mark with a meaning becomes a character
reference, so that no text can turn into a link, an image, a heading or a tag. For the terminal, control characters
and marks without a width are made visible, so that no text can move the cursor, change colours, or hide words.
"""

from __future__ import annotations

import json
import re
from typing import Any

from index.hidden import is_hidden


def escaped(text: str) -> str:
    """Write a text so that Markdown and HTML show it literally.

    >>> escaped("**Who**, <b>?")
    '&#42;&#42;Who&#42;&#42;, &#60;b&#62;?'

    :param text: Any text.
    :return: The text with every mark of ASCII punctuation as a character reference, but for `,` `;` `?` and `%`,
        which mean nothing in Markdown: a screen reader may get to hear the source.
    """
    return re.sub(r"[!-/:-@\[-`{-~](?<![,;?%])", lambda match: f"&#{ord(match.group())};", text)


def printable_json(value: Any, indent: int | None = None) -> str:
    r"""Write JSON that a terminal shows and does not obey.

    >>> print(printable_json("é\x9b31m"))
    "é\u009b31m"

    :param value: JSON types.
    :param indent: Spaces for each level; all in one line without.
    :return: JSON in which what `visible` replaces is escaped, so that it reads back the same.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(json.dumps(mark)[1:-1] if mark != "\n" and is_hidden(mark) else mark for mark in text)


def one_line(text: str) -> str:
    """Replace line breaks by spaces."""
    return re.sub(r"[\n\r]", " ", text)
