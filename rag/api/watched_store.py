"""A store that a server asks: what goes wrong with it is logged, and told to readers without its address."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread, main_thread
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from index.store import ClashError, EncoderMark, SentenceIndex
from index.stores.store import Counts, Listed, Match, MissingError, Store
from rag.api.problems import ServerBusyError

_LOG = logging.getLogger("pullquote")
_EVERY = 2.0
"""Seconds between two looks."""
_SILENT = 10.0
"""Seconds after which a store that has not answered counts as gone."""
_FIRST = 8
"""Articles that are looked at: as many as questions to begin with are drafted from."""


class _GoneError(MissingError):
    """An article was removed between two calls."""

    def __init__(self) -> None:
        InputError.__init__(self, "What you ask about is no longer here. Choose another article.")


class WatchedStore:
    """A store (see `index.stores.store.Store`) that never raises an error with its address.

    :param store: The store. It stays open.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._answered = monotonic()
        self._ended = Event()

    @property
    def answers(self) -> bool:
        """Whether it answered lately. It is asked every two seconds, once it is followed."""
        return monotonic() - self._answered < _SILENT

    @property
    def address(self) -> str:
        """See `Store`."""
        return self._store.address

    @property
    def mark(self) -> EncoderMark | None:
        """See `Store`."""
        with self._reached():
            return self._store.mark

    def put(self, index: SentenceIndex) -> None:
        """See `Store`."""
        with self._reached():
            self._store.put(index)

    def optimise(self) -> None:
        """See `Store`."""
        with self._reached():
            self._store.optimise()

    def remove(self, ids: Collection[str]) -> int:
        """See `Store`."""
        with self._reached():
            return self._store.remove(ids)

    def nearest(self, vector: NDArray[np.float32], k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`."""
        with self._reached():
            return self._store.nearest(vector, k, only)

    def common_words(self, question: str, k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`."""
        with self._reached():
            return self._store.common_words(question, k, only)

    def listed(self, after: str = "", limit: int = 100, words: str = "") -> list[Listed]:
        """See `Store`."""
        with self._reached():
            return self._store.listed(after, limit, words)

    def fetch(self, ids: Sequence[str]) -> SentenceIndex:
        """See `Store`."""
        with self._reached():
            return self._store.fetch(ids)

    def counts(self, words: str = "") -> Counts:
        """See `Store`."""
        with self._reached():
            return self._store.counts(words)

    def named(self, ids: Collection[str], versions: Collection[str] = ()) -> list[Listed]:
        """See `Store`."""
        with self._reached():
            return self._store.named(ids, versions)

    def close(self) -> None:
        """See `Store`; it is looked at no more."""
        self._ended.set()
        self._store.close()

    def follow(self, changed: Callable[[SentenceIndex], None], every: float = _EVERY) -> None:
        """Look in a thread whether it answers, and whether its first articles have changed.

        It ends when the store is closed, or the process ends, which waits for a model that works in it.

        :param changed: Called in the thread with the first articles: at once, and each time they have changed.
        :param every: Seconds between two looks.
        """
        Thread(target=self._follow, args=(changed, every), name="store").start()

    def _follow(self, changed: Callable[[SentenceIndex], None], every: float) -> None:
        before: list[Listed] = []
        while main_thread().is_alive():
            try:
                first = self.listed(limit=_FIRST)
                if first and first != before:
                    changed(self.fetch([one.id for one in first]))
                before = first
            except (ServerBusyError, InputError):
                # it was logged; what has changed is looked at again
                pass
            if self._ended.wait(every):
                return

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except MissingError as error:
            raise _GoneError from error
        except ClashError:
            raise
        except InputError as error:
            _LOG.warning("The store cannot be asked: %s", error)
            raise ServerBusyError("The articles cannot be reached.") from error
        self._answered = monotonic()
