"""The kinds of small talk, and what is said back to each."""

from __future__ import annotations

from enum import StrEnum

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


_REPLIES = {
    SmallTalk.GREETING: "Hello! I answer questions about this article, for example “What is this article about?” or "
    "“What are the main points?”",
    SmallTalk.THANKS: "You are welcome. Ask another question about the article whenever you like.",
    SmallTalk.FAREWELL: "Goodbye!",
    SmallTalk.IDENTITY: "I am an assistant, a program and no person: I answer from this one article with exact "
    "quotations, each with its citation. I quote and do not write.",
    SmallTalk.HELP: "Ask for facts, names, dates, lists or what the article is about, and follow up on an answer. "
    "When the article does not answer, I say so.",
    SmallTalk.ACKNOWLEDGEMENT: "All right. Ask a question about the article whenever you like.",
    SmallTalk.PROFANITY: "I am sorry that this did not help. Try a question about the article again, perhaps in "
    "other words.",
    SmallTalk.EMPTY: "Please type a question about the article.",
    SmallTalk.GIBBERISH: "I did not understand that. Please ask a question about the article.",
    SmallTalk.INSTRUCTION: "I only answer from the article, in its own words, and do nothing else. Ask a question "
    "about it.",
    SmallTalk.MARKUP: "That looks like code, which I do not run or read. Please ask a question about the article.",
    SmallTalk.LANGUAGE: "I understand only English. Please ask your question in English.",
    SmallTalk.TOO_LONG: f"That is too long: a question may have at most {LONGEST} characters. Please ask it in one "
    "sentence.",
}


def reply(kind: SmallTalk) -> str:
    """Answer small talk.

    >>> reply(SmallTalk.FAREWELL)
    'Goodbye!'

    :param kind: The kind.
    :return: Plain text, one or two short sentences, the same for every text of the kind.
    """
    return _REPLIES[kind]
