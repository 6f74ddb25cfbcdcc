"""Answers a second over HTTP, from 1, 4 and 16 clients on this machine. No peer has a server of the kind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks.setting import READERS, Setting
from tests.benchmarks.summary import times
from tests.server import started

CLIENTS = (1, 4, 16)
_SERVER = ("--per-minute", "1000000", "--waiting", "64", "--remember", "0")


def measure_concurrency(setting: Setting, count: int) -> dict[str, Any]:
    """Press the server with each number of clients, which ask a fixed number of questions each.

    :param setting: What is asked; the articles are written to files for the server.
    :param count: Questions of all clients together, about.
    :return: For JSON: `levels`, one for each reader and number of clients. What is not answered is counted as `failed`.
    """
    paths = []
    for article in setting.articles:
        paths.append(setting.work / "articles" / f"{article.id}.txt")
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        paths[-1].write_bytes(article.text.encode())
    levels: list[dict[str, Any]] = []
    began = time.perf_counter()
    for reader in READERS:
        if levels and setting.over(began):
            break
        with started(paths[0], *map(str, paths[1:]), "--reader", reader, *_SERVER) as (address, process):
            for clients in CLIENTS:
                if levels and setting.over(began):
                    break
                pressed = asyncio.run(_press(address, setting.questions, clients, max(1, count // clients)))
                levels.append({"reader": reader, "clients": clients, **pressed, "resident_mib": _resident(process)})
    return {"peer": None, "levels": levels}


async def _press(address: str, questions: Sequence[str], clients: int, each: int) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        await _ask(client, questions[0])
        begun = time.perf_counter()
        asked = [islice(cycle(questions), first, first + each) for first in range(clients)]
        spent = [ms for of_client in await asyncio.gather(*(_one(client, own) for own in asked)) for ms in of_client]
        took = time.perf_counter() - begun
    answered = [ms for ms in spent if ms is not None]
    return {
        "questions": len(spent),
        "failed": len(spent) - len(answered),
        "answers_per_second": round(len(answered) / took, 2),
        "ask_ms": asdict(times(answered)) if answered else None,
    }


async def _one(client: httpx.AsyncClient, questions: Iterable[str]) -> list[float | None]:
    return [await _ask(client, question) for question in questions]


async def _ask(client: httpx.AsyncClient, question: str) -> float | None:
    begun = time.perf_counter()
    reply = await client.post("/api/ask", json={"question": question})
    return (time.perf_counter() - begun) * 1e3 if reply.status_code == httpx.codes.OK else None


def _resident(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return round(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024)
