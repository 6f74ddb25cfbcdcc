"""A server follows its index: when another is written in its place, it answers about that one, without a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread, main_thread

from index.errors import InputError
from index.loading import load_index
from index.manifest import MANIFEST
from rag.answering.assistant import Assistant

_EVERY = 1.0
"""Seconds between two looks at one file's time: some microseconds each."""
_AGAIN = 30
"""Looks until an index that could not be used is tried again: its files may have been copied after its manifest."""


class Renewal:
    """Looks in a thread of its own whether an index folder has changed.

    A question that is being answered ends with the index that it began with. An index that cannot be used (damaged, of
    another encoder, removed) is told of, and the one before goes on.

    :param folder: The index folder. To be made before the index is read, so that no change is missed.
    :param every: Seconds between two looks.
    """

    def __init__(self, folder: Path, every: float = _EVERY) -> None:
        self._folder = folder
        self._every = every
        self._seen = self._state()
        self._ended = Event()

    def start(self, assistant: Assistant, told: Callable[[str], None], renewed: Callable[[], None]) -> None:
        """Begin to look, until `stop` is called or the process ends, which waits for a model that works.

        :param assistant: Answers about the index.
        :param told: Called, in the thread, with a line for the person who runs the server.
        :param renewed: Called, in the thread, each time that the assistant answers about another index.
        """
        Thread(target=self._follow, args=(assistant, told, renewed), name="renewal").start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def _follow(self, assistant: Assistant, told: Callable[[str], None], renewed: Callable[[], None]) -> None:
        trouble, looks = "", 0
        while main_thread().is_alive() and not self._ended.wait(self._every):
            looks += 1
            state = self._state()
            changed = state != self._seen
            if not changed and not (trouble and looks % _AGAIN == 0):
                continue
            self._seen = state
            try:
                assistant.renew(load_index(self._folder, assistant.index.mark, unchanged=False))
            except InputError as error:
                if changed or trouble != str(error):
                    told(f"The index has changed and cannot be used; the one before goes on. {error}")
                trouble = str(error)
                continue
            trouble = ""
            told(f"The index has changed; articles in it now: {len(assistant.index.articles)}.")
            renewed()

    def _state(self) -> tuple[int, ...] | None:
        """Return what tells one manifest from another; None if there is none."""
        try:
            told = (self._folder / MANIFEST).stat()
        except OSError:
            return None
        return told.st_mtime_ns, told.st_ino, told.st_size
