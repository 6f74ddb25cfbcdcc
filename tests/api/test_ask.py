"""Questions and articles over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from index.article import Article
from index.sentences import split
from rag.answer import Answer
from rag.api.routes.articles import _places
from rag.chat.conversations import Conversations
from tests.application import FRUIT, SMILES, WHERE, application

CONVERSATION = "a-long-random-id"


@pytest.fixture
def client() -> TestClient:
    """Two articles."""
    return TestClient(application(articles=(FRUIT, SMILES)))


def test_a_question_is_answered(client: TestClient) -> None:
    """With the keys of `Answer.to_dict`, the words of the article, and nothing for a cache."""
    reply = client.post("/api/ask", json={"question": WHERE})
    answer = reply.json()
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
    assert (answer["status"], answer["text"], answer["question"]) == ("answered", "Kent", WHERE)
    assert answer["spans"] == [{"article": FRUIT.id, "start": 19, "end": 23, "text": "Kent"}]
    assert [cited["quote"] for cited in answer["citations"]] == ["Red apples grow in Kent."]
    assert list(answer) == [
        "question", "understood_as", "in_light_of", "status", "text", "confidence", "spans", "citations", "closest",
        "reason", "competing", "read_by", "passages", "elsewhere", "timings_ms", "sha256",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "status", "text"),
    [
        ("Hello!", "small_talk", "Hello! I answer questions about this article"),
        (" ", "small_talk", "Please type a question"),
        ("Who painted zebras?", "not_in_article", ""),
        ("What is this article about?", "overview", "Red apples grow in Kent."),
    ],
)
def test_other_replies_are_replies_too(question: str, status: str, text: str) -> None:
    """Small talk, a refusal and an overview: all have the status 200 and say which they are."""
    reply = TestClient(application()).post("/api/ask", json={"question": question})
    assert (reply.status_code, reply.json()["status"]) == (200, status)
    assert reply.json()["text"].startswith(text)


def test_half_a_surrogate_pair_is_an_error_of_the_client(client: TestClient) -> None:
    """JSON can write it."""
    body = r'{"question": "Where do \ud800 apples grow?"}'
    reply = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    assert reply.json()["detail"].startswith("question: Input should be a valid string")


def test_an_unsure_answer_has_a_status_of_its_own() -> None:
    """And all else that a sure one has; /openapi.json knows it."""
    client = TestClient(application(threshold=0.3))
    answer = client.post("/api/ask", json={"question": "Who eats pears?"}).json()
    assert (answer["status"], answer["text"], answer["confidence"]) == ("unsure", "Devon", 0.3775)
    assert [cited["quote"] for cited in answer["citations"]] == ["Green pears grow in Devon."]
    assert TypeAdapter(Answer).validate_python(answer).to_dict() == answer
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["Status"]["enum"] == ["answered", "unsure", "not_in_article", "overview", "small_talk"]


def test_what_is_documented_is_what_is_sent(client: TestClient) -> None:
    """An answer is read back by the very type that /openapi.json describes."""
    for question in (WHERE, "Who painted zebras?"):
        answer = client.post("/api/ask", json={"question": question}).json()
        assert TypeAdapter(Answer).validate_python(answer).to_dict() == answer


def test_only_one_article_is_searched(client: TestClient) -> None:
    """The id picks it; an id of no article is a 404 that says where to look."""
    asked = {"question": WHERE, "article": SMILES.id}
    assert client.post("/api/ask", json=asked).json()["status"] == "not_in_article"
    reply = client.post("/api/ask", json={**asked, "article": "0" * 16})
    assert reply.status_code == 404
    assert reply.json()["detail"] == "No article has that id. /api/articles lists those there are."


def test_a_conversation_is_the_servers_own_record() -> None:
    """A question leans on what was asked under the same conversation id, and on nothing else."""
    kept = Conversations()
    client = TestClient(application(conversations=kept))
    client.post("/api/ask", json={"question": WHERE, "conversation": CONVERSATION})
    follow_up = {"question": "And green pears?", "conversation": CONVERSATION}
    assert client.post("/api/ask", json=follow_up).json()["in_light_of"] == WHERE
    assert [turn.question for turn in kept.of(CONVERSATION)] == [WHERE, "And green pears?"]
    alone = client.post("/api/ask", json={"question": "And green pears?", "conversation": "another-long-id"})
    assert alone.json()["in_light_of"] == ""
    literally = client.post("/api/ask", json={**follow_up, "literally": True})
    assert literally.json()["in_light_of"] == ""


def test_without_a_conversation_nothing_is_kept() -> None:
    """A question alone leaves no trace."""
    kept = Conversations()
    TestClient(application(conversations=kept)).post("/api/ask", json={"question": WHERE})
    assert kept.of("") == ()
    assert TestClient(application(conversations=kept)).get("/pullquote/conversation/.md").status_code == 404


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"question": ""}, "question: String should have at least 1 character"),
        ({"question": "x" * 501}, "question: String should have at most 500 characters"),
        ({"question": 1}, "question: Input should be a valid string"),
        ({"question": None}, "question: Input should be a valid string"),
        ({}, "question: Field required"),
        ([], "body: Input should be a valid dictionary"),
        ({"question": "x", "history": []}, "history: Extra inputs are not permitted"),
        ({"question": "x", "article": "../etc"}, "article.id: String should match pattern '^[0-9a-z_]{1,64}$'"),
        ({"question": "x", "article": ""}, "article.id: String should match pattern"),
        ({"question": "x", "article": []}, "article.ids: List should have at least 1 item"),
        ({"question": "x", "article": ["a"] * 51}, "article.ids: List should have at most 50 items"),
        ({"question": "x", "article": ["a", "B"]}, "article.ids.1: String should match pattern"),
        ({"question": "x", "conversation": "short"}, "conversation: String should match pattern"),
        ({"question": "x", "conversation": "x" * 65}, "conversation: String should match pattern"),
        ({"question": "x", "conversation": "long-enough\n"}, "conversation: String should match pattern"),
        ({"question": "x", "literally": "yes"}, "literally: Input should be a valid boolean"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(client: TestClient, body: Any, place: str) -> None:
    """The part, the rule, and nothing of what was sent."""
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith(place)


def test_the_longest_question(client: TestClient) -> None:
    """500 characters are read, however many bytes they have."""
    assert client.post("/api/ask", json={"question": "🙂" * 500}).status_code == 200
    assert client.post("/api/ask", json={"question": "🙂" * 501}).status_code == 422


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b'{"question": "\xff"}', 400),
        (b"[" * 60_000, 400),
        (b'{"question": "\\ud83d"}', 422),
        (b'{"question": "x", "\\ud83d": 1}', 422),
        (b'{"question": NaN}', 422),
        (b'{"question": ' + b"9" * 5_000 + b"}", 400),
        (b'{"question": "a", "question": "Where do red apples grow?"}', 200),
    ],
)
def test_odd_json(client: TestClient, content: bytes, status: int) -> None:
    """Broken, deep, half a character, no number: always a problem and never an error of the server."""
    reply = client.post("/api/ask", content=content, headers={"Content-Type": "application/json; charset=utf-8"})
    assert reply.status_code == status


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_only_json_is_read(client: TestClient, kind: str) -> None:
    """What a form of another page could send without being asked is refused."""
    reply = client.post("/api/ask", content=b'{"question": "x"}', headers={"Content-Type": kind})
    assert reply.status_code == 415
    assert reply.json()["detail"] == "The body is not JSON. Send it with Content-Type: application/json."


def test_the_articles_are_listed(client: TestClient) -> None:
    """In their order, some at a time, with how many there are; or those with such words in their titles."""
    fruit = {"id": FRUIT.id, "title": FRUIT.text, "url": None, "sha256": FRUIT.digest}
    smiles = {
        "id": SMILES.id,
        "title": "🙂 Ada smiles.",
        "url": "https://example.org/smiles",
        "sha256": SMILES.digest,
    }
    for query, found, total, behind in (
        ("", [fruit, smiles], 2, None),
        ("?limit=1", [fruit], 2, 1),
        ("?limit=1&offset=1", [smiles], 2, None),
        ("?offset=2", [], 2, None),
        ("?q=ADA+smi", [smiles], 1, None),
        ("?q=smiles+in", [], 0, None),
    ):
        reply = client.get(f"/api/articles{query}").json()
        assert reply == {"articles": found, "total": total, "next": behind}
    for query in ("limit=0", "limit=1001", "offset=-1", f"q={'x' * 201}", "offset=99999999999"):
        assert client.get(f"/api/articles?{query}").status_code == 422


def test_some_articles_are_asked(client: TestClient) -> None:
    """By a list of ids; what the others say is not seen."""
    asked = {"question": WHERE, "article": [SMILES.id]}
    assert client.post("/api/ask", json=asked).json()["status"] == "not_in_article"
    reply = client.post("/api/ask", json={**asked, "article": [SMILES.id, FRUIT.id, FRUIT.id]}).json()
    assert (reply["text"], reply["citations"][0]["title"]) == ("Kent", FRUIT.title)
    assert client.post("/api/ask", json={**asked, "article": [FRUIT.id, "none"]}).status_code == 404


def test_an_article_whole(client: TestClient) -> None:
    """Its text, the places of its sentences in code points and UTF-16 units, and its own starters only."""
    assert client.get(f"/api/articles/{SMILES.id}").json() == {
        "id": SMILES.id,
        "title": "🙂 Ada smiles.",
        "url": "https://example.org/smiles",
        "sha256": SMILES.digest,
        "text": SMILES.text,
        "sentences": [
            {"number": 0, "start": 0, "end": 13, "start_utf16": 0, "end_utf16": 14},
            {"number": 1, "start": 15, "end": 34, "start_utf16": 16, "end_utf16": 38},
        ],
        "starters": ["What is this about?", "Who smiles?"],
    }


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("0" * 16, 404),
        ("x", 404),
        ("x-y", 422),
        ("..%2f..%2fetc%2fpasswd", 404),
        ("%00", 422),
        (FRUIT.id.upper() + "0", 422),
    ],
)
def test_no_such_article(client: TestClient, name: str, status: int) -> None:
    """An unknown id, a path, a nul: nothing is told."""
    assert client.get(f"/api/articles/{name}").status_code == status


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and text.isprintable()))
@settings(max_examples=100, deadline=None)
def test_places_agree_in_both_units(text: str) -> None:
    """Cut by either unit, a sentence is the same words."""
    article = Article(text)
    units = text.encode("utf-16-le")
    for place, sentence in zip(_places(article, split(article)), split(article), strict=True):
        words = units[2 * place["start_utf16"] : 2 * place["end_utf16"]].decode("utf-16-le")
        assert words == text[place["start"] : place["end"]] == text[sentence.start : sentence.end]
