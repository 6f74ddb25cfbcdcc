"""Profanity, and insults to the chat."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.language.words import folded
from rag.understanding.small_talk.vocabulary import ASKED, ASKS, ENGLISH, LETTERS, WORDS

_PROFANE = re.compile(
    r"""(?<!\w)(?:(?:mother|bull|dip|horse|bat)-?)?(?:
        f+[u*@\#v]+c+k+\w* | fuk\w{0,3} | fck\w* | f\*+\w* | wtf | stfu | gtfo | kys
      | sh[i1!*]t(?:s|t\w*|e|hole\w*|head\w*|show)? | b[i!1*]tch(?:es|y|ing)? | c[u*]nts? | (?:ass|arse|a\*+)hole\w*
      | wank(?:er|ers|ing)? | twats? | bollocks | dickheads? | dumbass\w* | jackass\w* | bastards? | piss(?:ed)?
    )(?!\w)""",
    re.VERBOSE,
)
_EXCLAIMS = re.compile(r"what (?:an?|the (?:hell|heck))\b|wtf ")
_AROUND = (ENGLISH | WORDS["around"] | WORDS["addressed"] | WORDS["insults"]) - WORDS["others"]


def is_rude(text: str, in_article: Callable[[str], bool]) -> bool:
    """Tell whether a text is rude: of the chat, or no question and hardly about the article.

    >>> [is_rude(text, in_article=str.isupper) for text in ("f*ck off", "you suck", "Is Ada a fool?")]
    [True, True, False]
    """
    typed = folded(text).replace("'", "")
    profane = {match.group() for match in _PROFANE.finditer(typed)}
    words = set(LETTERS.findall(_PROFANE.sub(" ", typed)))
    insults = words & WORDS["insults"]
    if any(map(in_article, profane)) or not profane | insults:
        return False
    content = words - _AROUND
    addressed = not words.isdisjoint(WORDS["addressed"])
    asks = not _EXCLAIMS.match(typed) and (ASKS.match(typed) or ASKED.search(typed))
    if profane and not asks:
        return addressed or 2 * sum(map(in_article, content)) <= len(content)
    if content:
        return False
    pointed = words & {"this", "that", "it"} or not any(map(in_article, insults))
    return bool(profane or addressed or (pointed and not asks))
