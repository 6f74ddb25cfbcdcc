"""Complete phrases: a span that a reader cut short, taken to the borders that its kind of answer has.

A rule only ever moves the borders of a span within its sentence, so an answer stays verbatim.
"""

from __future__ import annotations

import re

from rag.language.english import OFFICE, OPENER
from rag.language.words import folded
from rag.understanding.answer_type import AnswerType, Asked

Stretch = tuple[int, int]
"""Offsets within the sentence: first code point, one past the last."""

_QUOTED = re.compile(r"“[^“”]+”|«[^«»]+»|(?<!\w)\"[^\"]+\"(?!\w)")
_PAIRS = {"“": "”", "(": ")", "[": "]", "«": "»", '"': '"'}
_ANY_OFFICE = rf"\b(?:{OFFICE})\b"
_CAPITAL = r"[A-ZÀ-Þ][\w.&-]*"
_BEFORE_NAME = re.compile(
    rf"""(?P<office>
          (?:(?>(?:{_CAPITAL}|\w+-[\w-]+)(?:['’]s?)?|(?i:former|deputy|vice|acting|interim|late|retired|veteran|prime
              |foreign|national|opposition|chief|senior|junior|then|{_ANY_OFFICE})|of(?=\s[A-ZÀ-Þ]))\s)*
          (?i:{_ANY_OFFICE})
          (?:\s(?:of|to|for|at)(?:\sthe)?(?:\s{_CAPITAL}){{1,4}})?
        ),?\s(?:{_CAPITAL}\s){{0,2}}$""",
    re.VERBOSE,
)
_LEAD = 160
"""Code points before a name in which its description is looked for."""
_OPENER = re.compile(rf"(?:{OPENER})\s", re.IGNORECASE)
_HOLDS_OFFICE = re.compile(_ANY_OFFICE, re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s*,\s+((?:an?|the|then|former|its|his|her|their)\s[^,.;:()]{3,80})(?=[,.;:()]|$)")


def completed(asked: Asked, sentence: str, span: Stretch) -> Stretch:
    """Take a span to the borders of its phrase.

    >>> sentence = "It was said by Moscow's ambassador to Washington, Anatoly Antonov."
    >>> start, end = completed(Asked(AnswerType.DEFINITION, "Antonov"), sentence, (24, 34))
    >>> sentence[start:end]
    "Moscow's ambassador to Washington"

    :param asked: What the question asks for.
    :param sentence: The sentence that holds the span.
    :param span: Its offsets within the sentence.
    :return: The new offsets; the old ones where no rule applies.
    """
    if asked.kind is AnswerType.DEFINITION:
        span = _description(asked.topic, sentence, span)
    elif asked.kind is AnswerType.QUOTATION:
        span = _whole_quotation(sentence, span)
    return _paired(sentence, span)


def _description(name: str, sentence: str, span: Stretch) -> Stretch:
    """Take a span to all of the words beside a name that say who bears it, if it is a part of them or of the name."""
    place = _place(name, sentence)
    if place is None:
        return span
    only_name = _is_name(sentence[span[0] : span[1]])
    before = _BEFORE_NAME.search(sentence, max(0, place[0] - _LEAD), place[0])
    if before:
        first, last = before.span("office")
        opener = _OPENER.match(sentence, first, last)
        first = opener.end() if opener else first
        return (first, last) if only_name or (first <= span[0] and span[1] <= last) else span
    after = _AFTER_NAME.match(sentence, place[1])
    return after.span(1) if after and only_name and _HOLDS_OFFICE.search(after.group(1)) else span


def _place(name: str, sentence: str) -> Stretch | None:
    """Find a name, or at least the last word of it, where it is written as one."""
    text = folded(sentence)
    if len(text) != len(sentence):
        return None
    for part in (name, name.split()[-1]):
        found = re.search(rf"\b{re.escape(folded(part))}\b", text)
        if found and sentence[found.start()].isupper():
            return found.span()
    return None


def _whole_quotation(sentence: str, span: Stretch) -> Stretch:
    """Take in the whole of every quotation that the span touches."""
    start, end = span
    for quoted in _QUOTED.finditer(sentence):
        if quoted.start() < end and start < quoted.end():
            start, end = min(start, quoted.start()), max(end, quoted.end())
    return (start, end)


def _is_name(words: str) -> bool:
    """Tell whether words are a name: all capitalised, and no office among them."""
    return all(word[:1].isupper() for word in words.split()) and not _HOLDS_OFFICE.search(words)


def _paired(sentence: str, span: Stretch) -> Stretch:
    """Take in the other half of a pair of quotation marks or brackets, or leave the lone half out."""
    start, end = span
    for opening, closing in _PAIRS.items():
        inside = sentence[start:end]
        lone = inside.count(opening) - inside.count(closing) if opening != closing else inside.count(opening) % 2
        if lone == 1 and sentence[end : end + 1] == closing:
            end += 1
        elif lone == 1 and inside.startswith(opening):
            start += 1
        elif (lone == -1 or (opening == closing and lone == 1)) and inside.endswith(closing):
            if sentence[start - 1 : start] == opening and start > 0:
                start -= 1
            else:
                end -= 1
    return (start, end) if start < end else span
