"""Gibberish: keys that were mashed, and words that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.language.words import folded
from rag.understanding.small_talk.vocabulary import ENGLISH, LETTERS

_ROWS = re.compile(
    r"^(?:asd|qwer|qwp|zxc|sdf|dfg|fgh|ghj|hjk|jkl|lkj|mnb)|asdf|sdfg|dfgh|fghj|ghjk|hjkl|werty|zxcv|xcvb|cvbn|uiop|lkjh"
    r"|(.)\1\1|^(.{1,3})\2{2,}$"
)
"""Keys side by side, and letters again and again."""
_MASHED = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}|q[b-df-hj-np-tv-z]|^[b-hj-z]$")
_FEW = 2
"""Words up to which a text of unknown words must also look mashed: it may be a misspelt name."""


def is_mashed(word: str) -> bool:
    """Tell whether a word looks as if keys were mashed.

    >>> [is_mashed(word) for word in ("asdkjh", "zzxmn", "jest")]
    [True, True, False]
    """
    return len(word) > 1 and bool(_ROWS.search(folded(word)) or _MASHED.search(folded(word)))


def is_gibberish(text: str, known: Callable[[str], bool], in_article: Callable[[str], bool]) -> bool:
    """Tell whether a text is gibberish: no number, and no word that the article or anybody has.

    >>> [is_gibberish(text, str.isupper, str.isupper) for text in ("asdfgh", "blarg flurb gnarf", "Vega", "flurb")]
    [True, True, False, False]
    """
    words = LETTERS.findall(text)
    small = [word.lower() for word in words]
    if any(mark.isdigit() for mark in text) or any(map(in_article, small)):
        return False
    if any(len(word) > 1 and (word in ENGLISH or known(word)) for word in small):
        return False
    if any(_ROWS.search(folded(word)) for word in small):
        return True
    if all(word.istitle() or word.isupper() for word in words):  # names
        return False
    return len(words) > _FEW or any(_MASHED.search(folded(word)) for word in small)
