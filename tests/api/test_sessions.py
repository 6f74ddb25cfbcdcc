"""What Gradio keeps for each session is bounded and forgotten, its faults are written without words, and it idles."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import ui
from rag.api.listener import listen, make_server
from rag.api.middleware.log import LOGGER, JsonLines
from rag.api.sessions import MOST, SessionMemory
from tests.application import WHERE, HeldReader
from tests.mounted import Page, mounted_chat

SECRET = "Where does Zanzibarpelican grow?"  # noqa: S105  # of the test


def _gradio(app: FastAPI) -> Any:
    fallback: Any = app.routes[-1]
    return fallback.mount.app


def test_sessions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever invents another with each event makes the oldest be forgotten."""
    assert _gradio(mounted_chat()).state_holder.capacity == MOST == 500
    monkeypatch.setattr(ui, "SESSIONS", 3)
    app = mounted_chat()
    with TestClient(app) as client:
        page = Page(client, "")
        for number in range(9):
            page.session = f"session-{number}"
            page.send("obey", "open nothing 1", "")
    kept = _gradio(app).state_holder
    assert list(kept.session_data) == list(kept.time_last_used) == ["session-6", "session-7", "session-8"]


def test_no_other_user_of_the_machine_has_a_hand_in_what_gradio_keeps() -> None:
    """Gradio's own place for it is a name in /tmp that everybody knows."""
    folder = Path(_gradio(mounted_chat()).uploaded_file_dir)
    assert folder.name.startswith("pullquote-")
    assert folder.stat().st_mode & 0o077 == 0
    # what it makes at the start, too, by the name that it found when it was imported
    assert (folder / "vibe_edit_history").is_dir()


def test_an_idle_session_is_forgotten() -> None:
    """One that is used stays, and what the page asks afterwards is answered all the same."""
    app, now = mounted_chat(), [0.0]
    gradio = _gradio(app)
    # Gradio calls this every second
    assert isinstance(gradio.get_blocks().state_holder.delete_all_expired_state, SessionMemory)
    memory = SessionMemory(gradio.get_blocks(), timedelta(hours=1), lambda: now[0])
    with TestClient(app) as client:
        idle, used = Page(client, "idle"), Page(client, "used")
        assert idle.ask(WHERE, "a-long-random-id") == used.ask(WHERE, "another-random-id") == [WHERE]
        gradio.state_holder.time_last_used["idle"] = datetime.now() - timedelta(hours=1, seconds=1)
        now[0] += 9
        memory()
        assert "idle" in gradio.state_holder
        now[0] += 9
        memory()
        assert "idle" not in gradio.state_holder
        assert "used" in gradio.state_holder
        assert idle.ask(WHERE, "a-long-random-id") == [WHERE, WHERE]


def test_what_nobody_fetches_is_forgotten() -> None:
    """A minute after the answer; while it is worked on nothing is. What was fetched leaves nothing behind either."""
    reader, now = HeldReader(), [0.0]
    app = mounted_chat(reader=reader)
    gradio = _gradio(app)
    queue = gradio.get_blocks()._queue
    memory = SessionMemory(gradio.get_blocks(), timedelta(hours=1), lambda: now[0])

    def after(seconds: int) -> list[set[str]]:
        for _ in range(seconds // 10):
            now[0] += 10
            memory()
        return [set(queue.pending_messages_per_session), set(queue.pending_event_ids_session)]

    with TestClient(app) as client:
        fetched, forgotten = Page(client, "fetched"), Page(client, "forgotten")
        asked = {"data": [WHERE, "", "a-long-random-id", "", ""], "fn_index": forgotten.numbers["ask"]}
        for session in ("forgotten", "hanging"):
            client.post("/gradio_api/queue/join", json={**asked, "session_hash": session})
        assert reader.reading.wait(20)
        assert after(120) == [{"forgotten", "hanging"}] * 2
        reader.free.set()
        assert fetched.ask(WHERE, "another-random-id") == [WHERE]
        for _ in range(2_000):
            if not queue.event_ids_to_events:
                break
            time.sleep(0.01)
        assert after(50) == [{"forgotten", "hanging", "fetched"}] * 2
        assert after(30) == [set(), set()]
        assert fetched.ask(WHERE, "another-random-id") == [WHERE, WHERE]


def test_a_fault_is_written_down_without_its_words(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """By its type and place. Gradio would print the traceback, and with it what was sent."""
    caplog.set_level(logging.ERROR, LOGGER.name)
    app = mounted_chat(reader=HeldReader(ValueError(SECRET)))
    with TestClient(app, raise_server_exceptions=False) as client:
        page = Page(client, "session")
        client.post(
            "/gradio_api/queue/join",
            json={"data": [WHERE, "", "", "", ""], "fn_index": page.numbers["ask"], "session_hash": "session"},
        )
        events = client.get("/gradio_api/queue/data", params={"session_hash": "session"}).text
        called = client.post("/gradio_api/run/predict", json={"data": [[SECRET], {}], "fn_index": page.numbers["obey"]})
        client.get("/gradio_api/queue/data", params={"session_hash": "nobody"})
    assert '"success":false' in events
    assert called.status_code == 422
    written = capfd.readouterr().err + "".join(JsonLines().format(record) for record in caplog.records)
    assert "Zanzibarpelican" not in written + events + called.text
    assert "Traceback" not in written
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records if record.name == LOGGER.name]
    assert [line["error"] for line in lines][:1] == ["ValueError"]
    assert re.fullmatch(r"application\.py:\d+ read", lines[0]["at"][-1])


def test_what_a_program_sends_is_not_written(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the name of a tool that is not there, which may hold any line, nor the question of a wrong request."""
    app = mounted_chat()
    make_server(app)
    accepted = {"Accept": "application/json, text/event-stream"}
    with TestClient(app) as client:
        for number, name in ((1, f"{SECRET}\n"), (1.5, "ask_article")):
            called = {"name": name, "arguments": {"question": SECRET}}
            call = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": called}
            assert client.post("/gradio_api/mcp/", json=call, headers=accepted).status_code in (200, 202, 400)
    assert "Zanzibarpelican" not in caplog.text


@pytest.mark.slow
def test_an_idle_server_is_idle() -> None:
    """Less than a hundredth of a core in one of ten seconds: the rest of this process may be busy in the others."""
    server, listener = make_server(mounted_chat()), listen(0)
    running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    running.start()
    try:
        spent = []
        for _ in range(10):
            begun = time.process_time()
            time.sleep(1)
            spent.append(time.process_time() - begun)
            if spent[-1] < 0.01:
                break
    finally:
        server.should_exit = True
        running.join(20)
    assert min(spent) < 0.01
