"""A mounted application that answers only addresses which the others do not have."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Receive, Scope, Send


class Fallback(BaseRoute):
    """A route for an application mounted at `/`.

    As it takes every address, a wrong method on one of ours would get its 404. Passed by here, it gets our own 405.

    :param mount: Where the application is mounted.
    :param others: The routes that come before it.
    """

    def __init__(self, mount: Mount, others: Sequence[BaseRoute]) -> None:
        self.mount = mount
        self._others = others

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what no other route has by another method."""
        if any(route.matches(scope)[0] is Match.PARTIAL for route in self._others):
            return Match.NONE, {}
        return self.mount.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the mounted application answer."""
        await self.mount.handle(scope, receive, send)
