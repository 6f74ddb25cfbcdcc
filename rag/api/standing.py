"""Whether the server takes questions, and what is under way: what a balancer and the server's end go by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SETTLE = 2.5
"""Seconds after which each other server knows that this one ends: each looks every second."""
_QUIET = 1.0
"""Seconds in which nothing is to be under way any more."""
_COMES = 10.0
"""Seconds in which whoever has asked a question comes for its answer, however slowly."""
_HEARTBEAT = "/gradio_api/heartbeat/"
"""What the addresses begin with of requests that last as long as a page is open."""
_ASKED, _ANSWERS = "/gradio_api/queue/join", "/gradio_api/queue/data"
"""Where a page asks a question, and where it then fetches the answer."""


class Standing:
    """Whether the server takes questions. Its methods are to be called in the server's event loop.

    :param reaches: Tells whether the articles can be reached.
    :param settle: Seconds from the beginning of the end after which no other server sends anything new.
    """

    def __init__(self, reaches: Callable[[], bool] = lambda: True, settle: float = 0.0) -> None:
        self._reaches = reaches
        self._settle = settle
        self._ends: float | None = None
        self._over = asyncio.Event()
        self._under_way = 0
        self._quiet_since = monotonic()
        self._unfetched = 0
        self._asked_last = 0.0

    @property
    def obstacle(self) -> str:
        """Why no question is to be sent here; nothing if one may be."""
        if self.draining:
            return "The server is stopping."
        return "" if self._reaches() else "The articles cannot be reached."

    @property
    def draining(self) -> bool:
        """Whether the server ends what is under way, and begins nothing that another one can."""
        return self._ends is not None

    def drain(self) -> None:
        """Begin to end."""
        if self._ends is None:
            self._ends = monotonic()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count something that is under way."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._quiet_since = monotonic()

    def asked(self) -> None:
        """Count a question whose answer is still to be fetched."""
        self._unfetched += 1
        self._asked_last = monotonic()

    def fetched(self) -> None:
        """Count that an answer is fetched."""
        self._unfetched = max(0, self._unfetched - 1)

    def drained(self, patience: float) -> bool:
        """Tell whether nothing is under way any more, or has been for too long.

        :param patience: Seconds for which it is waited for.
        """
        if self._ends is None:
            return False
        now = monotonic()
        settled = now - self._ends >= self._settle and now - self._quiet_since >= min(_QUIET, self._settle)
        comes = self._unfetched > 0 and now - self._asked_last < _COMES
        return now - self._ends > patience or (settled and not self._under_way and not comes)

    def end(self) -> None:
        """End the requests that last as long as a page is open."""
        self._over.set()

    async def over(self) -> None:
        """Wait until these are to end."""
        await self._over.wait()


class UnderWay:
    """ASGI middleware: counts what is under way, and ends at last what would never end by itself.

    What is asked is counted, and who waits for an answer; what is only looked at is not.

    :param app: The application behind it.
    :param standing: Where it is counted.
    """

    def __init__(self, app: ASGIApp, standing: Standing) -> None:
        self._app = app
        self._standing = standing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"].startswith(_HEARTBEAT):
            await self._while_open(scope, receive, send)
        elif scope["type"] == "http" and (scope["method"] in ("POST", "PUT") or scope["path"] == _ANSWERS):
            if scope["path"] == _ANSWERS:
                self._standing.fetched()
            with self._standing.working():
                await self._app(scope, receive, send)
            if scope["path"] == _ASKED:
                self._standing.asked()
        else:
            await self._app(scope, receive, send)

    async def _while_open(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        answering = asyncio.ensure_future(self._app(scope, receive, send_noted))
        ending = asyncio.ensure_future(self._standing.over())
        try:
            await asyncio.wait((answering, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            ended = answering.done()
            answering.cancel()
        if ended:
            await answering
        elif begun:
            await send({"type": "http.response.body", "body": b""})
