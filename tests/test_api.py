"""Conversations as files, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.article import Article
from index.build import build_index
from rag.api import create_app
from rag.assistant import Assistant
from rag.conversation import Turn
from rag.conversations import Conversations
from rag.transcript import check_transcript
from tests.conftest import WordEncoder, last_words

TEXT = Article("Red apples grow in Kent. Green pears fall in Devon.")
PAGE = "page-number-one"


@pytest.fixture
def client() -> TestClient:
    """An application where one question was asked."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), threshold=0.5)
    conversations = Conversations()
    question = "Where do red apples grow?"
    conversations.keep(PAGE, (Turn(question, assistant.ask(question)),))
    return TestClient(create_app(assistant, conversations))


def test_markdown(client: TestClient) -> None:
    """A file to read, never kept by a cache."""
    reply = client.get(f"/pullquote/conversation/{PAGE}.md")
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="conversation.md"'
    assert reply.headers["cache-control"] == "no-store"
    assert "## Where do red apples grow?\n\n**Kent**\n\n> Red apples grow in Kent." in reply.text


def test_json_can_be_verified(client: TestClient, tmp_path: Path) -> None:
    """What was saved is checked against the article, as any other answers are."""
    reply = client.get(f"/pullquote/conversation/{PAGE}.json")
    assert [turn["text"] for turn in json.loads(reply.text)["turns"]] == ["Kent"]
    path = tmp_path / "conversation.json"
    path.write_text(reply.text, encoding="utf-8")
    assert list(check_transcript(path, [TEXT])) == []
    path.write_text(reply.text.replace("Kent", "Bath"), encoding="utf-8")
    assert next(check_transcript(path, [TEXT])).endswith("are 'Kent', not 'Bath'")


@pytest.mark.parametrize(("page", "status"), [("unknown-page-word.md", 404), (f"{PAGE}.pdf", 422), ("..%2Fx.md", 404)])
def test_what_is_not_there(client: TestClient, page: str, status: int) -> None:
    """Another page's word, another format, a path: nothing is told."""
    assert client.get(f"/pullquote/conversation/{page}").status_code == status
