"""First person to third: what somebody says with 'I', 'me' and 'my', put as one asks about them."""

from __future__ import annotations

import re

from rag.drafting.source import SPEAKER

_PLURAL = {"am": "are", "was": "were"}
_OWN = re.compile(
    r"\bI[’'](?P<short>m|ve|ll|d)\b|\bI (?P<verb>am|was)\b|\b(?P<word>I|[Mm]e|[Mm]y|[Mm]yself|[Mm]ine)\b(?![’'])"
)
_OURS = re.compile(r"\b(?:[Ww]e(?:[’'](?:re|ve|ll|d))?|[Uu]s|[Oo]ur|[Oo]urselves|[Oo]urs)\b")
_THIRD = {
    "i": "they", "me": "them", "my": "their", "myself": "themselves", "mine": "theirs", "we": "they", "us": "them",
    "our": "their", "ourselves": "themselves", "ours": "theirs",
}  # fmt: skip
_SHORT = {"m": " are", "ve": " have", "ll": " will", "d": " would"}


def of_third(question: str, voice: str) -> str:
    """Put a question that names who speaks as one about them: 'I' becomes 'they'.

    >>> of_third("What did Ann Lee sell when I was ten?", "Ann Lee")
    'What did Ann Lee sell when they were ten?'

    :param question: The question.
    :param voice: Who speaks; of `SPEAKER`, 'we' stays, since all who listen are meant.
    """
    before, name, after = question.partition(voice) if voice else (question, "", "")
    if not name:
        return question
    after = _OWN.sub(_third, after)
    if voice != SPEAKER:
        after = _OURS.sub(lambda found: _of_many(found.group()), after)
    return f"{before}{name}{after}"


def own_words(question: str, voice: str) -> str:
    """Write 'people' for each 'I', 'me' and 'my' behind who speaks, so that only other words may be unclear."""
    before, name, after = question.partition(voice) if voice else (question, "", "")
    pattern = _OWN if voice == SPEAKER else re.compile(f"{_OWN.pattern}|{_OURS.pattern}")
    return f"{before}{name}{pattern.sub('people', after)}" if name else question


def _third(found: re.Match[str]) -> str:
    if found["short"]:
        return f"they{_SHORT[found['short']]}"
    if found["verb"]:
        return f"they {_PLURAL[found['verb']]}"
    return _THIRD[found["word"].lower()]


def _of_many(word: str) -> str:
    """Put 'we' and the like as 'they'."""
    pronoun, apostrophe, short = re.fullmatch(r"(\w+)([’']?)(\w*)", word).groups()  # type: ignore[union-attr]
    return _THIRD[pronoun.lower()] + apostrophe + short
