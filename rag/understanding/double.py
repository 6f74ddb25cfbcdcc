"""Questions that ask two things at once: 'When and where was she born?', 'Who built it, and for how much?'."""

from __future__ import annotations

import re

from rag.language.english import AUXILIARY

_WORD = r"(?:what|when|where|who|whom|why|which|how(?:\s+(?:many|much|long|old|far|big|high|often))?)"
_ASKING = rf"(?:(?:at|in|for|from|on|to|with|by|of|about)\s+)?{_WORD}"
_OF_ONE = re.compile(
    rf"(?P<first>{_ASKING})\s+and\s+(?P<second>{_ASKING})\s+(?P<rest>(?!{_WORD}\b)\S.*)", re.IGNORECASE
)
"""Two words that ask, and what both ask of."""
_OF_NOUNS = re.compile(
    rf"(?P<first>{_ASKING}\s+\w+)\s+and\s+(?P<second>{_ASKING}\s+\w+)\s+(?P<rest>(?:{AUXILIARY})\s.+)", re.IGNORECASE
)
"""The same with a noun behind each: 'At what time and in which town did they meet?'."""
_OF_TWO = re.compile(rf"(?P<first>{_ASKING}\b.+?),?\s+and\s+(?P<second>{_ASKING}\b.*)", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:between|both|differen\w+|compare\w*|relation|effects?|influence|depends?|decides?|decided|tells?|told|knows?|knew"
    r"|says?|said|explains?|shows?|states?|exactly)\b",
    re.IGNORECASE,
)
"""Words behind which 'what' and 'how' begin a clause, and no second question."""
_OPEN = re.compile(r"\w+|(?:\w+\s+)?(?:which|how\s+(?:many|much))\s+\w+(?:\s+\w+)?", re.IGNORECASE)
"""What has no verb yet: 'Which magnate and which inventor met?' asks one thing."""


def parts(question: str) -> tuple[str, ...]:
    """Part a question that asks two things.

    >>> parts("When and where was she born?"), parts("What got stolen and when?"), parts("Who is Ada?")
    (('When was she born?', 'where was she born?'), ('What got stolen?', 'And when?'), ())

    :param question: The question.
    :return: Two questions, of which the second may lean on the first; none if it asks one thing.
    """
    text = question.strip(" \t\n?.!")
    if found := _OF_ONE.fullmatch(text) or _OF_NOUNS.fullmatch(text):
        return tuple(f"{found[word]} {found['rest']}?" for word in ("first", "second"))
    found = _OF_TWO.fullmatch(text)
    if found is None or _ONE.search(found["first"]) or _OPEN.fullmatch(found["first"]) or "," in found["second"]:
        return ()
    return f"{found['first']}?", f"And {found['second']}?"
