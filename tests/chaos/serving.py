"""A server whose cache is deleted while it answers."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from index.weights import cache_folder
from tests.chaos.child import LOST, RAW, WHOLE, Tally
from tests.conftest import SEED
from tests.load import questions
from tests.server import started


def without_cache(until: float) -> Tally:
    """Ask, delete all of the server's cache, and ask again: each answer is the same."""
    tally = Tally("cache deleted", "server")
    with tempfile.TemporaryDirectory() as home:
        cache = Path(home) / "pullquote"
        models = cache_folder() / "converted"
        if models.is_dir():
            # a copy of the names alone: to convert the models once more takes minutes
            shutil.copytree(models, cache / "converted", copy_function=_linked)
        with (
            patch.dict(os.environ, {"XDG_CACHE_HOME": home}),
            started(SEED, "--reader", "fast", "--remember", "0") as (address, _),
            httpx.Client(base_url=address, timeout=60) as client,
        ):
            asked = questions()[:8]
            before = {question: _answer(client, question) for question in asked}
            shutil.rmtree(cache)
            while tally.outcomes.total() < len(asked) or time.monotonic() < until:
                question = asked[tally.outcomes.total() % len(asked)]
                try:
                    answer = _answer(client, question)
                except (httpx.HTTPError, ValueError) as error:
                    tally.add(RAW, repr(error))
                    break
                tally.add(WHOLE if answer == before[question] else LOST, f"another answer to {question!r}")
    tally.note = "questions asked after the deletion"
    return tally


def _answer(client: httpx.Client, question: str) -> dict[str, Any]:
    reply = client.post("/api/ask", json={"question": question}).raise_for_status()
    return {key: value for key, value in reply.json().items() if key != "timings_ms"}


def _linked(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
