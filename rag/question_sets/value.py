"""What a key of a record may hold: each function returns it checked, or says what is wrong with it."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from typing import Any

from index.article import is_blank
from index.errors import InputError

_HALF = re.compile("[\ud800-\udfff]")
"""JSON can write half of a surrogate pair, which no file or terminal can."""
_GRADE = re.compile(r"[+-]?[0-9]{1,18}")
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60


def shown(value: object) -> str:
    """Write a value for a message: short, however long or deep it is.

    >>> shown([[[[[[["a"]]]]]]])
    '[[[[[[[...]]]]]]]'
    """
    return _SHORT.repr(value)


def text_of(record: Mapping[str, Any], key: str) -> str:
    """Return the text under a key, as it is.

    :raises InputError: If there is none, or it has no visible character, or holds half of a surrogate pair.
    """
    if key not in record:
        raise InputError(f"there is no {key!r}. Give a text with at least one word.")
    return written(record[key], f"the {key}")


def written(value: object, name: str) -> str:
    """Return a value that must be a text.

    :param name: What to call it in the message.
    :raises InputError: If it is none, or has no visible character, or holds half of a surrogate pair.
    """
    if not isinstance(value, str) or is_blank(value):
        raise InputError(f"{name} is {shown(value)}. Give a text with at least one word.")
    return whole(value, name)


def whole(text: str, name: str) -> str:
    """Return a text that may be empty.

    :param name: What to call it in the message.
    :raises InputError: If it holds half of a surrogate pair.
    """
    if _HALF.search(text):
        raise InputError(f"{name} is {shown(text)}, with half of a surrogate pair. Give both halves, or the letter.")
    return text


def texts_of(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the texts under a key, none if the key is not there.

    :raises InputError: If it holds something else than a list of texts.
    """
    values = record.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InputError(f"{key!r} is {shown(values)}, not a list of texts. Give a list, with nothing in it for none.")
    return tuple(written(value, f"a text of {key!r}") for value in values)


def records_of(record: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects under a key, none if the key is not there.

    :raises InputError: If it holds something else than a list of objects.
    """
    values = record.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise InputError(f"{key!r} is {shown(values)}, not a list of objects.")
    return values


def flag_of(record: Mapping[str, Any], key: str, default: bool) -> bool:
    """Return what a key says, or the default if it is not there.

    :raises InputError: If it holds something else than true or false.
    """
    value = record.get(key, default)
    if not isinstance(value, bool):
        raise InputError(f"{key!r} is {shown(value)}. Give true or false.")
    return value


def offset_of(record: Mapping[str, Any], key: str) -> int:
    """Return the offset under a key.

    :raises InputError: If it is no whole number from 0.
    """
    value = record.get(key)
    # true is an int to Python
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError(f"{key!r} is {shown(value)}. Give a number of code points, 0 or more.")
    return value


def id_of(record: Mapping[str, Any], key: str, default: str) -> str:
    """Return the id under a key, or the default if it is not there, null or empty.

    :raises InputError: If it is neither a text nor a whole number.
    """
    value = record.get(key)
    if value is None or value == "":
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return written(value, f"the {key}")


def grade_of(text: str) -> int:
    """Return a grade of relevance.

    :raises InputError: If it is no whole number.
    """
    if not _GRADE.fullmatch(text):
        raise InputError(f"the grade is {shown(text)}. Give a whole number.")
    return int(text)
