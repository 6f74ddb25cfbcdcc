"""The API when another index takes the place of the one that it answers about."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from fastapi.testclient import TestClient

from index.article import Article
from index.build import build_index
from rag.answering.assistant import Assistant
from rag.api import create_app
from rag.api.admission import AdmissionQueue
from rag.api.metrics import Metrics
from rag.api.settings import ApiSettings
from rag.chat.conversations import Conversations
from rag.evaluation.verification import check_transcript
from rag.reading.calibration import Calibration
from rag.reading.reading import CalibratedReader
from tests.application import NAMES, WHERE, HeldReader
from tests.conftest import WordEncoder

BEFORE = Article("Red apples grow in Kent.", id="fruit")
AFTER = Article("Look. Red apples grow in Wales.", id="fruit")
NEW = Article("Green pears fall in Devon.")
ENCODER = WordEncoder()


def _served(reader: HeldReader) -> tuple[Assistant, TestClient]:
    reading = CalibratedReader(reader, Calibration(0.0, 1.0, 0.0))
    assistant = Assistant(build_index([BEFORE], ENCODER), ENCODER, reading, 0.5, remembered=8)
    queue = AdmissionQueue(9, 2, 1000, Metrics())
    app = create_app(assistant, Conversations(), queue, settings=ApiSettings(host_names=NAMES))
    return assistant, TestClient(app)


def _content(client: TestClient, asked: dict[str, object]) -> str:
    return str(client.post("/v1/chat/completions", json=asked).json()["choices"][0]["message"]["content"])


def test_every_way_answers_with_what_is_there_now(tmp_path: Path) -> None:
    """The articles, the answers, the models, the frame; the id goes on finding the article, the old version no more."""
    reader = HeldReader()
    reader.free.set()
    assistant, client = _served(reader)
    models: dict[str, object] = {"model": "pullquote/fruit", "messages": [{"role": "user", "content": WHERE}]}
    asked = {"question": WHERE, "article": "fruit", "conversation": "a-long-random-id"}
    assert _content(client, models).startswith("Kent")
    assert client.post("/api/ask", json=asked).json()["text"] == "Kent"
    assert client.get(f"/api/articles/{BEFORE.version}").json()["id"] == "fruit"
    assistant.renew(build_index([AFTER, NEW], ENCODER))
    assert _content(client, models).startswith("Wales")
    assert client.post("/api/ask", json=asked).json()["text"] == "Wales"
    assert client.get("/api/articles/fruit").json()["text"] == AFTER.text
    assert client.get(f"/api/articles/{BEFORE.version}").status_code == 404
    models_now = [one["id"] for one in client.get("/v1/models").json()["data"]]
    assert models_now == ["pullquote", "pullquote/fruit", f"pullquote/{NEW.id}"]
    for name, status in (("fruit", 200), (NEW.id, 200), (BEFORE.version, 404)):
        assert client.get(f"/embed?article={name}").status_code == status
    assert client.get("/healthz").json()["articles"] == 2
    for kind in ("md", "json"):
        path = tmp_path / f"conversation.{kind}"
        path.write_bytes(client.get(f"/pullquote/conversation/a-long-random-id.{kind}").content)
        assert list(check_transcript(path, [BEFORE, AFTER])) == []
    faults = list(check_transcript(tmp_path / "conversation.json", [AFTER]))
    now = "the sentence now reads 'Red apples grow in Wales.', at characters 6–31"
    assert f"{tmp_path}/conversation.json: turn 1: article fruit has changed since: {now}" in faults


def test_a_question_ends_with_what_it_began_with() -> None:
    """It waits for the reader while the article is corrected."""
    reader = HeldReader()
    assistant, client = _served(reader)
    found: list[dict[str, object]] = []
    asking = Thread(target=lambda: found.append(client.post("/api/ask", json={"question": WHERE}).json()))
    asking.start()
    assert reader.reading.wait(20)
    assistant.renew(build_index([AFTER], ENCODER))
    reader.free.set()
    asking.join(20)
    assert found[0]["text"] == "Kent"
    assert client.post("/api/ask", json={"question": WHERE}).json()["text"] == "Wales"
