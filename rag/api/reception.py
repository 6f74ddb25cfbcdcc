"""Receives the documents that people bring to their conversations: few at a time, and each step is told.

A document waits in the queue of the questions, and takes no question's place there.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http import HTTPStatus
from threading import BoundedSemaphore, Event
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from index.article import Article
from index.build import Progress
from index.errors import InputError
from rag.api.admission import ASIDE, AdmissionQueue
from rag.api.allowance import client_of
from rag.api.arrivals import Arrivals
from rag.api.problems import ServerBusyError, TurnedAwayError
from rag.chat.document_record import DocumentRecord
from rag.chat.uploads import FullError, Uploads

_EVERY = 10.0
"""Seconds between two looks for documents whose time is over."""
_PENDING = 4
"""Documents that wait or are read at the same time: as many files are in memory, and as much of those that come."""

Step = dict[str, Any]
Take = Callable[[Progress], Article]


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


class Reception:
    """Takes the documents in. To be used in the server's event loop.

    :param uploads: Reads and keeps them.
    :param queue: Where a document waits like a question.
    """

    def __init__(self, uploads: Uploads, queue: AdmissionQueue) -> None:
        self._uploads = uploads
        self._queue = queue
        self._arrivals = Arrivals(_PENDING * uploads.limits.megabytes * 1_000_000)
        self._bringing: set[str] = set()
        self._pending = 0
        self._reading = BoundedSemaphore(ASIDE)
        self._watching = False

    async def receive(self, request: Request, conversation: str, name: str) -> StreamingResponse:
        """Receive a document.

        :param request: Its body is the file.
        :param conversation: Conversation id.
        :param name: The file's name.
        :return: The steps as they come; the last one is the document, or why it was not taken.
        :raises HTTPException: If the conversation or its client has no room for another one.
        :raises TurnedAwayError: If too many come at the same time.
        """
        client = client_of(request.client)
        with self._room(client, conversation) as held:
            data = await self._arrivals.whole(request)
            take = partial(self._uploads.take, conversation, client, data, name)
            return await self._taken(client, conversation, take, "reading", held)

    async def fetch(self, request: Request, conversation: str, address: str) -> StreamingResponse:
        """Get a document from the web.

        :param request: Who wants it.
        :param conversation: Conversation id.
        :param address: Where it is.
        :return: The steps as they come; the last one is the document, or why it was not taken.
        :raises HTTPException: If the conversation or its client has no room for another one.
        :raises TurnedAwayError: If too many come at the same time.
        """
        client = client_of(request.client)
        with self._room(client, conversation) as held:
            take = partial(self._uploads.fetch, conversation, client, address)
            return await self._taken(client, conversation, take, "fetching", held)

    async def receive_back(self, request: Request, conversation: str, article: str) -> StreamingResponse:
        """Receive a document that was here before.

        :param request: Its body is the record of the document.
        :param conversation: Conversation id.
        :param article: The document's id.
        :return: The steps as they come; the last one is the document, or why it was not taken.
        :raises HTTPException: If the conversation or its client has no room for another one.
        :raises TurnedAwayError: If too many come at the same time.
        """
        client = client_of(request.client)
        with self._room(client, conversation) as held:
            data = await self._arrivals.whole(request)

            def take(progress: Progress) -> Article:
                return self._uploads.take_back(conversation, client, DocumentRecord.read(data, article), progress)

            return await self._taken(client, conversation, take, "reading", held)

    @contextmanager
    def _room(self, client: str, conversation: str) -> Iterator[ExitStack]:
        """Let a client bring one document, until what is given is closed, or longer if it is taken over."""
        self._watch()
        try:
            self._uploads.check_room(conversation, client)
        except FullError as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
        # known before a whole file has come
        self._check_place()
        with ExitStack() as held:
            held.enter_context(self._alone(client))
            yield held

    async def _taken(
        self, client: str, conversation: str, take: Take, begins: str, held: ExitStack
    ) -> StreamingResponse:
        held.enter_context(self._place())
        gone = Event()
        held.callback(gone.set)
        read = partial(self._read, conversation, take, begins, gone)
        steps: AsyncIterator[Step] = self._queue.steps(client, read, aside=True)
        first = await anext(steps)
        return _Lines(_lines(first, steps), held.pop_all())

    async def questions(self, request: Request, conversation: str, article: str) -> tuple[str, ...]:
        """Choose questions to begin with about a document, in the place of one that is read.

        :param request: Who asks for them.
        :param conversation: Conversation id.
        :param article: The document's id.
        :return: The questions; none if the document is not there.
        :raises TurnedAwayError: If as many as may be are being read.
        """

        def choose() -> tuple[str, ...]:
            with self._reads():
                return self._uploads.questions(conversation, article)

        return await self._queue.submit(client_of(request.client), choose, aside=True)

    @contextmanager
    def _alone(self, client: str) -> Iterator[None]:
        """Keep a client's other documents away, from the first byte of this one on."""
        if client in self._bringing:
            raise ServerBusyError("Your other document is still being read.")
        self._bringing.add(client)
        try:
            yield
        finally:
            self._bringing.discard(client)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Hold a place for a document that is whole, or is to be got."""
        self._check_place()
        self._pending += 1
        try:
            yield
        finally:
            self._pending -= 1

    def _check_place(self) -> None:
        if self._pending >= _PENDING:
            raise ServerBusyError("Too many documents are arriving at the same time.")

    def _read(self, conversation: str, take: Take, begins: str, gone: Event, show: Callable[[Step], None]) -> None:
        """Read a document and show each step, also if its client has left; called in a thread of the queue's."""

        def progress(done: int, of: int) -> None:
            if gone.is_set():
                raise _Stopped
            show({"step": "encoding", "done": done, "of": of})

        with self._reads():
            show({"step": begins})
            before = self._uploads.articles(conversation)
            article = take(progress)
            if gone.is_set() and article not in before:
                # nobody was told that it is here
                self._uploads.remove(conversation, article.id)
            show({"document": entry(article)})

    @contextmanager
    def _reads(self) -> Iterator[None]:
        """Hold one of the places of the queue that take no question's."""
        if not self._reading.acquire(blocking=False):
            raise ServerBusyError(f"{ASIDE} documents are being read already, which is the most.")
        try:
            yield
        finally:
            self._reading.release()

    def _watch(self) -> None:
        """Look for documents whose time is over, from now on, as long as the server runs."""
        if not self._watching:
            self._watching = True
            self._look()

    def _look(self) -> None:
        self._uploads.expire()
        asyncio.get_running_loop().call_later(_EVERY, self._look)


def entry(article: Article) -> dict[str, Any]:
    """Tell of a document in JSON.

    :param article: What was read of it.
    """
    return {"id": article.id, "title": article.title, "characters": len(article.text)}


async def _lines(first: Step, steps: AsyncIterator[Step]) -> AsyncIterator[bytes]:
    yield _line(first)
    try:
        async for step in steps:
            yield _line(step)
    except (InputError, FullError, TurnedAwayError) as error:
        yield _line({"problem": str(error)})


def _line(step: Step) -> bytes:
    return json.dumps(step).encode("ascii") + b"\n"
