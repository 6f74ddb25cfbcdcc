"""What the server writes down: one JSON object a line for each request, and nothing of what was asked or by whom."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import PurePath
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.metrics import Metrics
from rag.api.problems import problem

LOGGER = logging.getLogger("pullquote.http")
_LONGEST_PATH = 200
_FRAMES = 5
"""Innermost frames of an unexpected error that are written down."""
_ELSEWHERE = "elsewhere"
"""Stands in the metrics for all paths that are no route of ours, which anyone can make up."""


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON in ASCII, so that nothing in it can begin another line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record: its time, level and message, and its `fields`. A traceback, which may quote, is left out."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = getattr(record, "fields", {})
        return json.dumps({"time": time, "level": record.levelname, "message": record.getMessage(), **fields})


def log_to_stderr() -> None:
    """Write the log to the standard error; for whoever runs the server, once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOGGER.handlers = [handler]
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


class RequestLog:
    """ASGI middleware, the outermost: names each request, counts it and writes it down.

    :param app: The application behind it.
    :param metrics: Where it is counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request under a name of its own; one that it brings is not believed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, path, status = perf_counter(), scope["path"], HTTPStatus.INTERNAL_SERVER_ERROR.value
        state = scope.setdefault("state", {})
        state["request_id"] = str(uuid4())

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
            self._metrics.requests.labels(route or _ELSEWHERE, str(status)).inc()
            fields = {
                "request_id": state["request_id"],
                "method": scope["method"],
                # a route rather than its path: the word in it is the key to a conversation
                "path": route or path[:_LONGEST_PATH],
                "status": status,
                "milliseconds": round((perf_counter() - began) * 1e3, 1),
            }
            LOGGER.info("request", extra={"fields": fields})


class RouteName:
    """ASGI middleware, the innermost: notes which route answered, for those outside work on a copy of the scope.

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
    """Tell a client that something went wrong, and the log what and where, but not in the words of the error."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    fields = {
        "request_id": request.scope.get("state", {}).get("request_id"),
        "error": type(error).__name__,
        "at": [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames],
    }
    LOGGER.error("unexpected error", extra={"fields": fields})
    detail = "Something went wrong on the server. Try again; if it stays so, report the instance."
    return problem(request.scope, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
