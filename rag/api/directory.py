"""The servers behind one address, and which of them has what a page left there: told to each other in Valkey.

Each server writes every second that it is there, and reads who else is. What a page needs stands in the memory of one
of them, its owner: which one is noted, so that it stays the same when others come and go. What has no note yet belongs
to the server that all choose alike, by rendezvous hashing (Thaler and Ravishankar 1998); so it does while Valkey cannot
be reached.

Who can write into Valkey cannot make a server connect anywhere: what a server writes of itself is signed with the
secret that all have. Of a page nothing is written but a digest.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from secrets import compare_digest, token_hex
from time import monotonic

from redis.asyncio import Redis
from redis.exceptions import RedisError

from rag.api.shared_counts import PAUSE, check_address, shown
from rag.api.standing import Standing

_LOG = logging.getLogger("pullquote")
_EVERY = 1.0
"""Seconds between two signs of life."""
_AGAIN = 0.1
"""Seconds between two looks, where one is made at once because a server is named that is not known."""
_LOOKS = 2
"""Of these, the first may have begun before that server was there."""
_LIVES = 4_000
"""Milliseconds for which a server counts as there after one."""
_WAITS = 2.0
"""Seconds that an answer of Valkey may take; only the request that needs it waits. A busy server takes a while to come
to an answer that is there, and without one it would send pages to the wrong server."""
_NOTED = 7_200
"""Seconds for which the owner of a page is noted since it was last asked: longer than Gradio keeps a session."""
_MISSED = 5.0
"""Seconds for which a server that could not be reached is passed over."""
_ALL = "pullquote:servers"
_ONE = "pullquote:server:"
_PAGE = "pullquote:page:"


@dataclass(frozen=True, slots=True)
class Peer:
    """A server.

    :param id: Of this run of it.
    :param address: Host and port at which the others reach it.
    :param takes: Whether it begins with new pages.
    """

    id: str
    address: str
    takes: bool = True


class Directory:
    """Knows the servers. Its methods are to be called in the server's event loop.

    :param address: Of Valkey.
    :param secret: What all servers have, and nobody else.
    :param reached_at: Host and port at which the others reach this server.
    :param standing: Whether it takes questions.
    :raises InputError: If the address is none.
    """

    def __init__(self, address: str, secret: str, reached_at: str, standing: Standing) -> None:
        check_address(address)
        self.id = token_hex(8)
        self._name = shown(address)
        self._secret = secret.encode()
        self._reached_at = reached_at
        self._standing = standing
        self._valkey = Redis.from_url(
            address,
            socket_timeout=_WAITS,
            socket_connect_timeout=_WAITS,
            decode_responses=True,
            # what others write there may be anything
            encoding_errors="replace",
        )
        self._known: dict[str, Peer] = {}
        self._missed: dict[str, float] = {}
        self._resting = 0.0
        self._looked = -_AGAIN
        self._looking: asyncio.Future[None] | None = None
        self.reached = True

    @property
    def me(self) -> Peer:
        """Return this server."""
        return Peer(self.id, self._reached_at, not self._standing.draining)

    @property
    def peers(self) -> dict[str, Peer]:
        """The servers that are there, this one among them, by their ids."""
        now = monotonic()
        there = {id_: one for id_, one in self._known.items() if now - self._missed.get(id_, -_MISSED) >= _MISSED}
        return {**there, self.id: self.me}

    def token(self, peer: str) -> str:
        """Return what proves to a server that another one sends a request. It is of no use to any other server."""
        return self._signed("to", peer)

    def is_token(self, token: str) -> bool:
        """Tell whether another server sends a request here."""
        return compare_digest(token.encode(), self.token(self.id).encode())

    async def owner(self, keys: Sequence[str], *, follows: bool = False) -> Peer:
        """Find the server that has what a page left, or is to have it.

        :param keys: What stands for the page, the best first.
        :param follows: Whether something is under way there that is to be ended, even if the server itself ends.
        """
        noted = await self._noted(keys)
        for _ in range(_LOOKS):
            if set(noted) <= {*self._known, self.id}:
                break
            # it may have just started
            await self._look()
        peers = self.peers
        for id_ in noted:
            if id_ in peers and (follows or peers[id_].takes):
                return peers[id_]
        return self.choice(keys[-1])

    def choice(self, key: str) -> Peer:
        """Choose a server that takes what is new: all choose alike."""
        takers = [one for one in self.peers.values() if one.takes] or [self.me]
        return max(takers, key=lambda one: sha256(f"{one.id} {key}".encode()).digest())

    async def note(self, keys: Iterable[str]) -> None:
        """Note that this server has what a page left."""
        if monotonic() < self._resting:
            return
        try:
            async with self._valkey.pipeline(transaction=False) as pipeline:
                for key in keys:
                    pipeline.set(_page(key), self.id, ex=_NOTED)
                await pipeline.execute()
        except RedisError as error:
            self._lost(error)

    def miss(self, peer: str) -> None:
        """Pass over a server that cannot be reached, for a while."""
        self._missed[peer] = monotonic()

    async def _look(self) -> None:
        """Look who is there, with all who want to know it at the same time, but not all the time."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(self._look_again())
        await asyncio.shield(self._looking)

    async def _look_again(self) -> None:
        await asyncio.sleep(self._looked + _AGAIN - monotonic())
        await self.tell()

    async def live(self) -> None:
        """Tell every second that this server is there, and learn who else is, until it is cancelled."""
        try:
            while True:
                await self.tell()
                await asyncio.sleep(_EVERY)
        finally:
            await self._leave()

    async def tell(self) -> None:
        """Tell that this server is there, and learn who else is."""
        self._looked = monotonic()
        try:
            async with self._valkey.pipeline() as pipeline:
                pipeline.sadd(_ALL, self.id)
                pipeline.set(_ONE + self.id, self.entry(), px=_LIVES)
                pipeline.smembers(_ALL)
                *_, members = await pipeline.execute()
            ids = sorted(str(one) for one in members)
            told = dict(zip(ids, await self._valkey.mget([_ONE + one for one in ids]), strict=True))
            if dead := [one for one, entry in told.items() if entry is None]:
                await self._forget(*dead)
        except RedisError as error:
            # who was there may still be
            self._lost(error)
            return
        found = (self.peer_of(id_, entry) for id_, entry in told.items() if entry and id_ != self.id)
        self._known = {one.id: one for one in found if one}
        if not self.reached:
            _LOG.warning("%s is reached again.", self._name)
        self.reached = True

    async def _leave(self) -> None:
        # else it is forgotten in four seconds
        with suppress(RedisError):
            await self._forget(self.id)
        await self._valkey.aclose()

    async def _forget(self, *ids: str) -> None:
        async with self._valkey.pipeline() as pipeline:
            pipeline.srem(_ALL, *ids)
            pipeline.delete(*(_ONE + id_ for id_ in ids))
            await pipeline.execute()

    async def _noted(self, keys: Sequence[str]) -> list[str]:
        if monotonic() < self._resting:
            return []
        try:
            return [str(one) for one in await self._valkey.mget([_page(key) for key in keys]) if one]
        except RedisError as error:
            self._lost(error)
            return []

    def _lost(self, error: RedisError) -> None:
        self._resting = monotonic() + PAUSE
        if self.reached:
            _LOG.warning("%s cannot be reached; the servers that are known go on: %s", self._name, error)
        self.reached = False

    def entry(self) -> str:
        """Return what this server writes of itself."""
        me = self.me
        takes = int(me.takes)
        return f"{takes} {me.address} {self._signed('at', me.id, me.address, takes)}"

    def peer_of(self, id_: str, entry: str) -> Peer | None:
        """Read what a server has written of itself; None if no server with the secret has."""
        takes, _, rest = entry.partition(" ")
        address, _, signature = rest.partition(" ")
        if takes not in ("0", "1") or not compare_digest(
            signature.encode(), self._signed("at", id_, address, takes).encode()
        ):
            return None
        return Peer(id_, address, takes == "1")

    def _signed(self, *parts: object) -> str:
        return hmac.new(self._secret, " ".join(map(str, parts)).encode(), sha256).hexdigest()


def _page(key: str) -> str:
    return _PAGE + sha256(key.encode()).hexdigest()[:32]
