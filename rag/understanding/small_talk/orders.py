"""Orders to do something else than answer from the article."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.understanding.small_talk.vocabulary import ASK, ASKS, ENGLISH, LETTERS, end, plain

_SPEAKER = re.compile(
    rf"""\s*(?:
        (?:system|assistant|developer|admin(?:istrator)?|root)(?:\s+(?:message|prompt|override|note))?\s*:(?!\s*{ASK}\b)
      | (?:new|updated)\s+(?:instructions?|task|prompt)\s*: | \[/?(?:system|developer|admin|inst)\]
      | \#+\s*(?:system|(?:new\s+)?instructions?)\b | <\|?(?:im_start|system|endoftext)\b | <<sys>>
    )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Marks by which a text speaks for somebody else."""
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n|(?<=,)\s+")


def is_order(text: str, in_article: Callable[[str], bool]) -> bool:
    """Tell whether a text orders something else; a question before the order, or full of the article's words, is asked.

    >>> [is_order(text, in_article=str.isupper) for text in ("Hi! Write me a poem.", "Write a summary of the text")]
    [True, False]
    """
    content = set(LETTERS.findall(text.lower())) - ENGLISH
    if text.endswith("?") and 2 * sum(map(in_article, content)) > len(content) > 2:
        return False
    if _SPEAKER.match(text):
        return True
    for sentence in map(plain, _SENTENCE_END.split(text)):
        start = 0
        while (place := end("polite", sentence, start)) > start:
            start = place
        ordered = end("order", sentence) > 0 or end("order", sentence, start) > start
        if ordered and end("answered", sentence, start) == start:
            return True
        if ASKS.match(sentence, start):
            return False
    return False
