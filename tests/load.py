"""Ask from many clients at once, on this machine only: `python -m tests.load [--clients 100] [--seconds 60]`.

Every reply must be the answer that the same question gets when it is asked alone, or one of the two refusals that the
server is set to give: 429 and 503. Anything else counts as wrong or lost, and the command fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from rich.console import Console

from tests.conftest import QUESTIONS, SEED, started

MOST_CLIENTS, MOST_SECONDS = 200, 300
_PAUSE = 0.2
"""Seconds that a client waits after a refusal; it does not obey Retry-After, to press harder."""
_BY_TIME = ("timings_ms",)


def questions() -> list[str]:
    """The single questions of the public set."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    return [line["question"] for line in lines if "turns" not in line]


def _answer(reply: httpx.Response) -> dict[str, Any]:
    return {key: value for key, value in reply.json().items() if key not in _BY_TIME}


async def _press(
    client: httpx.AsyncClient, asked: Iterator[str], right: dict[str, Any], until: float
) -> list[tuple[str, float]]:
    """Ask one question after the other until the time is over; the outcome and the seconds of each."""
    outcomes = []
    while time.perf_counter() < until:
        question = next(asked)
        begun = time.perf_counter()
        try:
            reply = await client.post("/api/ask", json={"question": question})
        except httpx.HTTPError as error:
            outcomes.append((f"lost: {type(error).__name__}", time.perf_counter() - begun))
            continue
        if reply.status_code == httpx.codes.OK:
            outcome = "right" if _answer(reply) == right[question] else "wrong"
        else:
            outcome = f"refused: {reply.status_code}"
        outcomes.append((outcome, time.perf_counter() - begun))
        if outcome.startswith("refused"):
            await asyncio.sleep(_PAUSE)
    return outcomes


def _resident(process: int) -> float:
    """Resident memory of a process in MiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


async def _load(
    address: str, process: int, clients: int, seconds: float
) -> tuple[list[tuple[str, float]], float, float]:
    """Ask each question alone, then from many clients; the outcomes, the seconds, and the memory in between."""
    asked = questions()
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=httpx.Limits(max_connections=clients)) as client:
        right = {question: _answer(await client.post("/api/ask", json={"question": question})) for question in asked}
        before = _resident(process)
        turn = cycle(asked)
        begun = time.perf_counter()
        until = begun + seconds
        outcomes = await asyncio.gather(*(_press(client, turn, right, until) for _ in range(clients)))
        return [one for of_client in outcomes for one in of_client], time.perf_counter() - begun, before


def main() -> None:
    """Run the command; exit code 1 if an answer was wrong or lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--clients", type=int, default=100, choices=range(1, MOST_CLIENTS + 1), metavar="N")
    parser.add_argument("--seconds", type=int, default=60, choices=range(1, MOST_SECONDS + 1), metavar="N")
    parser.add_argument("--reader", default="accurate")
    options = parser.parse_args()
    with started(SEED, "--reader", options.reader, "--per-minute", "1000000") as (address, process):
        outcomes, took, before = asyncio.run(_load(address, process, options.clients, options.seconds))
        after = _resident(process)
    counts = Counter(outcome for outcome, _ in outcomes)
    answered = [spent for outcome, spent in outcomes if outcome == "right"]
    median, late = np.percentile(answered, [50, 95]) if answered else (float("nan"), float("nan"))
    Console().print(
        f"{options.clients} clients, {took:.0f} s: {dict(counts)}, {len(answered) / took:.1f} answers/s, "
        f"median {median:.2f} s, p95 {late:.2f} s, resident {before:.0f} → {after:.0f} MiB",
        soft_wrap=True,
        highlight=False,
    )
    sys.exit(any(outcome.startswith(("wrong", "lost")) for outcome in counts))


if __name__ == "__main__":
    main()
