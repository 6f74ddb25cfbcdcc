"""Limits: how long the body of a request may be, and how often one client may ask."""

from __future__ import annotations

import math
import time
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address

from fastapi import HTTPException
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.problems import COMPLETIONS, problem

LONGEST_BODY = 64 * 1024
"""Bytes."""
ASK = "/api/ask"
_DIGITS = 9
"""Digits of a Content-Length that are read; a longer number is too large anyway."""
_TOO_LONG = f"The body is longer than {LONGEST_BODY} bytes. Send less."
_EVENT_ROUTES = ("/gradio_api/queue/join", "/gradio_api/call/", "/gradio_api/run/", "/gradio_api/mcp")
_EVENTS = 4
"""Gradio events that a question in the chat may need: the question, and the commands of the page's script."""
_CLIENT_BITS = 64
"""Bits of an IPv6 address that stand for one client, which may use all addresses that begin with them."""


class BodyLimit:
    """ASGI middleware: refuses a long body, announced or not. Starlette's own limit does not reply with JSON.

    :param app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose body is short enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and (len(announced) > _DIGITS or int(announced) > LONGEST_BODY):
            await problem(scope, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LONG)(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LONGEST_BODY:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LONG)
            return message

        await self._app(scope, receive_counted, send)


class RateLimit:
    """ASGI middleware: limits the questions that each client may ask in a minute.

    :param app: The application behind it.
    :param per_minute: How many.
    """

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self._app = app
        self._questions = RateLimitItemPerMinute(per_minute)
        self._events = RateLimitItemPerMinute(per_minute * _EVENTS)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, unless its client has asked too many questions."""
        allowed = self._allowed(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if allowed is None:
            await self._app(scope, receive, send)
            return
        client = client_name(scope["client"][0] if scope.get("client") else "")
        if self._limiter.hit(allowed, client):
            await self._app(scope, receive, send)
            return
        reset = self._limiter.get_window_stats(allowed, client).reset_time
        # one second more: exactly at the reset it is still too early
        seconds = max(0, math.floor(reset - time.time())) + 1
        reply = problem(
            scope,
            HTTPStatus.TOO_MANY_REQUESTS,
            f"More than {allowed.amount} questions in a minute. Ask again in {seconds} seconds.",
            {"Retry-After": str(seconds)},
        )
        await reply(scope, receive, send)

    def _allowed(self, path: str) -> RateLimitItemPerMinute | None:
        if path in (ASK, COMPLETIONS):
            return self._questions
        return self._events if path.startswith(_EVENT_ROUTES) else None


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
