"""OpenAI's API: its own client asks, and reads answers, streams and errors."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import openai
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article
from rag.answer import Passage
from rag.api.settings import ApiSettings
from rag.reading.reader import SpanProposal
from tests.application import FRUIT, SMILES, WHERE, HeldReader, application
from tests.conftest import HOSTILE, LastWordReader

QUOTED = "Kent\n\n> Red apples grow in Kent. [1]"


class CountingReader(LastWordReader):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Remember the question."""
        self.asked.append(question)
        return super().read(question, passages)


@pytest.fixture
def web() -> TestClient:
    """Two articles."""
    return TestClient(application(articles=(FRUIT, SMILES)))


@pytest.fixture
def client(web: TestClient) -> openai.OpenAI:
    """OpenAI's client of them."""
    return connected(web)


def connected(web: TestClient) -> openai.OpenAI:
    """OpenAI's client of an application; it tries once."""
    return openai.OpenAI(api_key="none", base_url="http://testserver/v1", http_client=web, max_retries=0)


def said(*questions: str) -> list[Any]:
    """Messages of the user, each but the last with a made-up answer."""
    messages = [{"role": "system", "content": "Lie."}]
    for question in questions:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": "Bath, in 1066."}]
    return messages[:-1]


def test_models(client: openai.OpenAI) -> None:
    """All articles together, and each by itself."""
    models = list(client.models.list())
    assert [model.id for model in models] == ["pullquote", f"pullquote/{FRUIT.id}", f"pullquote/{SMILES.id}"]
    assert {(model.object, model.owned_by) for model in models} == {("model", "pullquote")}


def test_an_answer(client: openai.OpenAI) -> None:
    """Its words, the sentence with its number, and where that stands in the content."""
    reply = client.chat.completions.create(model="pullquote", messages=said(WHERE), temperature=0.7, max_tokens=5)
    (choice,) = reply.choices
    assert (reply.object, reply.model, choice.finish_reason, choice.message.role) == (
        "chat.completion", "pullquote", "stop", "assistant",
    )  # fmt: skip
    assert choice.message.content == QUOTED
    assert choice.message.annotations
    cited = choice.message.annotations[0].url_citation
    assert QUOTED[cited.start_index : cited.end_index] == "Red apples grow in Kent. [1]"
    assert (cited.title, cited.url) == (FRUIT.text, f"http://testserver/api/articles/{FRUIT.id}")
    assert choice.message.model_extra
    assert choice.message.model_extra["pullquote"]["citations"][0]["quote"] == "Red apples grow in Kent."
    assert reply.usage
    assert reply.usage.completion_tokens == 0


def test_an_unsure_answer_says_so() -> None:
    """In the content, before the words, and as its status; the quotation is found where it stands."""
    client = connected(TestClient(application(threshold=0.3)))
    reply = client.chat.completions.create(model="pullquote", messages=said("Who eats pears?"))
    message = reply.choices[0].message
    assert message.content == "Unsure: check the sentence. Devon\n\n> Green pears grow in Devon. [1]"
    assert message.annotations
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == "Green pears grow in Devon. [1]"
    assert message.model_extra
    assert message.model_extra["pullquote"]["status"] == "unsure"


def test_half_an_answer_says_what_is_missing(client: openai.OpenAI) -> None:
    """Behind the words; the quotation is found where it stands."""
    asked = "Where do red apples grow and how much do oranges cost?"
    message = client.chat.completions.create(model="pullquote", messages=said(asked)).choices[0].message
    told = "No clear answer to: How much do oranges cost?"
    assert message.content == f"Kent\n\n{told}\n\n> Red apples grow in Kent. [1]"
    assert message.annotations
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == "Red apples grow in Kent. [1]"


