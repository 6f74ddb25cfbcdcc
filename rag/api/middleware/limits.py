"""Limits: how long the body of a request may be, how often one client may ask, and how often it may guess."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.allowance import Allowance, client_of
from rag.api.problems import COMPLETIONS, problem
from rag.api.shared_counts import SharedCounts

LONGEST_BODY = 64 * 1024
"""Bytes."""
ASK = "/api/ask"
CONVERSATION = "/pullquote/conversation/"
"""What the addresses of conversations begin with."""
UPLOADS = "/pullquote/uploads/"
"""What the addresses of documents begin with that people bring."""
_DIGITS = 9
"""Digits of a Content-Length that are read; a longer number is too large anyway."""
_TWO_LENGTHS = "The request has both Content-Length and Transfer-Encoding. Send one: a proxy may read the other."
_EVENTS = (f"/gradio_api/{route}" for route in ("queue/join", "call/", "run/", "mcp"))
_COUNTED = (ASK, COMPLETIONS, CONVERSATION, *_EVENTS)
_REQUESTS = 4
"""Requests that a question may need: in the chat the question itself, and the commands of the page's script."""


class BodyLimit:
    """ASGI middleware: refuses a long body, announced or not, and one whose length is told in two ways.

    Starlette's own limit does not reply with JSON.

    :param app: The application behind it.
    :param megabytes: Length of a document that people bring.
    """

    def __init__(self, app: ASGIApp, megabytes: int = 0) -> None:
        self._app = app
        self._megabytes = megabytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose body is short enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, too_long = LONGEST_BODY, f"The body is longer than {LONGEST_BODY} bytes. Send less."
        if self._megabytes and scope["path"].startswith(UPLOADS):
            most = self._megabytes * 1_000_000
            too_long = f"The file has more than {self._megabytes} MB. Give a part of it, or its text."
        headers = Headers(scope=scope)
        if "content-length" in headers and "transfer-encoding" in headers:
            await problem(scope, HTTPStatus.BAD_REQUEST, _TWO_LENGTHS, {"Connection": "close"})(scope, receive, send)
            return
        announced = headers.get("content-length", "")
        if announced.isdecimal() and (len(announced) > _DIGITS or int(announced) > most):
            await problem(scope, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_long)(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, too_long)
            return message

        await self._app(scope, receive_counted, send)


class RequestLimit:
    """ASGI middleware: limits the requests that each client may send in a minute, where one may be a question.

    Each question that is answered is counted by the queue. This keeps away what comes in vain: bodies that are refused,
    events that do nothing, guesses at the conversations that have documents.

    :param app: The application behind it.
    :param per_minute: Questions that a client may ask in a minute.
    :param shared: Counts with other servers.
    """

    def __init__(self, app: ASGIApp, per_minute: int, shared: SharedCounts | None = None) -> None:
        self._app = app
        self._requests = Allowance(per_minute * _REQUESTS, "requests", shared)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, unless its client has sent too many."""
        counted = scope["type"] == "http" and (
            scope["path"].startswith(UPLOADS) or (scope["method"] == "POST" and scope["path"].startswith(_COUNTED))
        )
        seconds = self._requests.take(client_of(HTTPConnection(scope).client)) if counted else 0
        reply = _too_many(scope, f"{self._requests.per_minute} requests", seconds) if seconds else self._app
        await reply(scope, receive, send)


class GuessLimit:
    """ASGI middleware: limits how often each client may name a conversation that is not there.

    :param app: The application behind it.
    :param per_minute: How often in a minute.
    :param shared: Counts with other servers.
    """

    def __init__(self, app: ASGIApp, per_minute: int, shared: SharedCounts | None = None) -> None:
        self._app = app
        self._guesses = Allowance(per_minute, "guesses", shared)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, unless its client has guessed too often."""
        if scope["type"] != "http" or not scope["path"].startswith(CONVERSATION):
            await self._app(scope, receive, send)
            return
        client = client_of(HTTPConnection(scope).client)
        if seconds := self._guesses.left(client):
            reply = _too_many(scope, f"{self._guesses.per_minute} conversations that are not there", seconds)
            await reply(scope, receive, send)
            return

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= HTTPStatus.BAD_REQUEST:
                self._guesses.take(client)
            await send(message)

        await self._app(scope, receive, send_counted)


def _too_many(scope: Scope, what: str, seconds: int) -> Response:
    detail = f"More than {what} in a minute. Ask again in {seconds} seconds."
    return problem(scope, HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(seconds)})
