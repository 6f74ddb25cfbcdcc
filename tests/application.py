"""The web application over fakes, for the tests of its HTTP API."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from fastapi import FastAPI

from index.article import Article
from index.build import build_index
from rag.answer import Passage
from rag.answering.answerer import Answerer
from rag.answering.assistant import Assistant
from rag.api import create_app
from rag.api.admission import AdmissionQueue
from rag.api.host_names import HostNames
from rag.api.metrics import Metrics
from rag.api.settings import ApiSettings
from rag.chat.conversations import Conversations
from rag.chat.starters import Starter
from rag.chat.uploads import Uploads
from rag.reading.calibration import Calibration
from rag.reading.reader import SpanProposal
from rag.reading.reading import CalibratedReader
from tests.conftest import LastWordReader, WordEncoder

FRUIT = Article("Red apples grow in Kent. Green pears grow in Devon.")
SMILES = Article("🙂 Ada smiles.\n\n𝔅𝔬𝔟 frowns in Bath.", "https://example.org/smiles")
WHERE = "Where do red apples grow?"
NAMES = HostNames.parse(["testserver", "here", "chat.example"])
"""What the test clients call the application."""
POOL = [Starter(WHERE, FRUIT.id, 0), Starter("Who smiles?", SMILES.id, 0)]


class HeldReader(LastWordReader):
    """Reads nothing until it is let go, or fails."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.reading, self.free = threading.Event(), threading.Event()
        self.failure = failure

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Tell that it reads, and wait."""
        if self.failure:
            raise self.failure
        self.reading.set()
        assert self.free.wait(20), "the reader was never let go"
        return super().read(question, passages)


class CountingReader(HeldReader):
    """Tells how many read at the same time, at most."""

    def __init__(self) -> None:
        super().__init__()
        self.most = self._now = 0
        self._lock = threading.Lock()

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Count, and wait."""
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        found = super().read(question, passages)
        with self._lock:
            self._now -= 1
        return found


def application(
    settings: ApiSettings | None = None,
    reader: LastWordReader | None = None,
    articles: Sequence[Article] = (FRUIT,),
    conversations: Conversations | None = None,
    report: str = "",
    threshold: float = 0.5,
    assistant: Answerer | None = None,
) -> FastAPI:
    """Make the application with the fake encoder, and the fake reader or one given."""
    encoder = WordEncoder()
    reading = CalibratedReader(reader or LastWordReader(), Calibration(0.0, 1.0, 0.0))
    answerer = assistant or Assistant(build_index(articles, encoder), encoder, reading, threshold)
    allowed = replace(settings or ApiSettings(per_minute=1_000_000, at_once=1), host_names=NAMES)
    queue = AdmissionQueue(allowed.waiting, allowed.at_once, allowed.per_minute, Metrics())
    said = conversations or Conversations()
    uploads = Uploads(answerer, said, allowed.uploads) if allowed.uploads else None
    return create_app(answerer, said, queue, POOL, allowed, report, uploads)
