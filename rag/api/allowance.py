"""How often one client may do a thing, and who one client is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Address

from rag.api.shared_counts import SharedCounts

_CLIENT_BITS = 64
"""Bits of an IPv6 address that stand for one client, which may use all addresses that begin with them."""


class Allowance:
    """What each client may do so many times in a minute; to be used in one thread.

    :param per_minute: How many times.
    :param what: What it may do, in a word: for each, several servers count by themselves.
    :param shared: What counts for several servers; without it only this one is counted for.
    """

    def __init__(self, per_minute: int, what: str = "", shared: SharedCounts | None = None) -> None:
        self.per_minute = per_minute
        self._item = RateLimitItemPerMinute(per_minute)
        self._what = what
        self._shared = shared
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, client: str) -> int:
        """Count one time more, if it is allowed.

        :param client: Name of the client.
        :return: 0 if it is allowed, else the seconds to wait.
        """
        return self._asked(lambda one: 0 if one.hit(self._item, self._what, client) else self._seconds(one, client))

    def left(self, client: str) -> int:
        """Tell whether one time more would be allowed, and count nothing.

        :param client: Name of the client.
        :return: 0 if it would, else the seconds to wait.
        """
        return self._asked(lambda one: 0 if one.test(self._item, self._what, client) else self._seconds(one, client))

    def _asked(self, work: Callable[[SlidingWindowCounterRateLimiter], int]) -> int:
        return self._shared.ask(work, self._limiter) if self._shared else work(self._limiter)

    def _seconds(self, limiter: SlidingWindowCounterRateLimiter, client: str) -> int:
        reset = limiter.get_window_stats(self._item, self._what, client).reset_time
        # one second more: exactly at the reset it is still too early
        return max(0, math.floor(reset - time.time())) + 1


def client_of(connected: Address | None) -> str:
    """Name the client of a request.

    :param connected: The request's `client`.
    """
    return client_name(connected.host if connected else "")


def client_name(address: str) -> str:
    """Name a client by its address.

    >>> client_name("192.0.2.7"), client_name("2001:db8:1:2:3:4:5:6")
    ('192.0.2.7', '2001:db8:1:2::')

    :param address: IP address of the connection.
    :return: The address; of one in IPv6 the network.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> _CLIENT_BITS << _CLIENT_BITS))
