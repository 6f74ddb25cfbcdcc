"""The line of the admission queue: its clients take turns, and none takes all of it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer, Status, Timings
from rag.api.admission import AdmissionQueue
from rag.api.metrics import Metrics
from rag.api.problems import ServerBusyError, TooManyQuestionsError
from tests.conftest import finished

ANSWER = Answer("?", "?", Status.SMALL_TALK, "Hello.", 1.0, (), (), (), Timings(0.0, 0.0, 0.0))


def _served(clients: Sequence[str], waiting: int, leaving: Sequence[int] = ()) -> tuple[list[int], list[int]]:
    """Let clients ask while the first question is answered; then let all be answered.

    :param clients: Who asks, in order.
    :param waiting: Places in the line.
    :param leaving: Numbers of the questions that leave the line again.
    :return: The numbers of the questions that were answered, in order, and of those turned away.
    """
    free, answered, turned_away = threading.Event(), list[int](), list[int]()

    def work(number: int) -> Answer:
        assert free.wait(20)
        answered.append(number)
        return ANSWER

    async def ask() -> None:
        queue = AdmissionQueue(waiting, 1, 1_000_000, Metrics())
        answers: dict[int, asyncio.Future[Answer]] = {}
        for number, client in enumerate(clients):
            try:
                answers[number] = queue.submit(client, partial(work, number))
            except ServerBusyError:
                turned_away.append(number)
            assert queue.waiting <= waiting
        for number in leaving:
            answers[number].cancel()
        await asyncio.sleep(0)
        free.set()
        ends = await asyncio.gather(*answers.values(), return_exceptions=True)
        turned_away.extend(
            number for number, end in zip(answers, ends, strict=True) if isinstance(end, ServerBusyError)
        )
        assert queue.waiting == 0
        assert not queue.full

    finished(ask())
    return answered, sorted(turned_away)


def _held(free: threading.Event) -> Answer:
    """Answer once that is allowed."""
    assert free.wait(20)
    return ANSWER


def test_clients_take_turns() -> None:
    """Each client's questions in their order; who asks once waits for one question of each of the others."""
    answered, turned_away = _served("aaaaabbbc", waiting=8)
    assert (answered, turned_away) == ([0, 1, 5, 8, 2, 6, 3, 7, 4], [])


def test_a_heavy_client_gives_its_places_away() -> None:
    """Its last question goes for one of a client that has fewer; the light one is answered second at the latest."""
    answered, turned_away = _served("a" * 20 + "b" + "a", waiting=4)
    assert answered == [0, 1, 20, 2, 3]
    assert turned_away == [4, *range(5, 20), 21]


def test_a_line_of_equals_is_not_broken() -> None:
    """It is full for whoever comes later, and so it stays bounded."""
    answered, turned_away = _served("abcdefa", waiting=4)
    assert (answered, turned_away) == ([0, 1, 2, 3, 4], [5, 6])


def test_who_leaves_makes_a_place() -> None:
    """And is not answered."""
    answered, turned_away = _served("aabc", waiting=3, leaving=[1, 3])
    assert (answered, turned_away) == ([0, 2], [])


def test_who_has_just_left_makes_a_place() -> None:
    """Though the loop has not told the line yet: the place is free, and nobody is turned away for it."""
    free = threading.Event()
    held = partial(_held, free)

    async def ask() -> None:
        queue = AdmissionQueue(2, 1, 9, Metrics())
        answers = [queue.submit("a", held) for _ in range(3)]
        answers[2].cancel()
        answers.append(queue.submit("b", held))
        free.set()
        ends = await asyncio.gather(*answers, return_exceptions=True)
        assert [end is ANSWER for end in ends] == [True, True, False, True]
        assert queue.waiting == 0

    finished(ask())


