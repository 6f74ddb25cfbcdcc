"""The web application: its health, its headers, its walls."""

from __future__ import annotations

import re

import pytest
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.testclient import TestClient

from index.article import Article
from index.build import build_index
from rag.api import create_app
from rag.assistant import Assistant
from rag.conversations import Conversations
from tests.conftest import WordEncoder, last_words

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture
def client() -> TestClient:
    """An application with a page and a stream beside its own routes."""
    encoder = WordEncoder()
    article = Article("Red apples grow. Green pears fall.")
    app = create_app(Assistant(build_index([article], encoder), encoder, last_words(), threshold=0.5), Conversations())

    @app.get("/page")
    def page() -> HTMLResponse:
        return HTMLResponse('<script>a()</script><script src="/b.js"></script><scripted>é</scripted>')

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(iter(["a", "b"]), media_type="text/event-stream")

    return TestClient(app)


def test_health(client: TestClient) -> None:
    """It says what is served, and carries the headers."""
    reply = client.get("/healthz")
    assert reply.json() == {"status": "ok", "reader": "last word", "articles": 1, "sentences": 2}
    assert HEADERS.items() <= dict(reply.headers).items()


def test_a_page_gets_a_nonce(client: TestClient) -> None:
    """Every script tag has the nonce of the policy, nothing else changes, and the next page has another."""
    first, second = client.get("/page"), client.get("/page")
    policy = first.headers["content-security-policy"]
    match = re.search(r"'nonce-([\w-]{20,})'", policy)
    assert match
    assert first.text == (
        f'<script nonce="{match[1]}">a()</script><script nonce="{match[1]}" src="/b.js"></script><scripted>é</scripted>'
    )
    assert first.headers["content-length"] == str(len(first.content))
    assert first.headers["cache-control"] == "no-store"
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'self' 'nonce-[\w-]+';", policy)
    assert second.headers["content-security-policy"] != policy


def test_streams_pass(client: TestClient) -> None:
    """An event stream is not held back and gets the plain headers."""
    reply = client.get("/stream")
    assert reply.text == "ab"
    assert "content-security-policy" not in reply.headers
    assert HEADERS.items() <= dict(reply.headers).items()


@pytest.mark.parametrize("path", ["chat.js", "chat.css"])
def test_own_files_are_served(client: TestClient, path: str) -> None:
    """And only those: a way out of the folder is not found."""
    assert client.get(f"/pullquote/{path}").status_code == 200
    assert client.get("/pullquote/../api.py").status_code == 404
    assert client.get("/pullquote/%2e%2e/api.py").status_code == 404
