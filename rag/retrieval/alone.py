"""One article of many, or some, by themselves, so that what is asked of it does not depend on the others.

How rare a word is, which names there are, what a misspelt word may mean: all of it is counted over an index. Asked of
one article only, or of some, an index of these is asked, and what is made for it is kept while it is among the last.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from index.store import SentenceIndex

MOST = 20_000
"""Sentences of all articles that are kept: about 60 MB. A usual article has fewer than a hundred."""

Made = TypeVar("Made")


class Alone(Generic[Made]):
    """What is made of single articles; several threads may use it.

    :param index: The articles.
    :param make: Makes it of an index of one article.
    :param most: Sentences of the articles that are kept; the one untouched longest goes first, the last never.
    """

    def __init__(self, index: SentenceIndex, make: Callable[[SentenceIndex], Made], most: int = MOST) -> None:
        self._index = index
        self._make = make
        self._most = most
        self._made: OrderedDict[tuple[int, ...], Made] = OrderedDict()
        self._making: dict[tuple[int, ...], Lock] = {}
        self._lock = Lock()

    def of(self, *places: int) -> Made:
        """Return what is made of articles, from now on the one used last.

        :param places: Their places in the index, ascending.
        """
        with self._lock:
            making = self._making.setdefault(places, Lock())
        # who asks for the same articles waits for them, and nobody else does
        with making:
            made = self._kept(places)
            if made is None:
                made = self._keep(places, self._make(self._index.only(*places)))
        return made

    def _kept(self, places: tuple[int, ...]) -> Made | None:
        with self._lock:
            if places not in self._made:
                return None
            self._making.pop(places, None)
            self._made.move_to_end(places)
            return self._made[places]

    def _keep(self, places: tuple[int, ...], made: Made) -> Made:
        with self._lock:
            self._making.pop(places, None)
            self._made[places] = made
            while len(self._made) > 1 and sum(map(self._size, self._made)) > self._most:
                self._made.popitem(last=False)
        return made

    def _size(self, places: tuple[int, ...]) -> int:
        return sum(len(self._index.rows_of(place)) for place in places)
