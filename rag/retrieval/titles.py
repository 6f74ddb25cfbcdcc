"""Articles found by the words of their titles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language.words import folded


def titled(titles: Sequence[str], words: str) -> list[int]:
    """Find the titles that hold all words, or begin of a word each; capital letters and accents do not matter.

    >>> titled(["The bridge", "A new bridge in Riverton", "Café"], "brid RIVER"), titled(["Café"], "cafe")
    ([1], [0])

    :param titles: The titles.
    :param words: The words, in any order; without one, all are found.
    :return: Their places, in their order.
    """
    begins = [re.compile(rf"\b{word}") for word in re.findall(r"\w+", folded(words))]
    if not begins:
        return list(range(len(titles)))
    plain = map(folded, titles)
    return [place for place, title in enumerate(plain) if all(begin.search(title) for begin in begins)]