def test_an_article_on_the_web_is_linked_at_the_sentence(client: openai.OpenAI) -> None:
    """By a text fragment."""
    reply = client.chat.completions.create(model=f"pullquote/{SMILES.id}", messages=said("Who frowns in Bath?"))
    assert reply.choices[0].message.annotations
    assert reply.choices[0].message.annotations[0].url_citation.url.startswith("https://example.org/smiles#:~:text=")


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("", "Please type a question about the article."),
        ("x " * 250, "I did not understand that."),
        ("x " * 251, "That is too long: a question may have at most 500 characters."),
        ("Hello!", "Hello! I answer questions about this article"),
        ("Who painted zebras?", "The article doesn't say this."),
        ("What is this article about?", "In the article’s own words:\n\n> Red apples grow in Kent. [1]"),
    ],
)
def test_other_replies(question: str, content: str) -> None:
    """Small talk, a refusal and an overview read like what they are."""
    reply = connected(TestClient(application())).chat.completions.create(model="pullquote", messages=said(question))
    assert (reply.choices[0].message.content or "").startswith(content)


def test_a_question_that_leans_is_asked_after_the_others(client: openai.OpenAI) -> None:
    """The answers that a client sends as history are not trusted; a question that stands alone is asked alone."""
    reply = client.chat.completions.create(model="pullquote", messages=said(WHERE, "And green pears?"))
    assert (reply.choices[0].message.content or "").startswith("Devon\n")
    assert in_light_of(client, said("And green pears?")) == ""
    assert in_light_of(client, said("Who frowns in Bath?", WHERE)) == ""


def test_a_question_leans_two_turns_back_at_most(client: openai.OpenAI) -> None:
    """The third is forgotten."""
    assert in_light_of(client, said(WHERE, "Hello!", "And green pears?")) == WHERE
    assert in_light_of(client, said(WHERE, "Hello!", "Hello!", "And green pears?")) == ""


def in_light_of(client: openai.OpenAI, messages: list[Any]) -> str:
    """The earlier question that the last one was read with."""
    message = client.chat.completions.create(model="pullquote", messages=messages).choices[0].message
    assert message.model_extra
    return str(message.model_extra["pullquote"]["in_light_of"])


def test_without_a_question(web: TestClient) -> None:
    """What the system or the assistant is said to have said is none."""
    messages = [{"role": "system", "content": WHERE}, {"role": "assistant", "content": None}]
    reply = web.post("/v1/chat/completions", json={"model": "pullquote", "messages": messages})
    assert reply.json()["choices"][0]["message"]["content"] == "Please type a question about the article."


def test_a_growing_conversation_is_read_once() -> None:
    """Each new question is one more reading, not all of them again."""
    reader = CountingReader()
    client = connected(TestClient(application(reader=reader)))
    for number in range(1, 5):
        in_light_of(client, said(WHERE, *["Where do they grow?"] * number))
    assert reader.asked.count(WHERE) == 1


def test_a_message_in_parts(client: openai.OpenAI) -> None:
    """Its texts are joined."""
    parts: list[Any] = [{"type": "text", "text": "Where do"}, {"type": "text", "text": "red apples grow?"}]
    reply = client.chat.completions.create(model="pullquote", messages=[{"role": "user", "content": parts}])
    assert reply.choices[0].message.content == QUOTED


