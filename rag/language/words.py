"""The words of a text as they are compared: stemmed, accents dropped, stop words left out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import bm25s
import Stemmer

_STEMMER = Stemmer.Stemmer("english")
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
TOKENS = f"1 bm25s {bm25s.__version__} stemmer {Stemmer.version()} unicode {unicodedata.unidata_version}"
"""What counts depend on beside the texts; the number goes up when other words are made of a text here."""


def content_words(text: str) -> set[str]:
    """Return the stems of a text's words, stop words left out.

    >>> sorted(content_words("They denied the attacks on Kent."))
    ['attack', 'deni', 'kent']
    """
    return set(tokens_of(text))


def folded(text: str) -> str:
    """Drop accents and case and straighten quotation marks, so that 'Guaido' finds 'Guaidó'.

    >>> folded("Guaidó’s")
    "guaido's"
    """
    if text.isascii():
        return text.lower()
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return straightened(plain).lower()


def straightened(text: str) -> str:
    r"""Put straight quotation marks in the place of curly ones.

    >>> straightened("“Guaidó’s”")
    '"Guaidó\'s"'
    """
    return text.translate(_STRAIGHT)


def stem(word: str) -> str:
    """Return the stem of an English word.

    >>> stem("attacks")
    'attack'
    """
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=64)
def tokens_of(text: str) -> tuple[str, ...]:
    """Return the words of one text; a question is compared with sentences, then with paragraphs."""
    return tuple(tokenised([text])[0])


def tokenised(texts: Sequence[str]) -> list[list[str]]:
    """Return the words of each text; all at once takes a fifth of the time that one by one takes."""
    tokens: list[list[str]] = bm25s.tokenize(
        [folded(text) for text in texts], stopwords="en", stemmer=_STEMMER, return_ids=False, show_progress=False
    )
    return tokens
