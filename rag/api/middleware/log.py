"""The log: a line of JSON for each request, without the question and without the client's address."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import PurePath
from time import perf_counter
from typing import Any
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.metrics import Metrics
from rag.api.middleware.limits import CONVERSATION, UPLOADS
from rag.api.problems import problem

LOGGER = logging.getLogger("pullquote")
_LONGEST_PATH = 200
_SECRET = re.compile(rf"({re.escape(CONVERSATION)}|{re.escape(UPLOADS)}).*", re.DOTALL)
"""A path with a conversation id, of a request that was refused before it came to its route."""
_FRAMES = 5
"""Innermost frames of an unexpected error that are logged."""
_NO_ROUTE = "elsewhere"
"""Name in the metrics of all paths that are not routes: clients can invent any number of them."""


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON in ASCII, so that nothing in it can begin another line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record: its time, level, message and `fields`. A traceback is left out: it may quote a question."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        return json.dumps({"time": time, "level": record.levelname, "message": record.getMessage(), **fields})


def log_to_stderr() -> None:
    """Write the log to standard error. To be called once, by the command that runs the server."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOGGER.handlers = [handler]
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


class RequestLog:
    """ASGI middleware, the outermost: gives each request an id and the time it arrived, counts it and logs it.

    :param app: The application behind it.
    :param metrics: Where it is counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request under a new id; an id that the client sends is not trusted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, path, status = perf_counter(), scope["path"], HTTPStatus.INTERNAL_SERVER_ERROR.value
        state = scope.setdefault("state", {})
        state["request_id"] = str(uuid4())
        state["arrived"] = began

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = state["request_id"]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            route = state.get("route")
            self._metrics.requests.labels(route or _NO_ROUTE, str(status)).inc()
            fields = {
                "request_id": state["request_id"],
                "method": scope["method"],
                # the route, not the path: a path may contain a conversation id, which is a secret
                "path": route or _SECRET.sub(r"\1…", path)[:_LONGEST_PATH],
                "status": status,
                "milliseconds": round((perf_counter() - began) * 1e3, 1),
            }
            LOGGER.info("request", extra={"fields": fields})


class RouteName:
    """ASGI middleware, the innermost: notes which route answered; the middleware around it cannot see that itself.

    :param app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and note its route."""
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "http":
                scope["state"]["route"] = getattr(scope.get("route"), "path", None)


async def unexpected(request: Request, error: Exception) -> Response:
    """Tell the client that something went wrong. Log the error's type and place: its message may quote a question."""
    fields = {"request_id": request.scope.get("state", {}).get("request_id"), **_place(error)}
    LOGGER.error("unexpected error", extra={"fields": fields})
    detail = "Something went wrong on the server. Try again. If it happens again, report the instance."
    return problem(request.scope, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def log_current_error() -> None:
    """Log the type and the place of the error that is handled, as `traceback.print_exc` prints all of it."""
    error = sys.exception()
    LOGGER.error("unexpected error", extra={"fields": _place(error) if error else {}})


def without_values(record: logging.LogRecord) -> bool:
    """Replace the traceback of a record by the error's type and place: a traceback ends with what a client sent.

    :param record: A record of another library's.
    :return: True, as a filter that keeps every record.
    """
    if record.exc_info and record.exc_info[1]:
        place = _place(record.exc_info[1])
        record.msg, record.args = f"{record.getMessage().strip()}: {place['error']} at {', '.join(place['at'])}", ()
        record.exc_info = record.exc_text = None
    return True


def _place(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    at = [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__name__, "at": at}
