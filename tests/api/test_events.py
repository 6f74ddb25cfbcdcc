"""Events of the chat and of the page of annotation: none opens a file, none has the server send a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.api.middleware.limits import LONGEST_BODY
from tests.application import WHERE
from tests.mounted import mounted_annotator, mounted_chat

JSON = {"Content-Type": "application/json"}
RPC = {"Accept": "application/json, text/event-stream"}
EVENTS = range(12)
"""Numbers that Gradio may have given to our events."""
PLACES: list[Callable[[object], object]] = [
    lambda file: file,
    lambda file: [[file]],
    lambda file: {"value": {"files": [file]}},
]
"""Where in a value a file may stand."""


@pytest.fixture(params=["chat", "annotation"])
def app(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """A page mounted on its application; what Gradio copies goes to a folder of the test."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "copied"))
    return mounted_chat() if request.param == "chat" else mounted_annotator(tmp_path)


@pytest.fixture(scope="module")
def chat() -> Iterator[TestClient]:
    """The chat alone, running."""
    with TestClient(mounted_chat()) as client:
        yield client


@pytest.fixture
def file(tmp_path: Path) -> dict[str, Any]:
    """A file outside of what Gradio may open, as Gradio writes of it."""
    path = tmp_path / "secret.txt"
    path.write_text("secret", encoding="utf-8")
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def _requests(value: object) -> Iterator[tuple[str, object]]:
    """Every way to an event, with a value in it."""
    for number in EVENTS:
        event = {"data": [value] * 8, "fn_index": number, "session_hash": "x"}
        yield "/gradio_api/run/predict", event
        yield "/gradio_api/queue/join", event
        yield "/gradio_api/queue/join", {**event, "data": [], "event_data": value}
    yield "/gradio_api/call/ask_article", {"data": [value, ""]}
    yield "/gradio_api/call/v2/ask_article", {"question": value}
    call = {"name": "ask_article", "arguments": {"question": value}}
    yield "/gradio_api/mcp/", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}


def test_no_event_opens_a_file(app: FastAPI, file: dict[str, Any], tmp_path: Path) -> None:
    """Whichever the route and wherever in the body it is named: the request is refused, the file is not copied."""
    with TestClient(app) as client:
        for place in PLACES:
            for path, body in _requests(place(file)):
                reply = client.post(path, json=body, headers=RPC)
                assert (path, reply.status_code) == (path, 422)
                assert reply.headers["content-type"] == "application/problem+json"
                assert reply.json()["detail"].startswith("An object in the body has a 'path'")
        for path in (
            "/gradio_api/api/predict",
            "/gradio_api/run/ask_article",
            "/run/predict",
            "//gradio_api/run/predict",
        ):
            reply = client.post(path, json={"data": [file], "fn_index": 0})
            assert reply.status_code in (404, 405, 422)
    assert not list((tmp_path / "copied").rglob("secret.txt"))


@pytest.mark.parametrize("named", [{"path": "/x"}, {"path": None}, {"meta": {"_type": "gradio.FileData"}}])
def test_half_a_file_is_refused(chat: TestClient, named: object) -> None:
    """Also with another type or encoding, or the key written with an escape."""
    body = json.dumps({"data": [named], "fn_index": 6})
    for sent in (body.encode(), body.encode("utf-16"), body.replace("path", r"p\u0061th").encode()):
        for kind in ("application/json", "text/plain", "application/x-json+json"):
            reply = chat.post("/gradio_api/run/predict", content=sent, headers={"Content-Type": kind})
            assert reply.status_code == 422


def test_gradio_itself_refuses_a_file(app: FastAPI, file: dict[str, Any], tmp_path: Path) -> None:
    """Without our own guard it still opens nothing but what was uploaded."""
    fallback: Any = app.routes[-1]
    with TestClient(fallback.mount.app, raise_server_exceptions=False) as client:
        for number in EVENTS:
            event = {"data": [file] * 8, "fn_index": number, "session_hash": "x"}
            client.post("/gradio_api/run/predict", json=event)
    assert not list((tmp_path / "copied").rglob("secret.txt"))


def test_an_event_passes_with_its_body(chat: TestClient) -> None:
    """What the page and programs send is text, numbers, lists and plain objects."""
    sent = json.dumps({"data": [WHERE, ""]}).encode()
    reply = chat.post("/gradio_api/call/ask_article", content=iter([sent[:9], sent[9:]]), headers=JSON)
    assert reply.status_code == 200
    liked = {"index": [1, 0], "value": ["Kent", {"type": "text", "text": "path"}], "liked": True}
    join = {"data": ["x"], "event_data": liked, "fn_index": 4, "session_hash": "s"}
    assert "event_id" in chat.post("/gradio_api/queue/join", json=join).json()


