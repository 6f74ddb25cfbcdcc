"""Words and phrases that the rules share, most of them read from `words.toml` and `phrases.toml`."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from bm25s import stopwords

from rag.language.english import AUXILIARY, QUESTION_WORD
from rag.language.words import folded


def _read(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


ASK = f"(?:{QUESTION_WORD})"
BE = f"(?:{AUXILIARY}|am|shall|must)(?:n['’]?t)?"
ASKS = re.compile(rf"(?:(?:and|but|so|or|then)\s+)?(?:{ASK}(?:['’]?(?:s|re|d|ll))?|{BE})\b", re.IGNORECASE)
"""How a question begins."""
ASKED = re.compile(rf"\b{ASK}\b.*\?\W*$", re.IGNORECASE | re.DOTALL)
"""How one ends."""
LETTERS = re.compile(r"[^\W\d_]+")
EMOTICON = re.compile(r"(?<!\S)(?:[:;=8xX]['’]?-?[)(\]\[DdPpOo/|3*]+|<3+|\^_?\^|[oO]_[oO]|[xX]D+|[tT]_[tT])(?!\S)")

_TABLES = _read("words.toml")
_PHRASES = _read("phrases.toml")
WORDS = {name: frozenset(words.split()) for table in _TABLES.values() for name, words in table.items()}
ENGLISH = WORDS["small"].union(stopwords.STOPWORDS_EN, stopwords.STOPWORDS_EN_PLUS)
"""Words that say nothing by themselves."""
COURTESIES = tuple(_PHRASES["courtesies"])
_SHORT = dict(pair.strip().split("=") for pair in _TABLES["english"]["short"].split(","))


def _compiled(lines: str) -> list[re.Pattern[str]]:
    whole = re.sub(r"\{([a-z]+)\}", lambda part: f"({_PHRASES['parts'][part[1]]})", lines)
    return [re.compile(f"(?:{line})(?: |$)") for line in whole.strip().split("\n")]


_COMPILED = {name: _compiled(lines) for table in ("courtesies", "orders") for name, lines in _PHRASES[table].items()}


def plain(text: str) -> str:
    """Write a text as the phrases are written.

    >>> plain("I'm  Ada:  what’s UP?!")
    'i am ada what is up'
    """
    words = re.sub(r"[\W_]+", " ", folded(text).replace("'", "")).split()
    return " ".join(_SHORT.get(word, word) for word in words)


def end(name: str, words: str, place: int = 0) -> int:
    """Find the end of the longest phrase of a list that begins at a place of plain words.

    >>> [end("farewell", words) for words in ("bye for now", "byelaw")]
    [4, 0]
    """
    return max((match.end() for phrase in _COMPILED[name] if (match := phrase.match(words, place))), default=place)
