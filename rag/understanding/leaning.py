"""Which questions lean on what was said before: by a pronoun, an ellipsis, or too few words of their own."""

from __future__ import annotations

import re

from rag.language.english import AUXILIARY, POINTING_WORDS, QUESTION_WORD
from rag.language.names import Names
from rag.language.words import content_words
from rag.understanding.preamble import RESET

_FEW = 3
"""A question with fewer content words leans on what was said before, unless it is complete."""
_CLAUSE = re.compile(rf"(?:(?:{QUESTION_WORD})\b(?:\s+\w+){{0,3}}?\s+)?(?:{AUXILIARY})\s+\w+\s+\w+", re.IGNORECASE)
"""A question with a verb, of whom, and what of them."""
_RELATIONAL = "example|alternative|reason|consequence|cause|option|solution|result|exception|effect|detail"
"""Nouns for what something else has."""
_DEFINITION = re.compile(rf"what(?:(?:\s+is|['’]s)\s+an?|\s+are)\s+(?!(?:{_RELATIONAL})s?\b)\w+\W*", re.IGNORECASE)
_PART_OR_TIME = "any some most many few all already still yet since later earlier afterwards otherwise"
"""Words that point to what was said, and say nothing themselves: 'many', of whom; 'later', than what."""
_KNOWN = re.compile(
    r"\b(?:the|such|so|too|again|instead|more|less|next|before|after|ago|now|inside|outside|altogether|"
    rf"{'|'.join(_PART_OR_TIME.split())})\b",
    re.IGNORECASE,
)
"""Words for what is known already: 'the deal', 'such a deal', 'a year before'."""
_EMPTY = POINTING_WORDS | content_words(_PART_OR_TIME)
"""Stems of words that are no content."""
_OPENER = re.compile(r"(?:(?:and|but|so|also|then|ok(?:ay)?|well|now|or)\b[\s,:]*)+", re.IGNORECASE)
"""Words that tie a question to what was said, and mean nothing in it."""
_ABOUT = re.compile(r"(?:what|how)\s+about\s+|what\s+of\s+", re.IGNORECASE)
_POSSESSIVE = frozenset({"his", "her", "its", "their"})
"""Those that stand before a noun."""
_PRONOUNS = _POSSESSIVE | {
    *("he", "she", "him", "himself", "herself", "hers", "it", "this", "that"),
    *("they", "them", "theirs", "these", "those", "there", "then"),
}
_PRONOUN = re.compile(rf"\b(?:{'|'.join(sorted(_PRONOUNS, key=len, reverse=True))})\b(?!['’]\w*\w{{3}})", re.IGNORECASE)
_POINTING = re.compile(r"\b(?:this|that|these|those)\s(?=\w)", re.IGNORECASE)
_POINTER = re.compile(
    r"\b(?:others?|else|another|same|former|latter|rest|ones?|both|either|neither|each)\b", re.IGNORECASE
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|are|were|will|would|has|have|had)\sthere\b|\bthere\s(?:is|are|was|were|be|been)\b"
    r"|\b(?:is|was)\sit\s(?:\w+ly\s)?\w+\s(?:that|to|for)\b|\bdo(?:es)?\sit\stake\b"
    r"|\bthat\s(?:the|a|an|he|she|it|they|is|was|are|were|has|have|had)\b",
    re.IGNORECASE,
)


def leans(question: str, names: Names) -> bool:
    """Tell whether a question may need its conversation.

    >>> [leans(asked, Names([])) for asked in ("And Cuba?", "When did he say that?", "Which treaty ended the war?")]
    [True, True, False]
    >>> [leans(asked, Names([])) for asked in ("Why?", "Who cooks the arepas?", "How do I cook arepas?")]
    [True, True, False]

    :param question: The question.
    :param names: The names of the articles.
    :return: Whether it has a pronoun, leaves something out, or has fewer than three content words of its own and is not
        complete.
    """
    if RESET.match(question):
        return False
    if points(question, names):
        return True
    text = question.strip()
    few = len(content_words(text) - _EMPTY) < _FEW and not _complete(text)
    return not names.of(text) and (few or _POINTER.search(text) is not None)


def points(question: str, names: Names) -> bool:
    """Tell whether a question cannot be understood without its conversation: by a pronoun, or a word that ties it.

    >>> [points(asked, Names([])) for asked in ("And Cuba?", "When did he say that?", "Who was the architect?")]
    [True, True, False]

    :param question: The question.
    :param names: The names of the articles.
    """
    text = question.strip()
    first = min((name.start for name in names.of(text)), default=len(text))
    # 'Putin and his officials' needs nothing else
    bound = _POSSESSIVE if first < len(text) else frozenset()
    loose = [match for match in _pronouns(text) if match.start() < first or match.group().lower() not in bound]
    return _OPENER.match(text) is not None or _ABOUT.match(text) is not None or bool(loose)


def _complete(text: str) -> bool:
    """Tell whether a short question says all of what it asks: 'how do i cook arepas', and not 'How many died?'."""
    if _KNOWN.search(text) or _PRONOUN.search(text):
        return False
    two = len(content_words(text) - _EMPTY) == _FEW - 1
    return _DEFINITION.fullmatch(text) is not None or (two and _CLAUSE.match(text) is not None)


def _pronouns(text: str) -> list[re.Match[str]]:
    """Pronouns that stand for something said before."""
    empty = [match.span() for match in _EXPLETIVE.finditer(text)]
    return [
        match
        for match in _PRONOUN.finditer(text)
        if not any(start <= match.start() < end for start, end in empty) and not _POINTING.match(text, match.start())
    ]
