"""What was said, kept on the server: the copy that a browser could send back is not trusted.

A conversation belongs to a page, which names it by a long random word of its own making. A reload makes a new page,
which takes a copy: so a conversation survives as long as the server runs, and two tabs, even a duplicated one, never
mix. Until the page's script has run, the page is known by its session; what is asked so early is moved when the word
comes.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakValueDictionary

from rag.answer import Turn

MOST = 500
"""Conversations kept; the one untouched longest is forgotten first."""
LONGEST = 100
"""Turns of one; the first are forgotten first."""
_PATIENCE = 30.0
_PAGE = re.compile(r"[0-9a-zA-Z_-]{10,64}")


class Conversations:
    """The conversations of all open pages; several threads may use it."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._words: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()
        self._speaking: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    @contextmanager
    def turn(self, page: str) -> Iterator[None]:
        """Keep other questions of a page waiting until this one is answered, half a minute at most.

        :param page: The page's word.
        """
        with self._lock:
            page = self._words.get(page, page)
            speaking = self._speaking.setdefault(page, Lock())
        taken = speaking.acquire(timeout=_PATIENCE)
        try:
            yield
        finally:
            if taken:
                speaking.release()

    def of(self, page: str) -> tuple[Turn, ...]:
        """Return what was said on a page.

        :param page: The page's word.
        :return: The turns, the latest last; none for a page that is not known.
        """
        with self._lock:
            page = self._words.get(page, page)
            if page in self._turns:
                self._turns.move_to_end(page)
            return self._turns.get(page, ())

    def keep(self, page: str, turns: tuple[Turn, ...]) -> None:
        """Keep what was said on a page, in the place of what was kept before.

        :param page: The page's word; one that is too short or too long to be one is not kept.
        :param turns: The turns.
        """
        if not _PAGE.fullmatch(page):
            return
        with self._lock:
            page = self._words.get(page, page)
            self._turns[page] = turns[-LONGEST:]
            self._turns.move_to_end(page)
            while len(self._turns) > MOST:
                self._turns.popitem(last=False)

    def introduce(self, session: str, page: str) -> None:
        """Know a page by its word from now on, even in an answer that is being looked for.

        :param session: What it was known by.
        :param page: The page's word.
        """
        if not _PAGE.fullmatch(page):
            return
        with self._lock:
            self._words[session] = page
            while len(self._words) > MOST:
                self._words.popitem(last=False)
            early = self._turns.pop(session, ())
            if early:
                self._turns.setdefault(page, early)

    def resume(self, earlier: str, page: str) -> tuple[Turn, ...]:
        """Go on, on a new page, with what was said on an earlier one.

        :param earlier: The earlier page's word.
        :param page: The new page's word.
        :return: The turns.
        """
        turns = self.of(earlier)
        if turns:
            self.keep(page, turns)
        return turns
