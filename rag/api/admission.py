"""The admission queue: all questions to the server wait here, whichever way they came in.

A few are answered at the same time, so that their passages are read together. Some more may wait. All others are
turned away. The line is shared between the clients: they take turns, and when it is full, the client with the most
questions in it gives a place to one that has fewer. So a client that asks much makes itself wait, and nobody else. Of
clients with as few, one that was answered while another was turned away gives its place to that one, when it asks
again: with more clients than places, all get their turn. Some requests are several questions, each asked when the one
before is answered; once begun, such a request keeps a place, or all that was answered for it would be lost.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

from fastapi import Request

from rag.answer import Answer
from rag.api.allowance import Allowance, client_of
from rag.api.metrics import Metrics
from rag.api.problems import ClientDisconnected, ServerBusyError, TooManyQuestionsError
from rag.api.shared_counts import SharedCounts

Step = TypeVar("Step")
Result = TypeVar("Result")
ASIDE = 2
"""Documents that are read at the same time, beside the questions that are answered."""
_FULL = "Too many questions are waiting."
_KNOWN = 1_000
"""Clients of which it is known when they were last answered, and as many when they were turned away."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A question that waits, or a document that is to be read.

    :param work: Answers it; called in a thread.
    :param answer: The answer to come.
    :param aside: Whether it takes none of the places of those that are answered.
    :param stays: Whether it gives its place to nobody.
    """

    work: Callable[[], Any]
    answer: asyncio.Future[Any]
    aside: bool
    stays: bool


class AdmissionQueue:
    """The clients' questions are answered in turns, each client's in their order, in threads of the queue's own.

    Its methods are to be called in the server's event loop, so that two questions never take the same free place.

    :param waiting: Questions that may wait for their turn.
    :param at_once: Questions that are answered at the same time.
    :param per_minute: Questions that one client may ask in a minute.
    :param metrics: Where the answers are counted.
    :param shared: Counts each client's questions with other servers.
    """

    def __init__(
        self, waiting: int, at_once: int, per_minute: int, metrics: Metrics, shared: SharedCounts | None = None
    ) -> None:
        self.metrics = metrics
        self._places = waiting
        self._at_once = at_once
        self._allowed = Allowance(per_minute, "questions", shared)
        self._workers = ThreadPoolExecutor(at_once + ASIDE, "answering")
        self._answering = 0
        # the client whose turn is next comes first
        self._line: OrderedDict[str, deque[_Question]] = OrderedDict()
        self._begun = 0
        # how many questions had begun when a client's last one did, and when it was turned away and not answered since
        self._answered: OrderedDict[str, int] = OrderedDict()
        self._turned_away: OrderedDict[str, int] = OrderedDict()
        metrics.waiting.set_function(lambda: self.waiting)

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""
        return sum(map(len, self._line.values()))

    @property
    def full(self) -> bool:
        """Whether the next question takes the place of another one, or is turned away."""
        return self._answering >= self._at_once and self.waiting >= self._places

    def submit(
        self, client: str, work: Callable[[], Result], *, aside: bool = False, begun: bool = False
    ) -> asyncio.Future[Result]:
        """Let a question wait for its turn. It counts for its client's limit, and its answer is counted.

        A document that somebody brings waits in the same line, and counts as a question.

        :param client: Name of the client that asks.
        :param work: Answers the question; called in a thread.
        :param aside: Once it has its turn, the next one may begin at once: for documents, of which the caller lets
            `ASIDE` be read at the same time.
        :param begun: Whether a question of the same request was answered. If its client has no other in the line, this
            one waits there even if the line is full, and stays: so the line may be longer by those that are answered.
        :return: The answer to come. Cancel it to leave the queue. It is a `ServerBusyError` if another client, which
            has fewer questions in the line or has long been turned away, gets the place.
        :raises TooManyQuestionsError: If the client has asked too many questions.
        :raises ServerBusyError: If too many questions wait.
        """
        if seconds := self._allowed.take(client):
            raise TooManyQuestionsError(self._allowed.per_minute, seconds)
        stays = begun and client not in self._line
        if self.full and not stays:
            self._make_place(client)
        began = perf_counter()

        def counted() -> Result:
            answer = work()
            if isinstance(answer, Answer):
                self.metrics.seconds.observe(perf_counter() - began)
                self.metrics.answers.labels(answer.status.value).inc()
            return answer

        question = _Question(counted, asyncio.get_running_loop().create_future(), aside, stays)
        self._line.setdefault(client, deque()).append(question)
        question.answer.add_done_callback(lambda _: self._leave(client, question))
        self._begin()
        return question.answer

    async def answer(self, request: Request, work: Callable[[], Answer], *, begun: bool = False) -> Answer:
        """Answer the question of a request. When the client disconnects, the question leaves the queue.

        :param request: The request.
        :param work: Answers the question; called in a thread.
        :param begun: As `submit` has it.
        :return: The answer.
        :raises TooManyQuestionsError: If the client has asked too many questions.
        :raises ServerBusyError: If too many questions wait, or the server stops.
        :raises ClientDisconnected: If the client disconnected.
        """
        answering = self.submit(client_of(request.client), work, begun=begun)
        leaving = asyncio.ensure_future(_disconnected(request))
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError as error:
            # uvicorn stops, and has waited as long as it was told to
            raise ServerBusyError("The server is stopping.") from error
        else:
            if not answering.done():
                raise ClientDisconnected
            return answering.result()
        finally:
            leaving.cancel()
            answering.cancel()

    async def steps(
        self, client: str, work: Callable[[Callable[[Step], None]], object], *, aside: bool = False
    ) -> AsyncIterator[Step]:
        """Answer a question, and give each step of the work as it comes.

        :param client: Name of the client that asks.
        :param work: Answers the question, and calls what it is given with each step; called in a thread.
        :param aside: As `submit` has it.
        :return: The steps, as long as the work goes on.
        :raises TooManyQuestionsError: If the client has asked too many questions.
        :raises ServerBusyError: If too many questions wait.
        """
        loop, steps = asyncio.get_running_loop(), asyncio.Queue[Step | None]()

        def show(step: Step) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, step)

        answering = self.submit(client, lambda: work(show), aside=aside)
        # it reaches the loop after the last step
        answering.add_done_callback(lambda _: steps.put_nowait(None))
        try:
            while (step := await steps.get()) is not None:
                yield step
            await answering
        finally:
            answering.cancel()

    def _make_place(self, client: str) -> None:
        """Turn a question away: the last of the client that gives a place, or the one that comes."""
        giving = self._giving(client)
        refused = giving or client
        if refused not in self._turned_away:
            _note(self._turned_away, refused, self._begun)
        if giving is None:
            raise ServerBusyError(_FULL)
        last = self._line[giving][-1]
        # who has just left may still stand in the line
        if not last.answer.done():
            last.answer.set_exception(ServerBusyError(_FULL))
        self._leave(giving, last)

    def _giving(self, client: str) -> str | None:
        """Return the client that gives a place to another one, if any does."""
        able = [one for one, questions in self._line.items() if not questions[-1].stays]
        if not able:
            return None
        own = len(self._line.get(client, ()))
        giving = max(able, key=lambda one: (len(self._line[one]), self._answered.get(one, 0)))
        if len(self._line[giving]) > own + 1:
            return giving
        # of two that are alike, who comes later is turned away, but for one that waits since before the other's answer
        overdue = self._answered.get(giving, 0) > self._turned_away.get(client, self._begun)
        return giving if overdue and not own else None

    def _leave(self, client: str, question: _Question) -> None:
        """Take a question out of the line, if it is still there."""
        if question in self._line.get(client, ()):
            self._line[client].remove(question)
            if not self._line[client]:
                del self._line[client]

    def _begin(self) -> None:
        """Begin with the next questions, as many as may be answered at once."""
        while self._line and self._answering < self._at_once:
            client, questions = next(iter(self._line.items()))
            question = questions.popleft()
            self._line.move_to_end(client)
            self._begun += 1
            self._turned_away.pop(client, None)
            _note(self._answered, client, self._begun)
            if not questions:
                del self._line[client]
            self._answering += not question.aside
            answering = asyncio.wrap_future(self._workers.submit(question.work))
            answering.add_done_callback(partial(self._end, question))

    def _end(self, question: _Question, answering: asyncio.Future[Answer]) -> None:
        # a question that is being answered takes its place until it is done, even if nobody waits for the answer
        self._answering -= not question.aside
        error = answering.exception()
        if not question.answer.done():
            if error is None:
                question.answer.set_result(answering.result())
            else:
                question.answer.set_exception(error)
        self._begin()


def _note(clients: OrderedDict[str, int], client: str, begun: int) -> None:
    """Note a client, and forget who was noted first where there are too many."""
    clients[client] = begun
    clients.move_to_end(client)
    if len(clients) > _KNOWN:
        clients.popitem(last=False)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
