"""What was said, kept on the server: a copy that a browser sends back is not trusted (`rag/chat/restoring.py`).

Each page has a conversation of its own. Its id is a long random secret that the page makes: whoever knows the id may
read the conversation. A reload makes a new page, which takes a copy of the conversation. So a conversation survives a
reload, and two tabs, even a duplicated one, never mix.

Until the page's script has made the id, the page's session stands for it. A session is no secret: it stands in
addresses. So it opens nothing: what was asked early moves to the id, and is found under that alone.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from weakref import WeakValueDictionary

from rag.answer import Turn
from rag.locale import ENGLISH, Locale

MOST = 500
"""Conversations kept. The client that has the most of them loses the one that it did not use for the longest time."""
LONGEST = 100
"""Turns of a conversation that are kept; the first ones are forgotten first."""
CONVERSATION_ID = "[0-9a-zA-Z_-]{10,64}"
"""The pattern of a conversation id."""
_PATIENCE = 30.0
"""Seconds."""
_VALID = re.compile(CONVERSATION_ID)
_SESSION = re.compile("[0-9a-zA-Z_-]{1,64}")
_EARLY = "early "
"""What the key of a session begins with. No conversation id has a blank, so nobody can name such a key."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who asks, and where what is said is kept.

    :param key: The conversation id, or what stands for it, see `Conversations.key`.
    :param client: Name of the client.
    :param locale: The language that they read.
    """

    key: str
    client: str = ""
    locale: Locale = ENGLISH


@dataclass(frozen=True, slots=True)
class _Kept:
    client: str
    turns: tuple[Turn, ...]


class Conversations:
    """The conversations of all open pages; several threads may use it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._counts: Counter[str] = Counter()
        self._identified: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = Lock()
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    def key(self, conversation: str, session: str, arrived: float) -> str:
        """Find the key of what a page says.

        :param conversation: The conversation id, or nothing, if the page has none yet.
        :param session: The page's session, which stands for the id until then.
        :param arrived: When the request arrived, by `time.perf_counter`.
        :return: The id, if the page has it, or had it when its request arrived; else a key that no page can name.
        """
        if is_id(conversation):
            return conversation
        if not _SESSION.fullmatch(session):
            return ""
        early = _EARLY + session
        with self._lock:
            known, since = self._identified.get(early, ("", 0.0))
        if not known:
            return early
        # who comes later and has only the session is not the page, for that has the id by now
        return known if arrived < since else f"{early} later"

    @contextmanager
    def locked(self, key: str) -> Iterator[None]:
        """Keep other questions of a conversation waiting until this one is answered, half a minute at most.

        :param key: The conversation's key.
        """
        with self._lock:
            lock = self._locks.setdefault(self._known(key), Lock())
        taken = lock.acquire(timeout=_PATIENCE)
        try:
            yield
        finally:
            if taken:
                lock.release()

    def of(self, key: str) -> tuple[Turn, ...]:
        """Return what was said in a conversation.

        :param key: The conversation's key.
        :return: The turns, the latest last; none if the conversation is not known.
        """
        with self._lock:
            known = self._known(key)
            if known not in self._kept:
                return ()
            self._kept.move_to_end(known)
            return self._kept[known].turns

    def keep(self, speaker: Speaker, turns: tuple[Turn, ...]) -> None:
        """Keep what was said in a conversation, in the place of what was kept before.

        :param speaker: Who said it. Nothing is kept under a key that is neither a conversation id nor a session's.
        :param turns: The turns.
        """
        if not is_id(speaker.key) and not speaker.key.startswith(_EARLY):
            return
        with self._lock:
            self._keep(speaker, turns)

    def go_on(self, speaker: Speaker, turns: tuple[Turn, ...], after: int) -> tuple[Turn, ...]:
        """Keep turns behind those that are kept, if there are so many. Nobody waits for a question under way.

        :param speaker: Who said it.
        :param turns: The turns.
        :param after: How many turns must be there.
        :return: The turns that are kept now.
        """
        with self._lock:
            kept = self._kept.get(self._known(speaker.key))
            before = kept.turns if kept else ()
            if len(before) != after or not turns:
                return before
            self._keep(speaker, (*before, *turns))
        return (*before, *turns)[-LONGEST:]

    def forget(self, key: str) -> None:
        """Forget a conversation.

        :param key: Its key.
        """
        with self._lock:
            self._drop(self._known(key))

    def leave_out(self, key: str, articles: Collection[str]) -> None:
        """Forget the answers of a conversation that were read from some articles.

        :param key: The conversation's key.
        :param articles: Their ids.
        """
        with self._lock:
            kept = self._kept.get(self._known(key))
            if kept:
                turns = (turn for turn in kept.turns if all(one.id not in articles for one in turn.answer.versions))
                self._kept[self._known(key)] = _Kept(kept.client, tuple(turns))

    def identify(self, session: str, conversation: str) -> None:
        """Give a session's conversation its id, once. An answer that is still to come for it is kept there, too.

        :param session: What stood for the id until now.
        :param conversation: The conversation id.
        """
        if not is_id(conversation) or not _SESSION.fullmatch(session):
            return
        early = _EARLY + session
        with self._lock:
            if early in self._identified:
                return
            self._identified[early] = conversation, perf_counter()
            while len(self._identified) > MOST:
                self._identified.popitem(last=False)
            said = self._drop(early)
            if said and conversation not in self._kept:
                self._put(conversation, said)

    def resume(self, earlier: str, speaker: Speaker) -> tuple[Turn, ...]:
        """Begin a conversation with a copy of what was said in an earlier one.

        :param earlier: Id of the earlier conversation.
        :param speaker: Who begins.
        :return: The turns.
        """
        turns = self.of(earlier)
        if turns:
            self.keep(speaker, turns)
        return turns

    def _known(self, key: str) -> str:
        return self._identified[key][0] if key in self._identified else key

    def _keep(self, speaker: Speaker, turns: tuple[Turn, ...]) -> None:
        self._put(self._known(speaker.key), _Kept(speaker.client, turns[-LONGEST:]))
        if len(self._kept) > MOST:
            most = max(self._counts.values())
            self._drop(next(key for key, kept in self._kept.items() if self._counts[kept.client] == most))

    def _put(self, key: str, kept: _Kept) -> None:
        self._drop(key)
        self._kept[key] = kept
        self._counts[kept.client] += 1

    def _drop(self, key: str) -> _Kept | None:
        kept = self._kept.pop(key, None)
        if kept:
            self._counts[kept.client] -= 1
            if not self._counts[kept.client]:
                del self._counts[kept.client]
        return kept


def is_id(text: str) -> bool:
    """Tell whether a text may be a conversation id.

    :param text: As a page or a program sent it.
    """
    return _VALID.fullmatch(text) is not None
