"""Which answers helped, kept in a file on this machine and sent nowhere."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from threading import Event

from filelock import FileLock
from limits import RateLimitItemPerDay
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from index.errors import InputError
from rag.answer import Answer

LARGEST = 1_000_000
"""Bytes: some two thousand judgements."""
_SHARE = 20
"""What one client may fill in a day is one part of so many: some hundred judgements."""
_LOGGER = logging.getLogger("pullquote.feedback")


def _limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(MemoryStorage())


@dataclass(frozen=True, slots=True)
class Feedback:
    """A file of judgements, one JSON object a line; several threads and processes may write it.

    It is never rotated or cut: once full, it stays as it is until someone moves it away, which the log asks for. One
    client fills a twentieth of it in a day. A lock file lies beside it: who reads without the lock while another writes
    may see the last line by half.
    Only its owner may read the file, because it holds questions.

    :param path: The file; made if missing, in a folder that exists.
    :param largest: Bytes it may have.
    :raises InputError: If it cannot be written.
    """

    path: Path
    largest: int = LARGEST
    _said: SlidingWindowCounterRateLimiter = field(default_factory=_limiter, init=False, repr=False, compare=False)
    _told: Event = field(default_factory=Event, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find out now, and not at the first click, whether the file can be written."""
        with self._opened():
            pass

    def record(self, answer: Answer, good: bool, client: str = "") -> None:
        """Append a judgement.

        :param answer: What is judged.
        :param good: Whether it helped.
        :param client: Name of the client that judges; it is not written.
        :raises InputError: If the file is full, the client has filled its part for the day, or the file cannot be
            written: then nothing is.
        """
        # ASCII, so that any question, half of a surrogate pair included, is one line that comes back as it was
        line = (json.dumps(_record(answer, good)) + "\n").encode("ascii")
        with self._opened() as file:
            size = os.fstat(file.fileno()).st_size
            if size + len(line) > self.largest:
                self._tell()
                raise InputError(f"{self.path.name} is full; this was not recorded.")
            if not self._said.hit(RateLimitItemPerDay(self.largest // _SHARE), client, cost=len(line)):
                raise InputError("That is as much as one reader may say in a day; this was not recorded.")
            if file.write(line) < len(line):
                # half a line would spoil the next one
                file.truncate(size)
                raise InputError(f"No space left for {self.path}. Make some, or give a file on another disk.")
            self._told.clear()

    def _tell(self) -> None:
        """Tell whoever runs the server, once until there is room again."""
        if not self._told.is_set():
            self._told.set()
            _LOGGER.warning("%s is full; what readers say is not recorded. Move it away.", self.path)

    @contextmanager
    def _opened(self) -> Iterator[FileIO]:
        try:
            with (
                # unbuffered: one write for each line; opened before the lock, which would make a missing folder
                open(self.path, "ab", buffering=0, opener=_private) as file,
                # a lock object of its own for each call, so that threads exclude each other too
                FileLock(self.path.with_name(f"{self.path.name}.lock"), mode=0o600),
            ):
                yield file
        except OSError as error:
            raise InputError(
                f"Cannot write {self.path}: {error.strerror or error}. Give a file in a writable folder."
            ) from error


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _record(answer: Answer, good: bool) -> dict[str, object]:
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "good": good,
        "question": answer.question,
        "understood_as": answer.understood_as,
        "status": answer.status.value,
        "text": answer.text,
        "confidence": round(answer.confidence, 4),
        "citations": [[citation.article, citation.start, citation.end] for citation in answer.citations],
        "read_by": answer.read_by,
    }
