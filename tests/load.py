"""Ask from many clients at once, on this machine only: `python -m tests.load [--clients 100] [--seconds 60]`.

Each client has an address of its own, for the clients share the line by their addresses. Beside those that ask one
question after the other, `--heavy` clients send the heaviest conversation that the API takes, again and again.

Every answer to an ordinary client must be the one that the same question gets when it is asked alone. The only refusals
are the two that the server is set to give: 429 and 503. The command fails if an answer is wrong or lost, a client got
none, one waited longer than the line allows, memory grew, or the server is busy when nobody asks any more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain, count, cycle
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import numpy as np
from rich.console import Console

from rag.api.settings import ApiSettings
from rag.understanding.interpretation import LONGEST, TURNS
from tests.conftest import QUESTIONS, SEED
from tests.server import started

MOST_CLIENTS, MOST_HEAVY, MOST_SECONDS = 200, 10, 300
IDLE_SECONDS = 10
MOST_IDLE = 0.01
"""Share of a core that the server may use when nobody asks."""
MOST_GROWTH = 0.05
"""Share by which the server's memory may grow in the second half."""
PLACES = ApiSettings().waiting + ApiSettings().at_once
"""Questions in the line, and those that are answered."""
RIGHT, REFUSED = "right", "refused"
_SLACK = 2
_EXTRA = 2.0
"""Seconds that a wait may take beside the line: the clients are busy on the same machine."""
_PAUSE = 0.2
"""Seconds that a client waits after a refusal; it does not obey Retry-After, to press harder."""
_BY_TIME = ("timings_ms",)
_NONE = float("nan")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request.

    :param outcome: `RIGHT`, wrong, lost or refused, and why.
    :param seconds: How long it took.
    """

    outcome: str
    seconds: float


Replies: TypeAlias = Sequence[Reply]
Send: TypeAlias = Callable[[httpx.AsyncClient], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Load:
    """A load, and how the server bore it.

    :param ordinary: What came of the requests, client by client.
    :param heavy: The same of the heavy clients, a conversation being one request.
    :param seconds: How long it took.
    :param resident: The server's memory in MiB at the start, in the middle and at the end.
    :param idle: Share of a core that the server used after it.
    """

    ordinary: Sequence[Replies]
    heavy: Sequence[Replies]
    seconds: float
    resident: tuple[float, float, float]
    idle: float

    @property
    def longest_allowed(self) -> float:
        """Seconds that an ordinary client may wait: twice the time of all that has a place, and two seconds.

        The clients take turns and ask one question at a time, so nobody waits for more than these.
        """
        answers = sum(map(len, map(_waits, self.ordinary))) + (TURNS + 1) * sum(map(len, map(_waits, self.heavy)))
        return _SLACK * PLACES * self.seconds / max(answers, 1) + _EXTRA

    def faults(self) -> list[str]:
        """Tell what must not be, a line for each."""
        counts = Counter(reply.outcome for replies in chain(self.ordinary, self.heavy) for reply in replies)
        told = [
            f"{number} × {outcome}"
            for outcome, number in counts.items()
            if outcome != RIGHT and not outcome.startswith(REFUSED)
        ]
        for clients, kind in ((self.ordinary, "clients"), (self.heavy, "heavy clients")):
            if starved := sum(not _waits(replies) for replies in clients):
                told.append(f"{kind} without an answer: {starved}")
        longest = max(chain.from_iterable(map(_waits, self.ordinary)), default=0.0)
        if longest > self.longest_allowed:
            told.append(f"a client waited {longest:.2f} s, and the line allows {self.longest_allowed:.2f} s")
        _, middle, end = self.resident
        if end > middle * (1 + MOST_GROWTH):
            told.append(f"memory grew from {middle:.0f} to {end:.0f} MiB in the second half")
        if self.idle > MOST_IDLE:
            told.append(f"nobody asks, and the server takes {self.idle:.1%} of a core")
        return told

    def report(self) -> str:
        """Tell what was measured, in five lines."""
        waits = [wait for replies in self.ordinary for wait in _waits(replies)]
        median, late, longest = np.percentile(waits, [50, 95, 100]) if waits else (_NONE, _NONE, _NONE)
        answers = [len(_waits(replies)) for replies in self.ordinary]
        refused = Counter(reply.outcome for replies in self.ordinary for reply in replies if reply.outcome != RIGHT)
        long = [wait for replies in self.heavy for wait in _waits(replies)]
        start, middle, end = self.resident
        return "\n".join(
            [
                f"{len(self.ordinary)} clients, {self.seconds:.0f} s: {len(waits) / self.seconds:.1f} answers/s, "
                f"median {median:.2f} s, p95 {late:.2f} s, longest {longest:.2f} s of {self.longest_allowed:.2f} s",
                f"each client: {min(answers)} to {max(answers)} answers; {dict(refused) or 'no refusals'}",
                f"{len(self.heavy)} heavy: {len(long)} conversations of {TURNS + 1} questions, "
                f"median {np.median(long) if long else _NONE:.2f} s",
                f"resident {start:.0f} → {middle:.0f} → {end:.0f} MiB",
                f"idle {self.idle:.2%} of a core",
            ]
        )


def questions() -> list[str]:
    """The single questions of the public set."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [line["question"] for line in lines if "turns" not in line]


