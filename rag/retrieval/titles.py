"""Articles found by the words of their titles."""

from __future__ import annotations

from collections.abc import Sequence

from index.titles import beginnings, title_words


def titled(titles: Sequence[str], words: str) -> list[int]:
    """Find the titles that hold all words, or begin of a word each; capital letters and accents do not matter.

    >>> titled(["The bridge", "A new bridge in Riverton", "Café"], "brid RIVER"), titled(["Café"], "cafe")
    ([1], [0])

    :param titles: The titles.
    :param words: The words, in any order; without one, all are found.
    :return: Their places, in their order.
    """
    wanted = beginnings(words)
    if not wanted:
        return list(range(len(titles)))
    plain = map(title_words, titles)
    return [place for place, title in enumerate(plain) if all(begin in title for begin in wanted)]
