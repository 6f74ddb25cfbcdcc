"""Conversations by the page's events and over HTTP: only the id opens one, and no client crowds another's out."""

from __future__ import annotations

import json
import time

import pytest
from fastapi.testclient import TestClient

from rag.api.settings import ApiSettings
from rag.chat import conversations
from tests.application import NAMES, WHERE, application
from tests.mounted import Page, mounted_chat

ID, SESSION = "a-long-random-id", "abc123xyz99"
PEARS = "Where do green pears grow?"


def test_a_session_opens_no_conversation() -> None:
    """It stands in addresses. What was asked under it moves to the id, and whoever knows it alone gets nothing."""
    with TestClient(mounted_chat()) as client:
        page = Page(client, SESSION)
        assert page.ask(WHERE, "") == [WHERE]
        assert (page.saved(SESSION), page.saved(f"early {SESSION}")) == ([], [])
        page.send("identify", ID)
        assert page.saved(ID) == [WHERE]
        assert (page.saved(SESSION), page.saved(f"early {SESSION}"), page.saved(f"early%20{SESSION}")) == ([], [], [])
        assert page.ask(PEARS, "") == [PEARS]
        assert page.ask(PEARS, f"early {SESSION}") == [PEARS, PEARS]
        page.send("identify", "the-id-of-a-stranger")
        page.send("obey", "new put-aside-for-now 1", "")
        shown = json.dumps([page.send("obey", f"resume {SESSION} {number}", "") for number in range(2)])
        assert "Kent" not in shown
        assert (page.saved("the-id-of-a-stranger"), page.saved(ID)) == ([], [WHERE])


def test_without_a_session_nothing_is_kept() -> None:
    """What a program does that names neither a session nor a conversation is not seen by another one that does so."""
    with TestClient(mounted_chat()) as client:
        page = Page(client, SESSION)
        page.ask(WHERE, ID)
        shown = []
        for command in (f"resume {ID} 1", "show the-articles 2"):
            body = {"data": [command, ""], "fn_index": page.numbers["obey"]}
            shown.append(client.post("/gradio_api/run/predict", json=body).json()["data"][0])
        assert (["Kent" in str(one) for one in shown], shown[1]) == ([True, False], [])


def test_turns_are_brought_back_without_waiting() -> None:
    """A question under way in the conversation would keep a thread waiting for each request, and so all other pages."""
    said = conversations.Conversations()
    client = TestClient(application(conversations=said))
    begun = time.monotonic()
    with said.locked(ID):
        reply = client.post(f"/pullquote/conversation/{ID}/turns", json={"turns": []})
    assert (reply.json(), time.monotonic() - begun < 15) == ({"kept": 0}, True)


def test_no_client_crowds_out_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many copies it takes, by whichever way, it loses its own."""
    monkeypatch.setattr(conversations, "MOST", 4)
    app = mounted_chat()
    heavy, reader = TestClient(app, client=("192.0.2.66", 1)), TestClient(app, client=("192.0.2.1", 1))
    for client, name in ((reader, "the-readers-own-id"), (heavy, "heavy-number-one")):
        assert client.post("/api/ask", json={"question": WHERE, "conversation": name}).status_code == 200
    page = Page(heavy, SESSION)
    for number in range(8):
        page.send("obey", "resume heavy-number-one 1", f"heavy-copy-number-{number}")
        heavy.post("/api/ask", json={"question": WHERE, "conversation": f"heavy-other-{number}"})
    assert page.saved("the-readers-own-id") == [WHERE]
    assert page.saved("heavy-other-7") == [WHERE]
    assert page.saved("heavy-copy-number-0") == []


def test_guesses_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each client's apart, and what is there may be had as often as one likes before."""
    monkeypatch.setattr(time, "time", lambda: 1_000_000_030.0)
    app = application(ApiSettings(per_minute=3, host_names=NAMES))
    client, other = TestClient(app, client=("192.0.2.1", 1)), TestClient(app, client=("192.0.2.2", 1))
    client.post("/api/ask", json={"question": WHERE, "conversation": ID})
    there = [client.get(f"/pullquote/conversation/{ID}.md").status_code for _ in range(9)]
    guessed = [client.get(f"/pullquote/conversation/a-random-guess-{number}.json") for number in range(5)]
    assert there == [200] * 9
    assert [reply.status_code for reply in guessed] == [404, 404, 404, 429, 429]
    assert guessed[4].json()["detail"].startswith("More than 3 conversations that are not there in a minute. Ask again")
    assert 1 <= int(guessed[4].headers["retry-after"]) <= 60
    assert client.get(f"/pullquote/conversation/{ID}.md").status_code == 429
    assert other.get(f"/pullquote/conversation/{ID}.md").status_code == 200


def test_a_page_tells_a_server_that_was_started_anew_what_was_said() -> None:
    """It goes on from there, but nothing takes the place of what is there, and little is taken at a time."""
    place = f"/pullquote/conversation/{ID}"
    with TestClient(mounted_chat()) as before, TestClient(mounted_chat()) as after:
        Page(before, SESSION).ask(WHERE, ID)
        turns = before.get(f"{place}.json").json()["turns"]
        made_up = {**turns[0], "question": "Who is a thief?"}
        assert after.post(f"{place}/turns", json={"turns": [made_up]}).json() == {"kept": 0}
        assert after.post(f"{place}/turns", json={"turns": [*turns, made_up]}).json() == {"kept": 1}
        assert after.post(f"{place}/turns", json={"turns": [*turns, *turns]}).json() == {"kept": 1}
        page = Page(after, SESSION)
        assert page.ask(PEARS, ID) == [WHERE, PEARS]
        # more than one request holds come one behind the other, once
        second = {"turns": turns, "after": 2}
        assert after.post(f"{place}/turns", json={**second, "after": 1}).json() == {"kept": 2}
        assert after.post(f"{place}/turns", json=second).json() == {"kept": 3}
        assert after.post(f"{place}/turns", json=second).json() == {"kept": 3}
        assert page.saved(ID) == [WHERE, PEARS, WHERE]
        assert after.post(f"{place}/turns", content="{}", headers={"Content-Type": "text/plain"}).status_code == 415
        assert after.post(f"{place}/turns", json={"turns": [{"question": "x" * 70_000}]}).status_code == 413
        assert after.post("/pullquote/conversation/short/turns", json={"turns": turns}).status_code == 422


def test_the_history_can_be_switched_off() -> None:
    """Then the page has no script that keeps anything."""
    for kept in (True, False):
        with TestClient(mounted_chat(ApiSettings(history=kept, host_names=NAMES))) as client:
            page = client.get("/").text
        assert ("pullquote/history.js" in page, "pullquote/chat.js" in page) == (kept, True)
