"""Counts that several servers share in Valkey or Redis; while that cannot be reached, each server counts for itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from limits.errors import ConfigurationError, StorageError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from index.errors import InputError

Result = TypeVar("Result")
_LOG = logging.getLogger("pullquote")
SCHEMES = ("redis://", "rediss://")
SECONDS = 0.25
"""That an answer may take. It is waited for in the event loop, so no reader waits longer than this."""
PAUSE = 5.0
"""Seconds for which it is not asked once it failed."""


class SharedCounts:
    """Counts with other servers, as long as Valkey answers; to be used in one thread.

    :param address: `redis://USER:PASSWORD@HOST:PORT/NUMBER`, or `rediss://` with TLS.
    :raises InputError: If the address is none, or the package for it is not installed.
    """

    def __init__(self, address: str) -> None:
        check_address(address)
        self._name = shown(address)
        self._resting = 0.0
        self.reached = True
        try:
            storage = RedisStorage(
                address,
                key_prefix="pullquote:limits",
                wrap_exceptions=True,
                socket_timeout=SECONDS,
                socket_connect_timeout=SECONDS,
            )
        except ConfigurationError as error:
            raise InputError(f"{error}. Run: pip install 'pullquote[servers]'") from error
        except ValueError as error:
            # neither is shown: a password may be in them
            raise InputError(
                "The address of Valkey cannot be read. Give one such as redis://127.0.0.1:6379."
            ) from error
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    def ask(
        self, work: Callable[[SlidingWindowCounterRateLimiter], Result], own: SlidingWindowCounterRateLimiter
    ) -> Result:
        """Count with the others, or alone.

        :param work: Counts.
        :param own: The counts of this server.
        :return: What the work gives.
        """
        if monotonic() >= self._resting:
            try:
                result = work(self._limiter)
            except StorageError as error:
                self._resting = monotonic() + PAUSE
                if self.reached:
                    _LOG.warning("%s cannot be reached; this server counts for itself: %s", self._name, error)
                self.reached = False
            else:
                if not self.reached:
                    _LOG.warning("%s is reached again; the servers count together.", self._name)
                self.reached = True
                return result
        return work(own)


def shown(address: str) -> str:
    """Return what may be shown of an address of Valkey: no password, and nothing behind a `?`."""
    scheme, _, place = address.partition("://")
    user, at, place = place.rpartition("@")
    if any(mark in user for mark in "/?#"):
        # of one that cannot be taken apart only the scheme
        return f"{scheme}://…"
    return f"{scheme}://{user.partition(':')[0]}{at}{place.partition('?')[0]}"


def check_address(address: str) -> None:
    """Refuse what is no address of Valkey.

    :raises InputError: If it is none. The address is not shown, as a password may be in it.
    """
    if not address.lower().startswith(SCHEMES) or not address.isprintable():
        raise InputError("The address of Valkey is of no known kind. Give one such as redis://127.0.0.1:6379.")
