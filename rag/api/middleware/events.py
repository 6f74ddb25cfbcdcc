"""What may stand in the body of an event, looked at before Gradio sees it.

Gradio takes an object with a `path` for a file that was uploaded, and opens it, wherever in the body it stands. Its
MCP server reads a resource or a prompt by asking, over HTTP, the host that the request names. Nothing here takes
files, and there are no resources or prompts, so neither is let through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.problems import CLIENT_DISCONNECTED, problem

_EVENTS = "/gradio_api"
_MCP = "/gradio_api/mcp"
_FETCHING = ("resources/read", "prompts/get")
"""Methods of MCP for which Gradio sends a request of its own."""
_NUMBERED = (f"{_EVENTS}/run/predict", f"{_EVENTS}/queue/join")
"""Routes to which an event comes by its number."""
_SESSION = re.compile(r"[0-9a-zA-Z_-]{1,64}")
_NOT_FOUND = -32601
"""JSON-RPC's code for a method that there is not."""
_NO_FILES = "An object in the body has a 'path' or is marked as a file, and no file is taken here. Leave it out."
_NO_EVENT = "There is no such event: its 'fn_index' or its 'data' is none that the page sends. Correct it."
_NO_SESSION = "The 'session_hash' is not 1 to 64 letters, digits, - and _. Send another one."
_MALFORMED = "The body is not well-formed JSON, or nested too deeply. Correct it."


@dataclass(frozen=True, slots=True)
class Expected:
    """What an event of the page brings.

    :param values: How many.
    :param texts: Whether each is a text.
    :param conversation: The place of the conversation's id among them, if it is one.
    """

    values: int
    texts: bool
    conversation: int | None = None


class EventGuard:
    """ASGI middleware: refuses an event that names a file, and an MCP request that would send another one.

    An event that is not there, or brings what no page sends, is refused too, and a session with an odd name: for these
    Gradio, or what it calls, would fail.
    It reads the whole body, so it belongs behind the limit of its length.

    :param app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on with its body."""
        if scope["type"] != "http" or not scope["path"].startswith(_EVENTS) or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            refusal: Response | None = Response(status_code=CLIENT_DISCONNECTED)
        except HTTPException as error:  # the limit of its length
            refusal = problem(scope, error.status_code, error.detail, error.headers)
        else:
            refusal = _refusal(scope, body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, given_again(body, receive), send)


def given_again(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read once more, and behind it what comes."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _refusal(scope: Scope, body: bytes) -> Response | None:
    if not body:
        return None
    objects: list[dict[str, Any]] = []

    def noted(found: dict[str, Any]) -> dict[str, Any]:
        objects.append(found)
        return found

    try:
        event = json.loads(body, object_hook=noted)
    except (ValueError, RecursionError):
        return problem(scope, HTTPStatus.BAD_REQUEST, _MALFORMED)
    if any(_is_file(found) for found in objects):
        return problem(scope, HTTPStatus.UNPROCESSABLE_ENTITY, _NO_FILES)
    if not _has_session(event):
        return problem(scope, HTTPStatus.UNPROCESSABLE_ENTITY, _NO_SESSION)
    if scope["path"] in _NUMBERED and not _is_there(event, getattr(scope["app"].state, "events", {})):
        return problem(scope, HTTPStatus.UNPROCESSABLE_ENTITY, _NO_EVENT)
    if scope["path"].startswith(_MCP):
        for message in event if isinstance(event, list) else [event]:
            if isinstance(message, dict) and message.get("method") in _FETCHING:
                return _no_such_method(message)
    return None


def _is_file(found: dict[str, Any]) -> bool:
    """Tell whether Gradio may take an object for a file; wider than its own test, which a release may widen."""
    meta = found.get("meta")
    return "path" in found or (isinstance(meta, dict) and "_type" in meta)


def _has_session(event: object) -> bool:
    """Tell whether the session of an event, if it has one, has a name that Gradio's pages give."""
    session = event.get("session_hash") if isinstance(event, dict) else None
    return session is None or (isinstance(session, str) and _SESSION.fullmatch(session) is not None)


def _is_there(event: object, events: Mapping[int, Expected]) -> bool:
    """Tell whether Gradio has an event, and it brings what it should."""
    if not isinstance(event, dict):
        return False
    number, data = event.get("fn_index"), event.get("data")
    expected = events.get(number) if isinstance(number, int) else None
    if expected is None or not isinstance(data, list) or len(data) != expected.values:
        return False
    return not expected.texts or all(isinstance(value, str) for value in data)


def _no_such_method(message: dict[str, Any]) -> Response:
    called = message.get("id")
    reply = {
        "jsonrpc": "2.0",
        "id": called if isinstance(called, str | int) else None,
        "error": {
            "code": _NOT_FOUND,
            "message": "No resources or prompts are here, but tools: tools/list names them.",
        },
    }
    return Response(json.dumps(reply), media_type="application/json")
