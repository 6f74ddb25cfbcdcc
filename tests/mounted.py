"""The chat and the page of annotation, mounted on their applications, over fakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from index.article import Article
from index.build import build_index
from rag.annotation.annotation import Annotation
from rag.annotation.desk import Desk
from rag.answering.answerer import Answerer
from rag.answering.assistant import Assistant
from rag.api.settings import ApiSettings
from rag.api.standing import Standing
from rag.chat.feedback import Feedback
from rag.reading.calibration import Calibration
from rag.reading.reading import CalibratedReader
from tests.application import FRUIT, NAMES, POOL
from tests.conftest import LastWordReader, WordEncoder, finished
from ui import create_annotator, create_ui


def mounted_chat(
    settings: ApiSettings | None = None,
    article: Article = FRUIT,
    reader: LastWordReader | None = None,
    evaluation: str = "",
    feedback: Feedback | None = None,
    assistant: Answerer | None = None,
    standing: Standing | None = None,
) -> FastAPI:
    """Mount the chat, without a limit that a test could meet."""
    encoder = WordEncoder()
    reading = CalibratedReader(reader or LastWordReader(), Calibration(0.0, 1.0, 0.0))
    answerer = assistant or Assistant(build_index([article], encoder), encoder, reading, 0.5)
    allowed = settings or ApiSettings(per_minute=1_000_000, host_names=NAMES)
    return _mounted(lambda: create_ui(answerer, POOL, feedback, allowed, evaluation, standing))


def mounted_annotator(folder: Path) -> FastAPI:
    """Mount the page of annotation, its file in a folder."""
    settings = ApiSettings(host_names=NAMES)
    return _mounted(lambda: create_annotator(Desk(Annotation(folder / "q.jsonl", [FRUIT])), settings))


def _mounted(make: Callable[[], FastAPI]) -> FastAPI:
    async def mounted() -> FastAPI:
        # Gradio makes an event loop, and leaves it open, where none runs
        return make()

    return finished(mounted())


class Page:
    """Sends the events of a page, by the names of our own functions."""

    def __init__(self, client: TestClient, session: str) -> None:
        self.client, self.session = client, session
        self.numbers = {one["api_name"]: one["id"] for one in client.get("/config").json()["dependencies"]}

    def send(self, event: str, *data: str) -> Any:
        """Send an event that is not queued."""
        body = {"data": data, "fn_index": self.numbers[event], "session_hash": self.session}
        reply = self.client.post("/gradio_api/run/predict", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def ask(self, question: str, conversation: str) -> list[str]:
        """Ask, and return the questions that are then shown."""
        return [text for role, text in self.said(question, conversation) if role == "user"]

    def said(self, question: str, conversation: str, own: str = "") -> list[tuple[str, str]]:
        """Ask, about a document of one's own if it is named, and return who then said what; nothing if refused."""
        data = [question, "", conversation, "", own]
        body = {"data": data, "fn_index": self.numbers["ask"], "session_hash": self.session}
        assert self.client.post("/gradio_api/queue/join", json=body).status_code == 200
        events = self.client.get("/gradio_api/queue/data", params={"session_hash": self.session}).text
        messages = [json.loads(line.removeprefix("data: ")) for line in events.splitlines() if line]
        (output,) = [message["output"] for message in messages if message["msg"] == "process_completed"]
        return [(one["role"], one["content"][0]["text"]) for one in output["data"][1]] if "data" in output else []

    def saved(self, conversation: str) -> list[str]:
        """Save a conversation; its questions, or nothing if there is none."""
        reply = self.client.get(f"/pullquote/conversation/{conversation}.json")
        return [turn["question"] for turn in reply.json()["turns"]] if reply.status_code == 200 else []
