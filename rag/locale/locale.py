"""The languages, and the choice of one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeAlias

AUTO = "auto"
"""In the place of a language: the reader's own."""
_MOST = 1_000
"""Characters of an Accept-Language header that are read."""
_RANGE = re.compile(r"(?P<language>[a-z]{2,3})(?:-[a-z0-9-]*)?(?:;q=(?P<quality>[01](?:\.[0-9]{0,3})?))?")
_PLACEHOLDER = re.compile(r"\\\{(?P<name>\w+)\\\}")
_SAID = ("talk", "errors")
"""Sections with texts that are written in English first, and shown in another language later."""
_LONGEST = 1_000
"""Characters of a text that is looked up: ours are shorter, and in longer ones patterns would be sought for minutes."""
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")

Message: TypeAlias = str | Mapping[str, str]
"""A text with {placeholders}, or its forms by number."""


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """A language, and what is said in it.

    :param language: Its code, as `<html lang>` has it.
    :param messages: By section and key.
    """

    language: str
    messages: Mapping[str, Mapping[str, Message]]

    def message(self, key: str, /, **values: object) -> str:
        """Say something.

        >>> LOCALES["de"].message("place.page", number=7)
        'Seite 7'

        :param key: Section and key, with a full stop between.
        :param values: What takes the places of the placeholders.
        :return: Plain text, but for the keys of the keyboard, which are HTML.
        """
        section, name = key.split(".")
        message = self.messages[section][name]
        if not isinstance(message, str):
            raise TypeError(f"{key} depends on a number: only a page's script can say it")
        return message.format(**values)

    def number(self, english: str) -> str:
        """Write a number as this language does.

        >>> LOCALES["de"].number("1,234.50")
        '1.234,50'

        :param english: It, as English writes it.
        """
        return english.translate({ord(","): self.message("number.thousands"), ord("."): self.message("number.decimal")})

    def translated(self, english: str) -> str:
        """Say in this language what was said in English.

        >>> LOCALES["de"].translated("Goodbye!"), LOCALES["de"].translated("Kent")
        ('Auf Wiedersehen!', 'Kent')

        :param english: A text.
        :return: Its translation; the text itself if it is none of ours. A number is written as here.
        """
        if self is ENGLISH or len(english) > _LONGEST:
            return english
        if _GROUPED.fullmatch(english):
            return self.number(english)
        for key, pattern in _patterns():
            if match := pattern.fullmatch(english):
                # an error may be the reason of another
                return self.message(key, **{name: self.translated(value) for name, value in match.groupdict().items()})
        return english

    def said(self, section: str) -> dict[Message, Message]:
        """Tell for each text of a section how it is said in this language; of English nothing.

        :param section: Its name.
        """
        if self is ENGLISH:
            return {}
        return {text: self.messages[section][name] for name, text in ENGLISH.messages[section].items()}


def script_json(value: object) -> str:
    """Write JSON that can stand in a `<script>`.

    :param value: JSON types.
    """
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _read() -> dict[str, Locale]:
    files = sorted(resources.files("rag.locale").iterdir(), key=lambda file: file.name)
    tables = {file.name.removesuffix(".json"): file for file in files if file.name.endswith(".json")}
    return {name: Locale(name, json.loads(file.read_text(encoding="utf-8"))) for name, file in tables.items()}


LOCALES = _read()
"""All languages, by their codes."""
ENGLISH = LOCALES["en"]


def preferred(accept_language: str) -> Locale:
    """Choose the language that a reader likes best of those that there are.

    >>> preferred("xx-CH, de-AT;q=0.9, en;q=0.8").language, preferred("xx").language
    ('de', 'en')

    :param accept_language: The header of this name (RFC 9110): hostile input.
    :return: The language; English if none fits.
    """
    wanted = [_RANGE.fullmatch(part) for part in "".join(accept_language[:_MOST].lower().split()).split(",")]
    liked = [(float(match["quality"] or 1), match["language"]) for match in wanted if match]
    known = [(quality, language) for quality, language in liked if quality and language in LOCALES]
    # the first of those that are liked alike
    return LOCALES[max(known, key=lambda one: one[0])[1]] if known else ENGLISH


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (f"{section}.{name}", re.compile(_PLACEHOLDER.sub(r"(?P<\g<name>>.+)", re.escape(message)), re.DOTALL))
        for section in _SAID
        for name, message in ENGLISH.messages[section].items()
        if isinstance(message, str)
    ]
