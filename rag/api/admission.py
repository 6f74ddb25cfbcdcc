"""The admission queue: all questions to the server wait here, whichever way they came in.

A few are answered at the same time, so that their passages are read together. Some more may wait. All others are
turned away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import perf_counter
from typing import TypeVar

from fastapi import Request

from rag.answer import Answer
from rag.api.metrics import Metrics
from rag.api.problems import ClientDisconnected, ServerBusyError

Step = TypeVar("Step")


class AdmissionQueue:
    """Questions are answered in the order in which they came, in threads of the queue's own.

    Its methods are to be called in the server's event loop, so that two questions never take the same free place.

    :param waiting: Questions that may wait for their turn.
    :param at_once: Questions that are answered at the same time.
    :param metrics: Where the answers are counted.
    """

    def __init__(self, waiting: int, at_once: int, metrics: Metrics) -> None:
        self.metrics = metrics
        self._at_once = at_once
        self._most = waiting + at_once
        self._workers = ThreadPoolExecutor(at_once, "answering")
        self._pending: set[Future[Answer]] = set()
        metrics.waiting.set_function(lambda: self.waiting)

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""
        return max(0, len(self._pending) - self._at_once)

    @property
    def full(self) -> bool:
        """Whether the next question is turned away."""
        return len(self._pending) >= self._most

    def submit(self, work: Callable[[], Answer]) -> asyncio.Future[Answer]:
        """Let a question wait for its turn. Its answer is counted.

        :param work: Answers the question; called in a thread.
        :return: The answer to come. Cancel it to leave the queue.
        :raises ServerBusyError: If too many questions wait.
        """
        if self.full:
            raise ServerBusyError("Too many questions wait.")
        began = perf_counter()

        def counted() -> Answer:
            answer = work()
            self.metrics.seconds.observe(perf_counter() - began)
            self.metrics.answers.labels(answer.status.value).inc()
            return answer

        future = self._workers.submit(counted)
        self._pending.add(future)
        # a question that is being answered takes its place until it is done, even if nobody waits for the answer
        future.add_done_callback(self._pending.discard)
        return asyncio.wrap_future(future)

    async def answer(self, request: Request, work: Callable[[], Answer]) -> Answer:
        """Answer the question of a request. When the client disconnects, the question leaves the queue.

        :param request: The request.
        :param work: Answers the question; called in a thread.
        :return: The answer.
        :raises ServerBusyError: If too many questions wait, or the server stops.
        :raises ClientDisconnected: If the client disconnected.
        """
        answering = self.submit(work)
        leaving = asyncio.ensure_future(_disconnected(request))
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as error:
            # uvicorn stops, and has waited as long as it was told to
            raise ServerBusyError("The server stops.") from error
        else:
            if not answering.done():
                raise ClientDisconnected
            return answering.result()
        finally:
            leaving.cancel()
            answering.cancel()

    async def steps(self, work: Callable[[Callable[[Step], None]], Answer]) -> AsyncIterator[Step]:
        """Answer a question, and give each step of the work as it comes.

        :param work: Answers the question, and calls what it is given with each step; called in a thread.
        :return: The steps, as long as the work goes on.
        :raises ServerBusyError: If too many questions wait.
        """
        loop, steps = asyncio.get_running_loop(), asyncio.Queue[Step | None]()

        def show(step: Step) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, step)

        answering = self.submit(lambda: work(show))
        # it reaches the loop after the last step
        answering.add_done_callback(lambda _: steps.put_nowait(None))
        try:
            while (step := await steps.get()) is not None:
                yield step
            await answering
        finally:
            answering.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
