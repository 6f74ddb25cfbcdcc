"""Articles are found by the words of their titles in the same way, whatever keeps them."""

from __future__ import annotations

import re
import unicodedata


def title_words(text: str) -> str:
    """Write the words of a title as they are compared: a space before each, without accents and capital letters.

    >>> title_words("The Café, Riverton"), title_words("?")
    (' the cafe riverton', '')
    """
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return "".join(f" {word}" for word in re.findall(r"\w+", plain.casefold()))


def beginnings(words: str) -> list[str]:
    """Return what stands in the `title_words` of each title that holds all of these words, or begin of a word each.

    >>> beginnings("RIVER caf"), all(one in title_words("The Café, Riverton") for one in beginnings("RIVER caf"))
    ([' river', ' caf'], True)

    :param words: The words, in any order; without one, all titles are found.
    """
    return [f" {word}" for word in title_words(words).split()]
