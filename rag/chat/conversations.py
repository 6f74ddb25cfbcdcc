"""What was said, kept on the server: a copy that a browser could send back is not trusted.

Each page has a conversation of its own. Its id is a long random secret that the page makes: whoever knows the id may
read the conversation. A reload makes a new page, which takes a copy of the conversation. So a conversation survives as
long as the server runs, and two tabs, even a duplicated one, never mix. Until the page's script has run, the session
stands for the conversation id; what is asked so early is moved when the id comes.
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
"""Conversations kept; the one that was not used for the longest time is forgotten first."""
LONGEST = 100
"""Turns of a conversation that are kept; the first ones are forgotten first."""
CONVERSATION_ID = "[0-9a-zA-Z_-]{10,64}"
"""The pattern of a conversation id."""
_PATIENCE = 30.0
"""Seconds."""
_VALID = re.compile(CONVERSATION_ID)


class Conversations:
    """The conversations of all open pages; several threads may use it."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._ids_by_session: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    @contextmanager
    def locked(self, conversation: str) -> Iterator[None]:
        """Keep other questions of a conversation waiting until this one is answered, half a minute at most.

        :param conversation: The conversation id.
        """
        with self._lock:
            conversation = self._ids_by_session.get(conversation, conversation)
            lock = self._locks.setdefault(conversation, Lock())
        taken = lock.acquire(timeout=_PATIENCE)
        try:
            yield
        finally:
            if taken:
                lock.release()

    def of(self, conversation: str) -> tuple[Turn, ...]:
        """Return what was said in a conversation.

        :param conversation: The conversation id.
        :return: The turns, the latest last; none if the conversation is not known.
        """
        with self._lock:
            conversation = self._ids_by_session.get(conversation, conversation)
            if conversation in self._turns:
                self._turns.move_to_end(conversation)
            return self._turns.get(conversation, ())

    def keep(self, conversation: str, turns: tuple[Turn, ...]) -> None:
        """Keep what was said in a conversation, in the place of what was kept before.

        :param conversation: The conversation id; nothing is kept under one that does not match `CONVERSATION_ID`.
        :param turns: The turns.
        """
        if not _VALID.fullmatch(conversation):
            return
        with self._lock:
            conversation = self._ids_by_session.get(conversation, conversation)
            self._turns[conversation] = turns[-LONGEST:]
            self._turns.move_to_end(conversation)
            while len(self._turns) > MOST:
                self._turns.popitem(last=False)

    def identify(self, session: str, conversation: str) -> None:
        """Give a session's conversation its id. An answer that comes later for the session is kept under it, too.

        :param session: What stood for the id until now.
        :param conversation: The conversation id.
        """
        if not _VALID.fullmatch(conversation):
            return
        with self._lock:
            self._ids_by_session[session] = conversation
            while len(self._ids_by_session) > MOST:
                self._ids_by_session.popitem(last=False)
            early = self._turns.pop(session, ())
            if early:
                self._turns.setdefault(conversation, early)

    def resume(self, earlier: str, conversation: str) -> tuple[Turn, ...]:
        """Begin a conversation with a copy of what was said in an earlier one.

        :param earlier: Id of the earlier conversation.
        :param conversation: Id of the new one.
        :return: The turns.
        """
        turns = self.of(earlier)
        if turns:
            self.keep(conversation, turns)
        return turns
