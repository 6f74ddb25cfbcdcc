"""The line in which questions wait: a few are answered at once, whose passages are then read together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from time import perf_counter

from anyio.to_thread import run_sync
from fastapi import HTTPException, Request

from index.errors import InputError
from rag.answer import Answer
from rag.answering.assistant import Assistant
from rag.api.metrics import Metrics
from rag.api.problems import Gone
from rag.understanding.interpretation import check_question

RETRY_AFTER = 5
"""Seconds after which a client that was turned away may try again."""


class Line:
    """Questions are taken in the order in which they came, in threads of their own.

    :param most: Questions that may wait.
    :param at_once: Questions that are answered at the same time.
    :param metrics: Where they are counted.
    """

    def __init__(self, most: int, at_once: int, metrics: Metrics) -> None:
        self._most = most
        self._at_once = at_once
        self._metrics = metrics
        self._workers = ThreadPoolExecutor(at_once, "answering")
        self._standing: set[Future[Answer]] = set()
        metrics.waiting.set_function(lambda: self.waiting)

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""
        return max(0, len(self._standing) - self._at_once)

    @property
    def full(self) -> bool:
        """Whether the next question is turned away."""
        return len(self._standing) >= self._most + self._at_once

    async def answer(self, request: Request, work: Callable[[], Answer]) -> Answer:
        """Wait for the turn of a question and answer it.

        :param request: Who asks. A client that goes away leaves the line.
        :param work: Answers the question.
        :return: The answer.
        :raises HTTPException: If too many wait, or the server stops.
        :raises Gone: If the client went away.
        """
        if self.full:
            raise _unavailable("Too many questions wait.")
        began = perf_counter()
        future = self._workers.submit(work)
        self._standing.add(future)
        # a question that is being answered is in the line until it is done, even if nobody wants to know any more
        future.add_done_callback(self._standing.discard)
        answering, leaving = asyncio.wrap_future(future), asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as error:
            # uvicorn stops, and has waited as long as it was told to
            raise _unavailable("The server stops.") from error
        else:
            if not answering.done():
                raise Gone
            answer = answering.result()
        finally:
            leaving.cancel()
            answering.cancel()
        self._metrics.seconds.observe(perf_counter() - began)
        self._metrics.answers.labels(answer.status.value).inc()
        return answer


class Tool:
    """Answers questions of programs. They wait in the event loop, where waiting takes no thread.

    :param assistant: Answers the questions.
    :param waiting: Questions that may wait; more are turned away.
    :param at_once: Questions that are answered at the same time.
    """

    def __init__(self, assistant: Assistant, waiting: int, at_once: int = 1) -> None:
        self._assistant = assistant
        self._most = waiting + at_once
        self._standing = 0
        self._turn = asyncio.Semaphore(at_once)

    async def ask(self, question: str, article: str = "") -> str:
        """Answer a question.

        :param question: The question.
        :param article: Id of the only article to look in; all if empty.
        :return: The answer as JSON.
        :raises InputError: If it cannot be asked, or too many wait.
        """
        check_question(question)
        if self._standing >= self._most:
            raise InputError(f"{self._standing} questions wait already. Ask again in a moment.")
        self._standing += 1
        try:
            async with self._turn:
                answer = await run_sync(self._assistant.ask, question, (), article or None)
        finally:
            self._standing -= 1
        return json.dumps(answer.to_dict())


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _unavailable(why: str) -> HTTPException:
    return HTTPException(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"{why} Ask again in {RETRY_AFTER} seconds.",
        {"Retry-After": str(RETRY_AFTER)},
    )