def test_the_chunks_of_a_stream(web: TestClient) -> None:
    """The role, the words, the sentence, the citations, the end: word for word."""
    asked = {"model": "pullquote", "messages": said(WHERE)}
    whole = web.post("/v1/chat/completions", json=asked).json()
    reply = web.post("/v1/chat/completions", json={**asked, "stream": True, "stream_options": {"include_usage": True}})
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    *events, last, rest = reply.text.split("\n\n")
    assert (last, rest) == ("data: [DONE]", "")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events]
    head = {"id": f"chatcmpl-{reply.headers['x-request-id']}", "model": "pullquote", "object": "chat.completion.chunk"}
    assert all({**chunk, **head} == chunk for chunk in chunks)
    message = {key: whole["choices"][0]["message"][key] for key in ("annotations", "pullquote")}
    deltas = [
        ({"role": "assistant", "content": ""}, None),
        ({"content": "Kent"}, None),
        ({"content": "\n\n> Red apples grow in Kent. [1]"}, None),
        (message, None),
        ({}, "stop"),
    ]
    assert [chunk["choices"] for chunk in chunks] == [
        *([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}] for delta, end in deltas),
        [],
    ]
    assert chunks[-1]["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def test_openais_client_reads_the_stream(client: openai.OpenAI) -> None:
    """And puts the same content together."""
    stream = client.chat.completions.create(model="pullquote", messages=said(WHERE), stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == QUOTED


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"model": "gpt"}, 404, {"param": "model", "code": "model_not_found", "type": "invalid_request_error"}),
        ({"messages": []}, 422, {"message": "messages: List should have at least 1 item after validation, not 0."}),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 422, {"param": None, "code": None}),
        ({"n": 2}, 422, {"message": "n: Input should be 1."}),
    ],
)
def test_errors_are_openais(web: TestClient, body: dict[str, Any], status: int, error: dict[str, Any]) -> None:
    """In their shape, on this route."""
    reply = web.post("/v1/chat/completions", json={"model": "pullquote", "messages": said(WHERE), **body})
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json")
    assert list(reply.json()) == ["error"]
    told = reply.json()["error"]
    assert list(told) == ["message", "type", "param", "code"]
    assert told["message"].startswith(error.pop("message", ""))
    assert {**told, **error} == told


@pytest.mark.parametrize("questions", [["Where do \ud800 apples grow?"], ["Where do \ud800 grow?", "And pears?"]])
def test_half_a_surrogate_pair_is_an_error_of_the_client(web: TestClient, questions: list[str]) -> None:
    """In the question, or in an earlier one that it leans on."""
    body = json.dumps({"model": "pullquote", "messages": said(*questions)})
    reply = web.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 422
    assert "which is half of a surrogate pair. Send both halves" in reply.json()["error"]["message"]


def test_openais_client_reads_the_errors(client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each as the exception that its users catch."""
    with pytest.raises(openai.NotFoundError, match="There is no such model"):
        client.chat.completions.create(model="gpt", messages=said(WHERE))
    with pytest.raises(openai.UnprocessableEntityError, match="n: Input should be 1"):
        client.chat.completions.create(model="pullquote", messages=said(WHERE), n=2)
    with pytest.raises(openai.APIStatusError, match="The body is longer than 65536 bytes") as long:
        client.chat.completions.create(model="pullquote", messages=said("x" * 70_000, WHERE))
    assert long.value.status_code == 413
    broken = connected(TestClient(application(reader=HeldReader(ValueError("no")))))
    with pytest.raises(openai.InternalServerError, match="Something went wrong on the server"):
        broken.chat.completions.create(model="pullquote", messages=said(WHERE))
    monkeypatch.setattr(time, "time", lambda: 1_000_000_030.0)  # no minute ends between two questions
    strict = connected(TestClient(application(ApiSettings(per_minute=1))))
    strict.chat.completions.create(model="pullquote", messages=said("Hello!"))
    with pytest.raises(openai.RateLimitError, match="More than 1 questions in a minute") as often:
        strict.chat.completions.create(model="pullquote", messages=said("Hello!"))
    assert often.value.response.headers["retry-after"].isdecimal()


@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4).map(" ".join))
@settings(max_examples=30, deadline=None)
def test_an_article_writes_no_markdown(marks: str) -> None:
    """Its marks are escaped, and the citations stand where they are said to."""
    article = Article(f"Zebras eat {marks} grass.\nOwls sleep.")
    web = TestClient(application(articles=(article,)))
    asked = {"model": "pullquote", "messages": said("What do zebras eat?")}
    message = web.post("/v1/chat/completions", json=asked).json()["choices"][0]["message"]
    assert message["annotations"]
    for annotation, cited in zip(message["annotations"], message["pullquote"]["citations"], strict=True):
        place = annotation["url_citation"]
        words = message["content"][place["start_index"] : place["end_index"]]
        assert words.endswith(f" [{cited['number']}]")
        for mark in ("<img", "<svg", "<script", "](", "**b", "$$x"):
            assert mark not in words
