"""Documents that people bring to their conversations, over HTTP.

Gradio's own routes for files stay closed: they write to disk, whoever sends, as much as comes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http import HTTPStatus
from threading import BoundedSemaphore, Event
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from index.article import ID, Article
from index.errors import InputError
from rag.api.admission import ASIDE, AdmissionQueue
from rag.api.allowance import client_of
from rag.api.middleware.limits import UPLOADS
from rag.api.problems import ClientDisconnected, ServerBusyError, TurnedAwayError, documented
from rag.chat.conversations import CONVERSATION_ID
from rag.chat.uploads import FullError, Uploads
from rag.rendering.escaping import visible

_EVERY = 10.0
"""Seconds between two looks for documents whose time is over."""
_PENDING = 4
"""Documents that are received, wait or are read at the same time: as many files are in memory."""
_LONGEST_NAME = 255

Conversation = Annotated[
    str, Path(pattern=f"^{CONVERSATION_ID}$", description="Conversation id: a random secret that the client makes.")
]
Show = Callable[[dict[str, Any]], None]


class DocumentEntry(BaseModel):
    """A document of a conversation."""

    id: str = Field(pattern=f"^{ID}$", examples=["own_2acaabfb3eb7d239"])
    title: str = Field(description="Its first line; '�' stands for what is hidden in it.", examples=["A headline"])
    characters: int = Field(description="Code points of its text.", examples=[5120])


class DocumentLimits(BaseModel):
    """How much is taken."""

    megabytes: int = Field(description="Of a file.")
    characters: int = Field(description="Of a document's text.")
    documents: int = Field(description="Of a conversation.")


class DocumentList(BaseModel):
    """The documents of a conversation, and how much is taken."""

    documents: list[DocumentEntry]
    limits: DocumentLimits


class _Stopped(Exception):  # noqa: N818  # nobody's error
    """Nobody waits for the document any more."""


class _Lines(StreamingResponse):
    """A line of JSON for each step.

    :param lines: The lines.
    :param held: Closed when the reply has ended, however it ends.
    """

    def __init__(self, lines: AsyncIterator[bytes], held: ExitStack) -> None:
        super().__init__(lines, media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the lines."""
        with self._held:
            await super().__call__(scope, receive, send)


class _Door:
    """Lets few documents in at a time."""

    def __init__(self) -> None:
        self._bringing: set[str] = set()
        self._reading = BoundedSemaphore(ASIDE)

    @contextmanager
    def place(self, client: str) -> Iterator[None]:
        """Hold a client's place, from its first byte on; to be called in the server's event loop."""
        if client in self._bringing:
            raise ServerBusyError("Your other document is not read yet.")
        if len(self._bringing) >= _PENDING:
            raise ServerBusyError("Too many documents come at the same time.")
        self._bringing.add(client)
        try:
            yield
        finally:
            self._bringing.discard(client)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read a document, also if its client has left meanwhile."""
        if not self._reading.acquire(blocking=False):
            raise ServerBusyError(f"As many documents as may be, {ASIDE}, are being read.")
        try:
            yield
        finally:
            self._reading.release()


class _Watch:
    """Forgets documents when their time is over.

    :param uploads: The documents.
    """

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._begun = False

    def begin(self) -> None:
        """Look from now on, as long as the server runs; to be called in its event loop."""
        if not self._begun:
            self._begun = True
            self._look()

    def _look(self) -> None:
        self._uploads.expire()
        asyncio.get_running_loop().call_later(_EVERY, self._look)


def upload_routes(uploads: Uploads, queue: AdmissionQueue) -> APIRouter:
    """Make the routes below `/pullquote/uploads/`.

    :param uploads: What was brought.
    :param queue: Where a document waits like a question.
    :return: The routes.
    """
    router = APIRouter(prefix=UPLOADS.rstrip("/"), tags=["uploads"])
    door, watch = _Door(), _Watch(uploads)

    @router.post(
        "/{conversation}",
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "A line of JSON for each step: `step` (`reading`, or `encoding` with `done` and `of`), "
                "then `document`, or `problem`: why it was not taken.",
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
            },
            **documented(
                HTTPStatus.CONFLICT,
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                HTTPStatus.UNPROCESSABLE_ENTITY,
                HTTPStatus.TOO_MANY_REQUESTS,
                HTTPStatus.SERVICE_UNAVAILABLE,
            ),
        },
    )
    async def upload(
        request: Request,
        conversation: Conversation,
        name: Annotated[str, Query(max_length=_LONGEST_NAME, description="The file's name.")] = "",
    ) -> Response:
        """Bring a document to a conversation: the body is the file."""
        client, gone = client_of(request.client), Event()
        watch.begin()
        try:
            uploads.check_room(conversation, client)
        except FullError as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
        with ExitStack() as held:
            held.enter_context(door.place(client))
            held.callback(gone.set)
            data = await _body(request)
            take = partial(uploads.take, conversation, client, data, name)
            steps: AsyncIterator[dict[str, Any]] = queue.steps(client, partial(_read, door, take, gone), aside=True)
            first = await anext(steps)
            return _Lines(_lines(first, steps), held.pop_all())

    @router.get("/{conversation}", response_model=DocumentList, responses=documented(HTTPStatus.UNPROCESSABLE_ENTITY))
    def documents(conversation: Conversation, response: Response) -> dict[str, Any]:
        """List the documents of a conversation; there are none if nobody knows it."""
        response.headers["Cache-Control"] = "no-store"
        most = uploads.limits
        return {
            "documents": [_entry(article) for article in uploads.articles(conversation)],
            "limits": {"megabytes": most.megabytes, "characters": most.characters, "documents": most.documents},
        }

    @router.delete(
        "/{conversation}/{article}",
        status_code=HTTPStatus.NO_CONTENT,
        responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY),
    )
    def delete(conversation: Conversation, article: Annotated[str, Path(pattern=f"^{ID}$")]) -> None:
        """Forget a document, and what was answered from it."""
        if not uploads.remove(conversation, article):
            raise HTTPException(HTTPStatus.NOT_FOUND, "That document is not here, or no longer. Nothing to delete.")

    @router.post(
        "/{conversation}/left",
        status_code=HTTPStatus.NO_CONTENT,
        responses=documented(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS),
    )
    async def left(conversation: Conversation) -> None:
        """Tell that the page of a conversation is closed: its documents go, unless a reload takes them over."""
        uploads.leave(conversation)

    return router


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect as error:
        # half a document is none
        raise ClientDisconnected from error


def _read(door: _Door, take: Callable[[Callable[[int, int], None]], Article], gone: Event, show: Show) -> None:
    """Read a document and show each step; called in a thread of the queue's."""

    def progress(done: int, of: int) -> None:
        if gone.is_set():
            raise _Stopped
        show({"step": "encoding", "done": done, "of": of})

    with door.reading():
        show({"step": "reading"})
        show({"document": _entry(take(progress))})


async def _lines(first: dict[str, Any], steps: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    yield _line(first)
    try:
        async for step in steps:
            yield _line(step)
    except (InputError, FullError, TurnedAwayError) as error:
        yield _line({"problem": str(error)})


def _line(step: dict[str, Any]) -> bytes:
    return json.dumps(step).encode("ascii") + b"\n"


def _entry(article: Article) -> dict[str, Any]:
    return {"id": article.id, "title": visible(article.title), "characters": len(article.text)}
