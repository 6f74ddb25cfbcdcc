"""The web application: conversations as files, its health, its problems, its description."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answer import Answer, Turn
from rag.answering.assistant import Assistant
from rag.api import create_app
from rag.api.admission import AdmissionQueue
from rag.api.metrics import Metrics
from rag.chat.conversations import Conversations, Speaker
from rag.evaluation.verification import check_transcript
from tests.application import application
from tests.conftest import WordEncoder, last_words

TEXT = Article("Red apples grow in Kent. Green pears fall in Devon.")
CONVERSATION = "conversation-one"


@pytest.fixture
def client() -> TestClient:
    """An application where one question was asked."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), threshold=0.5)
    conversations = Conversations()
    question = "Where do red apples grow?"
    conversations.keep(Speaker(CONVERSATION), (Turn(question, assistant.ask(question)),))
    return TestClient(
        create_app(assistant, conversations, AdmissionQueue(16, 1, 60, Metrics())), "http://127.0.0.1:7860"
    )


def test_markdown(client: TestClient) -> None:
    """A file to read, never kept by a cache."""
    reply = client.get(f"/pullquote/conversation/{CONVERSATION}.md")
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="conversation.md"'
    assert reply.headers["cache-control"] == "no-store"
    assert "## Where do red apples grow?\n\n**Kent**\n\n> Red apples grow in Kent." in reply.text


def test_json_can_be_verified(client: TestClient, tmp_path: Path) -> None:
    """What was saved is checked against the article, as any other answers are."""
    reply = client.get(f"/pullquote/conversation/{CONVERSATION}.json")
    assert [turn["text"] for turn in json.loads(reply.text)["turns"]] == ["Kent"]
    path = tmp_path / "conversation.json"
    path.write_text(reply.text, encoding="utf-8")
    assert list(check_transcript(path, [TEXT])) == []
    path.write_text(reply.text.replace("Kent", "Bath"), encoding="utf-8")
    assert next(check_transcript(path, [TEXT])).endswith("are 'Kent', not 'Bath'")


@pytest.mark.parametrize(
    ("page", "status"), [("unknown-conversation.md", 404), (f"{CONVERSATION}.pdf", 422), ("..%2Fx.md", 404)]
)
def test_what_is_not_there(client: TestClient, page: str, status: int) -> None:
    """Another conversation's id, another format, a path: nothing is told."""
    assert client.get(f"/pullquote/conversation/{page}").status_code == status


def test_health(client: TestClient) -> None:
    """What is served, and that it can take a question."""
    assert client.get("/healthz").json() == {
        "status": "ok",
        "reader": "last word",
        "articles": 1,
        "sentences": 2,
        "limits": "own",
    }
    assert client.get("/readyz").json() == {"status": "ready", "waiting": 0}


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nowhere", 404, "There is nothing at this address. /openapi.json lists what there is."),
        ("GET", "/docs", 404, "There is nothing at this address."),
        ("GET", "/redoc", 404, "There is nothing at this address."),
        ("GET", "/pullquote/%2e%2e/assistant.py", 404, "There is nothing at this address."),
        ("GET", "/api/ask", 405, "This address does not answer that method. The header Allow names those it does."),
        ("POST", "/api/ask", 415, "The body is not JSON. Send it with Content-Type: application/json."),
        ("GET", "/api/articles/X", 422, "article_id: String should match pattern '^[0-9a-z_]{1,64}$'. Correct that"),
        ("GET", "/api/articles/0123456789abcdef", 404, "No article has that id. /api/articles lists those there are."),
        ("GET", "/pullquote/conversation/unknown-page.md", 404, "That conversation is empty"),
        ("GET", "/metrics", 403, "Only this machine may read the counts."),
    ],
)
def test_every_error_is_a_problem(client: TestClient, method: str, path: str, status: int, detail: str) -> None:
    """With exactly the keys of RFC 9457, under the request's own id, and behind the same headers as all else."""
    reply = client.request(method, path)
    problem = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert list(problem) == ["type", "title", "status", "detail", "instance"]
    assert (problem["type"], problem["title"]) == ("about:blank", HTTPStatus(status).phrase)
    assert reply.status_code == problem["status"] == status
    assert problem["detail"].startswith(detail)
    assert problem["instance"] == reply.headers["x-request-id"]
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_method_that_is_not_there_names_those_that_are(client: TestClient) -> None:
    """In the header Allow."""
    assert client.delete("/api/ask").headers["allow"] == "POST"


def test_what_the_library_refuses_is_refused_here() -> None:
    """An `InputError` is the client's, and says what to do."""
    app = application()

    @app.get("/misused")
    def misused() -> None:
        raise InputError("The moon is no article. Give another.")

    reply = TestClient(app).get("/misused")
    assert (reply.status_code, reply.json()["detail"]) == (422, "The moon is no article. Give another.")


def test_the_description_is_complete(client: TestClient) -> None:
    """Each route with its problems, examples where something must be given, and no page that draws it."""
    described = client.get("/openapi.json").json()
    routes = {path: next(iter(methods.values())) for path, methods in described["paths"].items()}
    assert {path: sorted(route["responses"]) for path, route in routes.items()} == {
        "/api/ask": ["200", "400", "403", "404", "413", "415", "421", "422", "429", "500", "503"],
        "/api/articles": ["200", "403", "421", "422"],
        "/api/articles/{article_id}": ["200", "403", "404", "421", "422"],
        "/v1/models": ["200", "421"],
        "/v1/chat/completions": ["200", "400", "403", "404", "413", "415", "421", "422", "429", "500", "503"],
        "/pullquote/conversation/{conversation}.{kind}": ["200", "404", "421", "422", "429"],
        "/pullquote/conversation/{conversation}/turns": ["200", "400", "413", "415", "421", "422", "429"],
        "/embed/check": ["200", "403", "421", "422"],
        "/healthz": ["200", "421"],
        "/readyz": ["200", "421", "503"],
        "/metrics": ["200", "401", "403", "421"],
    }
    ask = routes["/api/ask"]["responses"]
    assert ask["200"]["content"]["application/json"]["example"]["text"] == "Kent"
    assert TypeAdapter(Answer).validate_python(ask["200"]["content"]["application/json"]["example"]).text == "Kent"
    assert list(ask["429"]["content"]["application/problem+json"]["schema"]["properties"]) == [
        "type", "title", "status", "detail", "instance",
    ]  # fmt: skip
    assert list(ask["429"]["headers"]) == ["Retry-After"]
    question = described["components"]["schemas"]["Question"]
    assert (question["additionalProperties"], question["required"]) == (False, ["question"])
    assert question["properties"]["question"]["maxLength"] == 500
