"""The rules that tell small talk from questions, in the order in which they are asked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from rag.understanding.answer_type import asks_overview
from rag.understanding.small_talk.courtesies import courtesy
from rag.understanding.small_talk.gibberish import is_gibberish
from rag.understanding.small_talk.kinds import LONGEST, SmallTalk
from rag.understanding.small_talk.languages import is_foreign
from rag.understanding.small_talk.markup import is_markup
from rag.understanding.small_talk.orders import is_order
from rag.understanding.small_talk.rudeness import is_rude
from rag.understanding.small_talk.vocabulary import EMOTICON


def small_talk(text: str, known: Callable[[str], bool], in_article: Callable[[str], bool]) -> SmallTalk | None:
    """Tell what a text is that is no question.

    >>> [small_talk(text, known=bool, in_article=bool) for text in ("ok bye", "president of Venezuela?")]
    [<SmallTalk.FAREWELL: 'farewell'>, None]

    :param text: What was typed.
    :param known: Tells of a word, lower case, whether it is an English one.
    :param in_article: Tells of a word, lower case, whether the article has it, in any inflection.
    :return: The kind; None for a question to be asked.
    """
    if text.strip() and len(text) > LONGEST:
        return SmallTalk.TOO_LONG
    text = unicodedata.normalize("NFC", text).strip()
    if not any(mark.isalnum() for mark in EMOTICON.sub("", text)):
        smiles = EMOTICON.search(text) or any(unicodedata.category(mark) == "So" for mark in text)
        return SmallTalk.ACKNOWLEDGEMENT if smiles else SmallTalk.EMPTY
    if asks_overview(text):
        return None
    if is_markup(text, in_article):
        return SmallTalk.MARKUP
    if kind := courtesy(text, in_article):
        return kind
    if is_foreign(text, in_article):
        return SmallTalk.LANGUAGE
    if is_rude(text, in_article):
        return SmallTalk.PROFANITY
    if is_order(text, in_article):
        return SmallTalk.INSTRUCTION
    return SmallTalk.GIBBERISH if is_gibberish(text, known, in_article) else None
