"""What Gradio keeps for each session, bounded: each page, and each client that names a session, has one.

Gradio keeps up to 10,000 sessions of some 50 kB, and what nobody fetches of an answer, for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

MOST = 500
"""Sessions that are kept; the one that was not used for the longest time is forgotten first."""
_UNREAD = 60.0
"""Seconds for which messages are kept that nobody fetches. A page does so at once."""
_EVERY = 10.0
"""Seconds between two looks."""


class SessionMemory:
    """Forgets sessions that are not used, and messages that nobody fetches.

    :param blocks: Gradio's blocks, mounted.
    :param idle: For how long a session is kept that is not used. Its page goes on all the same; what Gradio's `State`
        has is lost.
    :param now: Tells the seconds.
    """

    def __init__(self, blocks: Any, idle: timedelta, now: Callable[[], float] = monotonic) -> None:
        self._holder = blocks.state_holder
        self._queue = blocks._queue
        self._idle = idle
        self._now = now
        self._looked = now()
        self._seen: dict[str, tuple[object, float]] = {}

    def __call__(self) -> None:
        """Look whether anything is to be forgotten; to be called every second."""
        if self._now() - self._looked < _EVERY:
            return
        self._looked = self._now()
        self._forget_sessions()
        self._forget_messages()

    def _forget_sessions(self) -> None:
        oldest = datetime.now() - self._idle  # as Gradio notes it
        for session in [one for one, used in self._holder.time_last_used.items() if used < oldest]:
            self._holder.session_data.pop(session, None)
            self._holder.time_last_used.pop(session, None)

    def _forget_messages(self) -> None:
        unread, events = self._queue.pending_messages_per_session, self._queue.pending_event_ids_session
        seen = self._seen
        self._seen = {}
        for session in [*unread, *(one for one in events if one not in unread)]:
            under_way = events.get(session, set())
            # while messages are fetched, or an event goes on, this changes
            state = (unread[session].qsize() if session in unread else 0, frozenset(under_way))
            before, since = seen.get(session, (None, 0.0))
            if state != before:
                since = self._looked
            if self._looked - since < _UNREAD or not under_way.isdisjoint(self._queue.event_ids_to_events):
                self._seen[session] = state, since
                continue
            unread.pop(session, None)
            events.pop(session, None)
