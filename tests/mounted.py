"""The chat and the page of annotation, mounted on their applications, over fakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI

from index.article import Article
from index.build import build_index
from rag.annotation.annotation import Annotation
from rag.annotation.desk import Desk
from rag.answering.assistant import Assistant
from rag.api.settings import ApiSettings
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
) -> FastAPI:
    """Mount the chat, without a limit that a test could meet."""
    encoder = WordEncoder()
    reading = CalibratedReader(reader or LastWordReader(), Calibration(0.0, 1.0, 0.0))
    assistant = Assistant(build_index([article], encoder), encoder, reading, 0.5)
    allowed = settings or ApiSettings(per_minute=1_000_000, host_names=NAMES)
    return _mounted(lambda: create_ui(assistant, POOL, settings=allowed, evaluation=evaluation))


def mounted_annotator(folder: Path) -> FastAPI:
    """Mount the page of annotation, its file in a folder."""
    settings = ApiSettings(host_names=NAMES)
    return _mounted(lambda: create_annotator(Desk(Annotation(folder / "q.jsonl", [FRUIT])), settings))


def _mounted(make: Callable[[], FastAPI]) -> FastAPI:
    async def mounted() -> FastAPI:
        # Gradio makes an event loop, and leaves it open, where none runs
        return make()

    return finished(mounted())
