"""Answers that were given already: the same question to the same articles and models has the same answer."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TypeAlias

from index.errors import InputError
from rag.answer import Answer

Key: TypeAlias = tuple[str, tuple[str, ...], bool]
"""The question as typed, the only articles to look in, and whether it is taken literally."""


class Memory:
    """The answers given last; several threads may use it.

    It belongs to one assistant, whose articles and models do not change, so they are no part of the key.

    :param most: How many are kept; the one untouched longest is forgotten first. None are with 0.
    :raises InputError: If it is less than 0.
    """

    def __init__(self, most: int) -> None:
        check_remembered(most)
        self._most = most
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Key) -> Answer | None:
        """Return the answer that was given, or None."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep an answer."""
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


def check_remembered(most: int) -> None:
    """Refuse a number of answers that cannot be kept.

    :param most: How many.
    :raises InputError: If it is less than 0.
    """
    if most < 0:
        raise InputError(f"remembered is {most}. Give how many answers to keep, or 0 for none.")