def test_more_clients_than_places_all_get_their_turn() -> None:
    """All press all the time in one order, so that the first always find the free place: of 70, each gets about 10."""
    clients, next_one = "abcdefg", threading.Semaphore(0)

    def held() -> Answer:
        assert next_one.acquire(timeout=20)
        return ANSWER

    async def press() -> Counter[str]:
        queue, answers = AdmissionQueue(2, 1, 1_000_000, Metrics()), Counter[str]()
        asked: dict[str, asyncio.Future[Answer]] = {}
        while answers.total() < 70:
            for client in clients:
                if client not in asked:
                    with suppress(ServerBusyError):
                        asked[client] = queue.submit(client, held)
            next_one.release()
            await asyncio.wait(asked.values(), return_when=asyncio.FIRST_COMPLETED)
            over = {client: answer for client, answer in asked.items() if answer.done()}
            answers.update(client for client, answer in over.items() if answer.exception() is None)
            for client in over:
                del asked[client]
        for _ in asked:
            next_one.release()
        await asyncio.gather(*asked.values(), return_exceptions=True)
        return answers

    answers = finished(press())
    assert set(answers) == set(clients)
    assert min(answers.values()) >= 7


def test_a_request_that_has_begun_keeps_its_place() -> None:
    """Its next question waits behind a full line, and nobody gets its place; of the client's other requests, none."""
    free = threading.Event()
    held = partial(_held, free)

    async def ask() -> None:
        queue = AdmissionQueue(2, 1, 9, Metrics())
        answers = [queue.submit(client, held) for client in "abc"]
        answers.append(queue.submit("heavy", held, begun=True))
        assert queue.waiting == 3
        with pytest.raises(ServerBusyError, match=r"^Too many questions are waiting\."):
            queue.submit("heavy", held, begun=True)
        with pytest.raises(ServerBusyError, match=r"^Too many questions are waiting\."):
            queue.submit("d", held)
        free.set()
        assert await asyncio.gather(*answers) == [ANSWER] * 4

    finished(ask())


@given(st.lists(st.integers(1, 3), min_size=1, max_size=8), st.integers(0, 3))
def test_a_request_is_answered_whole(requests: list[int], waiting: int) -> None:
    """Clients press until the first of their questions has a place; the line is never longer than it may be."""

    async def ask() -> None:
        queue, longest = AdmissionQueue(waiting, 1, 1_000_000, Metrics()), 0

        async def asked(client: str, *, begun: bool) -> None:
            nonlocal longest
            coming = queue.submit(client, lambda: ANSWER, begun=begun)
            longest = max(longest, queue.waiting)
            assert await coming is ANSWER

        async def request(client: str, questions: int) -> None:
            while True:
                with suppress(ServerBusyError):
                    await asked(client, begun=False)
                    break
                await asyncio.sleep(0)
            for _ in range(1, questions):
                await asked(client, begun=True)

        await asyncio.gather(*(request(str(number), questions) for number, questions in enumerate(requests)))
        assert longest <= waiting + 1
        assert queue.waiting == 0

    finished(ask())


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=30), st.integers(0, 8))
def test_the_line_is_shared(clients: list[str], waiting: int) -> None:
    """Nobody has a place more than a client that was turned away could have had; all others are answered, once."""
    answered, turned_away = _served(clients, waiting)
    assert sorted(answered + turned_away) == list(range(len(clients)))
    got = Counter(clients[number] for number in answered if number)
    assert all(got[other] <= got[clients[number]] + 1 for number in turned_away for other in got)
    assert len(answered) == min(len(clients), waiting + 1)
    for client in set(clients):
        own = [number for number in answered if clients[number] == client]
        assert own == sorted(own)


def test_a_client_is_limited_in_the_line() -> None:
    """Whichever way a question comes in, it counts here; the error says when to ask again."""

    async def ask() -> None:
        queue = AdmissionQueue(4, 1, 2, Metrics())
        for _ in range(2):
            assert await queue.submit("a", lambda: ANSWER) is ANSWER
        with pytest.raises(
            TooManyQuestionsError, match=r"^More than 2 questions in a minute\. Ask again in \d+ seconds"
        ):
            queue.submit("a", lambda: ANSWER)
        assert await queue.submit("b", lambda: ANSWER) is ANSWER

    finished(ask())


def test_a_fault_reaches_who_asked() -> None:
    """And the next question is answered."""

    def broken() -> Answer:
        raise ValueError("no")

    async def ask() -> None:
        queue = AdmissionQueue(4, 1, 9, Metrics())
        fault, answer = queue.submit("a", broken), queue.submit("a", lambda: ANSWER)
        with pytest.raises(ValueError, match=r"^no$"):
            await fault
        assert await answer is ANSWER

    finished(ask())