@pytest.mark.parametrize(
    "event",
    [
        {"data": ["x"], "fn_index": 999},
        {"data": ["x"], "fn_index": -1},
        {"data": ["x"], "fn_index": "4"},
        {"data": ["x"], "fn_index": None},
        {"data": ["x"]},
        {"data": [], "fn_index": 4},
        {"data": ["x", "y"], "fn_index": 4},
        {"data": None, "fn_index": 4},
        {"fn_index": 4},
        {"data": [None], "fn_index": 4},
        {"data": [["x"]], "fn_index": 4},
        [],
        "x",
    ],
)
def test_an_event_that_is_not_there_is_refused(chat: TestClient, event: object) -> None:
    """By its number, or by what it brings: Gradio, or what it calls, would fail, and write down what was sent."""
    for path in ("run/predict", "queue/join"):
        sent = {**event, "session_hash": "s"} if isinstance(event, dict) else event
        reply = chat.post(f"/gradio_api/{path}", json=sent)
        assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
        assert reply.json()["detail"].startswith("There is no such event: its 'fn_index'")


@pytest.mark.parametrize("session", ["", "x" * 65, "a b", "a/b", "é", 5, ["s"], {"a": 1}, "s\n"])
def test_a_session_with_an_odd_name_is_refused(chat: TestClient, session: object) -> None:
    """For Gradio keeps it."""
    event = {"data": ["x"], "fn_index": 4, "session_hash": session}
    for path in ("run/predict", "queue/join", "call/ask_article", "cancel"):
        reply = chat.post(f"/gradio_api/{path}", json=event)
        assert (reply.status_code, reply.json()["detail"][:34]) == (422, "The 'session_hash' is not 1 to 64 ")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/ask", "POST"),
        ("DELETE", "/api/articles", "GET"),
        ("HEAD", "/healthz", "GET"),
        ("PATCH", "/v1/chat/completions", "POST"),
        ("OPTIONS", "/widget.js", "GET"),
        ("PUT", "/gradio_api/queue/join", "POST"),
        ("PUT", "/config", "GET"),
    ],
)
def test_a_wrong_method_is_told(chat: TestClient, method: str, path: str, allowed: str) -> None:
    """Though Gradio is mounted at the root and would say that there is nothing."""
    reply = chat.request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)
    if method not in ("HEAD", "PATCH"):
        assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["a" * 256, "é" * 130, "a/" * 2_100, "a\0.js"])
def test_a_name_that_no_file_can_have_is_nowhere(chat: TestClient, name: str) -> None:
    """Gradio would fail, for the disk does not take it."""
    for folder in ("assets", "static"):
        assert chat.get(f"/{folder}/{quote(name)}").status_code == 404


@pytest.mark.parametrize("query", ["page=x", "page=", "page=../..", "deep_link=x"])
def test_there_is_one_page(chat: TestClient, query: str) -> None:
    """Gradio would look for another one, and fail."""
    reply = chat.get(f"/?{query}")
    assert (reply.status_code, '"deep_link_state":"none"' in reply.text) == (200, True)


def test_what_is_nowhere_is_a_problem(chat: TestClient) -> None:
    """Gradio, which looks for it last, says so as we do."""
    reply = chat.get("/nowhere")
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["detail"] == "There is nothing at this address. /openapi.json lists what there is."


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe\x00", b"[" * 60_000, b'{"data": [' + b"9" * 5_000 + b"]}"])
def test_what_cannot_be_looked_at_is_refused(chat: TestClient, body: bytes) -> None:
    """Broken, not text, too deep, too long a number: with a problem, and not with an error of the server."""
    reply = chat.post("/gradio_api/run/predict", content=body, headers=JSON)
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")


def test_a_long_event_is_a_problem_too(chat: TestClient) -> None:
    """In pieces, so that its length is not known before it is read."""
    pieces = (b" " * 10_000 for _ in range(LONGEST_BODY // 10_000 + 1))
    reply = chat.post("/gradio_api/run/predict", content=pieces, headers=JSON)
    assert (reply.status_code, reply.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "params"),
    [("resources/read", {"uri": "file:///x"}), ("prompts/get", {"name": "x"})],
)
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_mcp_sends_no_request(
    chat: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, params: dict[str, str], header: str
) -> None:
    """To the host that is named, alone or in a batch; Gradio's client is not even made."""
    made = []
    monkeypatch.setattr("gradio.mcp.Client", lambda *given, **_: made.append(given))
    call = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    for sent in (call, [{"jsonrpc": "2.0", "id": 1, "method": "ping"}, call]):
        reply = chat.post("/gradio_api/mcp/", json=sent, headers={**RPC, header: "127.0.0.1:9"})
        assert reply.json() == {
            "jsonrpc": "2.0",
            "id": 7,
            "error": {
                "code": -32601,
                "message": "No resources or prompts are here, but tools: tools/list names them.",
            },
        }
    assert made == []


def test_mcp_lists_no_resources(chat: TestClient) -> None:
    """The lists stay, for a program may ask for them first, and are empty."""
    for what in ("resources", "prompts"):
        call = {"jsonrpc": "2.0", "id": 1, "method": f"{what}/list"}
        reply = chat.post("/gradio_api/mcp/", json=call, headers=RPC)
        assert json.loads(reply.text.partition("data: ")[2])["result"] == {what: []}
