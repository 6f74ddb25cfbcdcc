"""The kinds of small talk, and what is said back to each."""

from __future__ import annotations

from enum import StrEnum

from rag.locale import ENGLISH

LONGEST = 500
"""Code points of the longest text that is looked at, and of the longest question."""


class SmallTalk(StrEnum):
    """What a text is that is no question."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    IDENTITY = "identity"
    HELP = "help"
    ACKNOWLEDGEMENT = "acknowledgement"
    PROFANITY = "profanity"
    EMPTY = "empty"
    GIBBERISH = "gibberish"
    INSTRUCTION = "instruction"
    MARKUP = "markup"
    LANGUAGE = "language"
    TOO_LONG = "too_long"


def reply(kind: SmallTalk) -> str:
    """Answer small talk.

    >>> reply(SmallTalk.FAREWELL)
    'Goodbye!'

    :param kind: The kind.
    :return: Plain text, one or two short sentences, the same for every text of the kind. In English, for it is part of
        an answer; `Locale.translated` gives it in the reader's language.
    """
    return ENGLISH.message(f"talk.{kind}")
