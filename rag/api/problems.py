"""Errors as clients read them: problem details (RFC 9457), or OpenAI's error object on OpenAI's route.

An error says what to do next. It never tells what happened inside the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPMethod, HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from index.errors import InputError

COMPLETIONS = "/v1/chat/completions"
"""The only route with OpenAI's error object, so that OpenAI's clients can read it."""
CLIENT_DISCONNECTED = 499
"""Status in the log when the client disconnected before the reply. It is nginx's number; nobody receives it."""
RETRY_AFTER = 5
"""Seconds after which a client that was turned away may ask again."""
_SHOWN = 3
"""Errors of one request that are listed."""
_LONGEST_PLACE = 80
_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_NEXT = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address. /openapi.json lists what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer that method. The header Allow names those it does.",
}


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: Literal["about:blank"] = Field(description="Always this: the status tells the kind of problem.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong, and what to do next.")
    instance: str = Field(description="The request, as in the header X-Request-Id and in the server's log.")


class OpenAIError(BaseModel):
    """What is wrong, in the form of OpenAI's API."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIProblem(BaseModel):
    """An error, as OpenAI's clients read it."""

    error: OpenAIError


class ClientDisconnected(Exception):  # noqa: N818  # nobody's error
    """The client disconnected before its question was answered."""


class TurnedAwayError(Exception):
    """The server does not take the question now. The message says when to ask again.

    :param status: The HTTP status.
    :param why: Why not, in a sentence.
    :param seconds: When to ask again.
    """

    def __init__(self, status: HTTPStatus, why: str, seconds: int) -> None:
        super().__init__(f"{why} Ask again in {seconds} seconds.")
        self.status = status
        self.seconds = seconds


class ServerBusyError(TurnedAwayError):
    """The server cannot take the question now.

    :param why: Why not, in a sentence.
    """

    def __init__(self, why: str) -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, why, RETRY_AFTER)


class TooManyQuestionsError(TurnedAwayError):
    """The client has asked too many questions.

    :param most: How many it may ask in a minute.
    :param seconds: When it may ask again.
    """

    def __init__(self, most: int, seconds: int) -> None:
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, f"More than {most} questions in a minute.", seconds)


class ProblemResponse(JSONResponse):
    """Problem details in ASCII: they may repeat text that UTF-8 cannot encode, such as half a character."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        """Write the problem."""
        return json.dumps(content).encode("ascii")


class _OpenAIResponse(ProblemResponse):
    media_type = "application/json"


def problem(scope: Scope, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Write a problem.

    :param scope: The request: it has the id, and its path tells which form the reply must have.
    :param status: The HTTP status.
    :param detail: What is wrong and what to do next.
    :param headers: More headers.
    :return: The reply.
    """
    if scope["path"].removeprefix(scope.get("root_path", "")) == COMPLETIONS:
        return openai_error(status, detail, headers=headers)
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=scope.get("state", {}).get("request_id", ""),
    )
    return ProblemResponse(body.model_dump(), status, headers)


def openai_error(
    status: int,
    message: str,
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Write a problem for one of OpenAI's clients.

    :param status: The HTTP status.
    :param message: What is wrong and what to do next.
    :param param: The part of the request that is wrong.
    :param code: OpenAI's name of the problem.
    :param headers: More headers.
    :return: The reply.
    """
    kind = "rate_limit_error" if status == HTTPStatus.TOO_MANY_REQUESTS else "invalid_request_error"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = "server_error"
    body = OpenAIProblem(error=OpenAIError(message=message, type=kind, param=param, code=code))
    return _OpenAIResponse(body.model_dump(), status, headers)


OF_QUESTIONS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.MISDIRECTED_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""Problems that a question may get instead of an answer."""


def documented(*statuses: HTTPStatus, openai: bool = False) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of a route for `/openapi.json`.

    :param statuses: Those it may answer with.
    :param openai: Whether they have OpenAI's shape.
    :return: FastAPI's `responses`.
    """
    if openai:
        return {status.value: {"description": status.phrase, "model": OpenAIProblem} for status in statuses}
    schema = Problem.model_json_schema()
    return {
        status.value: {
            "description": status.phrase,
            "content": {
                ProblemResponse.media_type: {
                    "schema": schema,
                    "example": {
                        "type": "about:blank",
                        "title": status.phrase,
                        "status": status.value,
                        "detail": _NEXT.get(status, "What is wrong, and what to do next."),
                        "instance": "0f9c1c5e-5b0e-4b57-9c4e-1a8f6f2f7a10",
                    },
                }
            },
            **({"headers": _RETRY_AFTER} if status in _LATER else {}),
        }
        for status in statuses
    }


_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}


def answer_problems(app: FastAPI) -> None:
    """Make an application reply with problems to its errors.

    :param app: The application.
    """
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(InputError, _misused)
    app.add_exception_handler(TurnedAwayError, _turned_away)
    app.add_exception_handler(ClientDisconnected, _disconnected)


def json_only(request: Request) -> None:
    """Refuse a body that is not JSON. A form on another site's page cannot send JSON.

    :param request: The request.
    :raises HTTPException: If its type is another.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not JSON. Send it with Content-Type: application/json."
        )


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, StarletteHTTPException):
        raise TypeError(f"{error!r} has no status")
    status, detail = error.status_code, error.detail
    if status in _NEXT and detail == HTTPStatus(status).phrase:
        detail = _NEXT[HTTPStatus(status)]
    headers = {"Allow": _allowed(request)} if status == HTTPStatus.METHOD_NOT_ALLOWED else error.headers
    return problem(request.scope, status, detail, headers)


def _allowed(request: Request) -> str:
    """Name the methods that an address answers: a route knows its own only, and others may have the same address."""
    found = [
        method.value
        for method in HTTPMethod
        if any(
            route.matches({**request.scope, "method": method.value})[0] is Match.FULL for route in request.app.routes
        )
    ]
    return ", ".join(found)


async def _misread(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise TypeError(f"{error!r} has no errors")
    errors = error.errors()
    if any(one["type"] == "json_invalid" for one in errors):
        return problem(request.scope, HTTPStatus.BAD_REQUEST, "The body is not well-formed JSON. Correct it.")
    listed = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in errors[:_SHOWN])
    detail = f"{listed}. Correct that and send again; /openapi.json describes the request."
    return problem(request.scope, HTTPStatus.UNPROCESSABLE_ENTITY, detail)


async def _misused(request: Request, error: Exception) -> Response:
    return problem(request.scope, HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


async def _turned_away(request: Request, error: Exception) -> Response:
    if not isinstance(error, TurnedAwayError):
        raise TypeError(f"{error!r} has no status")
    return problem(request.scope, error.status, str(error), {"Retry-After": str(error.seconds)})


async def _disconnected(request: Request, error: Exception) -> Response:  # noqa: ARG001  # Starlette hands both over
    return Response(status_code=CLIENT_DISCONNECTED)


def _place(parts: Sequence[str | int]) -> str:
    """Name the part of a request that is wrong. The name is cut, because it may contain text of the client."""
    return ".".join(str(part) for part in parts if part not in ("body", "path", "query"))[:_LONGEST_PLACE] or "body"
