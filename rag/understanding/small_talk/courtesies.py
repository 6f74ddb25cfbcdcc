"""Courtesies: greetings, thanks and the like, also questions about the chat itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.understanding.small_talk.kinds import SmallTalk
from rag.understanding.small_talk.vocabulary import COURTESIES, EMOTICON, ENGLISH, WORDS, end, plain

_LONG_RUN = re.compile(r"([a-z])\1{2,}")


def courtesy(text: str, in_article: Callable[[str], bool]) -> SmallTalk | None:
    """Tell which courtesy a text is, every word of it; questions with words of the article are none.

    >>> [courtesy(text, in_article=str.islower) for text in ("Hellooo!", "how are you", "perfect?")]
    [<SmallTalk.GREETING: 'greeting'>, <SmallTalk.GREETING: 'greeting'>, None]
    """
    typed = plain(EMOTICON.sub(" ", text))
    # 'hellooo' is 'hello', 'coool' is 'cool'
    for words in (typed, _LONG_RUN.sub(r"\1\1", typed), _LONG_RUN.sub(r"\1", typed)):
        kind = _kind(" ".join(word for word in words.split() if word not in WORDS["fillers"]) or words)
        if kind:
            asks = text.endswith("?") or kind in (SmallTalk.IDENTITY, SmallTalk.HELP)
            asks = asks and WORDS["spoken"].isdisjoint(words.split())
            return None if asks and any(map(in_article, set(words.split()) - ENGLISH)) else kind
    return None


def _kind(words: str) -> SmallTalk | None:
    """Tell which courtesy plain words are made of; none if one of them belongs to something else."""
    found = set()
    place = 0
    while place < len(words):
        ends = {name: end(name, words, place) for name in COURTESIES}
        name = max(ends, key=lambda name: ends[name])
        if ends[name] == place:
            return None
        found.add(name)
        place = ends[name]
    return next((SmallTalk(name) for name in COURTESIES if name in found and name != "beside"), None)