def conversation(number: int) -> list[dict[str, str]]:
    """The heaviest conversation that the API takes: as many questions as are asked again, each as long as may be.

    :param number: Makes it another one, so that no answer is remembered.
    :return: The messages of a chat completion.
    """
    # the last leans on the others, or they would not be asked
    begun = [f"{number}.{turn}:" for turn in range(TURNS)] + [f"And what did he say about it in {number}?"]
    said = " ".join(questions())
    return [{"role": "user", "content": f"{begin} {said}"[:LONGEST]} for begin in begun]


def _answer(reply: httpx.Response) -> dict[str, Any]:
    return {key: value for key, value in reply.json().items() if key not in _BY_TIME}


def _asking(asked: Iterator[str], right: dict[str, Any]) -> Send:
    """Send the next question."""

    async def send(client: httpx.AsyncClient) -> str:
        question = next(asked)
        reply = await client.post("/api/ask", json={"question": question})
        if reply.is_error:
            return f"{_kind(reply)}: {reply.status_code}"
        return RIGHT if _answer(reply) == right[question] else "wrong"

    return send


def _conversing(numbers: Iterator[int]) -> Send:
    """Send the next heavy conversation."""

    async def send(client: httpx.AsyncClient) -> str:
        asked = {"model": "pullquote", "messages": conversation(next(numbers))}
        reply = await client.post("/v1/chat/completions", json=asked)
        return f"{_kind(reply)}: {reply.status_code}" if reply.is_error else RIGHT

    return send


def _kind(reply: httpx.Response) -> str:
    allowed = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
    return REFUSED if reply.status_code in allowed else "wrong"


async def _press(client: httpx.AsyncClient, send: Send, until: float) -> list[Reply]:
    """Send one request after the other until the time is over."""
    replies = []
    while time.perf_counter() < until:
        begun = time.perf_counter()
        try:
            outcome = await send(client)
        except httpx.HTTPError as error:
            outcome = f"lost: {type(error).__name__}"
        replies.append(Reply(outcome, time.perf_counter() - begun))
        if outcome.startswith(REFUSED):
            await asyncio.sleep(_PAUSE)
    return replies


def _waits(replies: Replies) -> list[float]:
    return [reply.seconds for reply in replies if reply.outcome == RIGHT]


@asynccontextmanager
async def _clients(address: str, number: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Open clients, each with an address of its own; to Linux, all of 127.0.0.0/8 is this machine."""
    context = httpx.create_ssl_context()  # one for all: to make it is slow
    transports = [
        httpx.AsyncHTTPTransport(verify=context, local_address=f"127.0.{1 + one // 250}.{1 + one % 250}")
        for one in range(number)
    ]
    clients = [httpx.AsyncClient(base_url=address, transport=transport, timeout=120) for transport in transports]
    try:
        yield clients
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))


def _resident(process: int) -> float:
    """Resident memory of a process in MiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def _used(process: int) -> float:
    """Seconds of a core that a process has used, from proc(5): the 14th field and the 15th."""
    _, _, fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def _load(address: str, process: int, ordinary: int, heavy: int, seconds: float) -> Load:
    """Ask each question alone, then from all clients, then nothing."""
    asked = questions()
    async with _clients(address, ordinary + heavy) as clients:
        right = {
            question: _answer(await clients[0].post("/api/ask", json={"question": question})) for question in asked
        }
        start = _resident(process)
        sends = [
            _asking(cycle(asked[one % len(asked) :] + asked[: one % len(asked)]), right) for one in range(ordinary)
        ]
        sends += [_conversing(count(one, heavy)) for one in range(heavy)]
        begun = time.perf_counter()
        pressing = [
            asyncio.create_task(_press(client, send, begun + seconds))
            for client, send in zip(clients, sends, strict=True)
        ]
        await asyncio.sleep(seconds / 2)
        middle = _resident(process)
        replies = await asyncio.gather(*pressing)
        took, end = time.perf_counter() - begun, _resident(process)
    used = _used(process)
    await asyncio.sleep(IDLE_SECONDS)
    idle = (_used(process) - used) / IDLE_SECONDS
    return Load(replies[:ordinary], replies[ordinary:], took, (start, middle, end), idle)


def main() -> None:
    """Run the command; exit code 1 if something must not be."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--clients", type=int, default=100, choices=range(1, MOST_CLIENTS + 1), metavar="N")
    parser.add_argument("--heavy", type=int, default=1, choices=range(MOST_HEAVY + 1), metavar="N")
    parser.add_argument("--seconds", type=int, default=60, choices=range(1, MOST_SECONDS + 1), metavar="N")
    parser.add_argument("--reader", default="accurate")
    parser.add_argument("--remember", type=int, default=200, help="answers that the server keeps; 0 reads each anew")
    options = parser.parse_args()
    settings = ["--reader", options.reader, "--per-minute", "1000000", "--remember", str(options.remember)]
    with started(SEED, *settings) as (address, process):
        load = asyncio.run(_load(address, process, options.clients, options.heavy, options.seconds))
    console, faults = Console(), load.faults()
    for line in (load.report(), *(f"failed: {fault}" for fault in faults)):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
