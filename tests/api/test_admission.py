"""All questions to the server pass one queue: those of the chat, the API, the OpenAI-style route and the tool."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from index.build import build_index
from rag.answering.assistant import Assistant
from rag.api.listener import address_of, listen
from rag.api.settings import ApiSettings
from rag.reading.calibration import Calibration
from rag.reading.reading import CalibratedReader
from tests.application import FRUIT, WHERE, CountingReader
from tests.conftest import WordEncoder, finished
from ui import create_ui

Ask = Callable[[httpx.Client], str]
BUSY = "Too many questions are waiting. Ask again in 5 seconds."


def by_chat(client: httpx.Client) -> str:
    """Ask as the page does: an event joins Gradio's queue, and what comes of it is streamed."""
    event = next(one for one in client.get("/config").json()["dependencies"] if one["targets"][0][1] == "submit")
    session = {"session_hash": "one-session"}
    asked = {"data": [WHERE, "", "a-conversation-id", "", ""], "fn_index": event["id"], **session}
    assert client.post("/gradio_api/queue/join", json=asked).status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params=session) as events:
        messages = (json.loads(line.removeprefix("data: ")) for line in events.iter_lines() if line)
        output = next(message["output"] for message in messages if message["msg"] == "process_completed")
    return output["error"] if "error" in output else json.dumps(output["data"])


def by_api(client: httpx.Client) -> str:
    """Ask the API."""
    reply = client.post("/api/ask", json={"question": WHERE}).json()
    return str(reply.get("text", reply.get("detail")))


def by_openai(client: httpx.Client) -> str:
    """Ask as OpenAI's clients do."""
    message = {"role": "user", "content": WHERE}
    return client.post("/v1/chat/completions", json={"model": "pullquote", "messages": [message]}).text


def by_tool(client: httpx.Client) -> str:
    """Call the tool through MCP."""
    arguments = {"name": "ask_article", "arguments": {"question": WHERE}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": arguments}
    headers = {"Accept": "application/json, text/event-stream"}
    return client.post("/gradio_api/mcp/", json=call, headers=headers).text


WAYS: list[Ask] = [by_chat, by_api, by_openai, by_tool]


@contextmanager
def served(reader: CountingReader, waiting: int) -> Iterator[httpx.Client]:
    """Serve the chat with a fake reader, one question at once, until the test is over."""
    encoder = WordEncoder()
    readers = CalibratedReader(reader, Calibration(0.0, 1.0, 0.0))
    assistant = Assistant(build_index([FRUIT], encoder), encoder, readers, 0.5)

    async def mounted() -> FastAPI:
        # Gradio makes an event loop, and leaves it open, where none runs
        return create_ui(assistant, (), settings=ApiSettings(waiting=waiting, at_once=1))

    server, listener = uvicorn.Server(uvicorn.Config(finished(mounted()), log_level="critical")), listen(0)
    running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    running.start()
    try:
        with httpx.Client(base_url=address_of(listener), timeout=30) as client:
            yield client
    finally:
        reader.free.set()
        server.should_exit = True
        running.join(20)


def counted(client: httpx.Client) -> dict[str, float]:
    """The server's counts by their names."""
    lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def until_waiting(client: httpx.Client, waiting: int) -> None:
    """Give the questions half a minute to join the queue."""
    for _ in range(3_000):
        if counted(client)["pullquote_waiting"] == waiting:
            return
        time.sleep(0.01)
    raise AssertionError(f"{counted(client)['pullquote_waiting']} questions wait, not {waiting}")


@pytest.mark.slow
def test_at_once_means_all_ways_to_ask() -> None:
    """Of four questions that come in four ways, three wait; no two are ever read at the same time; all are counted."""
    reader = CountingReader()
    with served(reader, waiting=3) as client, ThreadPoolExecutor(len(WAYS)) as threads:
        replies = [threads.submit(ask, client) for ask in WAYS]
        until_waiting(client, 3)
        assert client.get("/readyz").status_code == 503
        reader.free.set()
        assert ["Kent" in reply.result(30) for reply in replies] == [True] * 4
        counts = counted(client)
    assert reader.most == 1
    assert counts['pullquote_answers_total{status="answered"}'] == 4
    assert counts["pullquote_ask_seconds_count"] == 4
    assert counts["pullquote_waiting"] == 0


@pytest.mark.slow
def test_a_full_queue_turns_every_way_away() -> None:
    """While one question is answered and none may wait, each way says so, and in the same words."""
    reader = CountingReader()
    with served(reader, waiting=0) as client, ThreadPoolExecutor(1) as threads:
        first = threads.submit(by_tool, client)
        assert reader.reading.wait(20)
        assert [BUSY in ask(client) for ask in WAYS] == [True] * 4
        reader.free.set()
        assert "Kent" in first.result(30)
        assert "Kent" in by_chat(client)
        assert counted(client)["pullquote_ask_seconds_count"] == 2
