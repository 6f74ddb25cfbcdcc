"""Programs that ask through MCP or Gradio's client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answering.assistant import Assistant
from rag.api.admission import AdmissionQueue
from rag.api.metrics import Metrics
from rag.api.tool import ask_tool, list_tool
from tests.conftest import SEED, WordEncoder, finished, last_words
from tests.server import serve

FRUIT = Article("Red apples grow in Kent.")
WHERE = "Where do red apples grow?"


def _assistant(threshold: float = 0.5) -> Assistant:
    encoder = WordEncoder()
    return Assistant(build_index([FRUIT], encoder), encoder, last_words(), threshold)


def _asked(question: str, article: str, threshold: float = 0.5) -> str:
    async def asked() -> str:
        return await ask_tool(_assistant(threshold), AdmissionQueue(1, 1, 60, Metrics()), "here", question, article)

    return finished(asked())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a chat."""
    with serve(SEED, "--reader", "fast") as served:
        yield served


def test_the_tool_answers_with_json() -> None:
    """The same as the library, and of one article if its id is given."""
    answer = json.loads(_asked(WHERE, FRUIT.id))
    expected = _assistant().ask(WHERE).to_dict()
    assert {**answer, "timings_ms": None} == {**expected, "timings_ms": None}
    assert answer["text"] == "Kent"


def test_the_tool_tells_an_unsure_answer() -> None:
    """By its status."""
    answer = json.loads(_asked("Who eats apples?", "", threshold=0.3))
    assert (answer["status"], answer["text"]) == ("unsure", "Kent")


@pytest.mark.parametrize(
    ("question", "article", "message"),
    [
        (" ", "", "is empty"),
        ("w" * 501, "", "has 501 characters; at most 500 are read"),
        ("Who \ud800?", "", r"holds '\\ud800' at character 4, which is half of a surrogate pair"),
        (WHERE, "nothing", f"No article has the id 'nothing'. Give one of: {FRUIT.id}"),
    ],
)
def test_the_tool_refuses(question: str, article: str, message: str) -> None:
    """With the fix."""
    with pytest.raises(InputError, match=message):
        _asked(question, article)


def test_the_tool_asks_some_articles() -> None:
    """Their ids, with commas between; too many are refused, and so is a list of no words that anybody writes."""
    assert json.loads(_asked(WHERE, f" {FRUIT.id}, {FRUIT.version},"))["text"] == "Kent"
    with pytest.raises(InputError, match="51 articles are named; at most 50 may be"):
        _asked(WHERE, ",".join([FRUIT.id] * 51))
    assert json.loads(list_tool(_assistant(), "apples red"))["total"] == 1
    with pytest.raises(InputError, match="The words have 501 characters"):
        list_tool(_assistant(), "x" * 501)
    with pytest.raises(InputError, match=r"offset is -1\. Give 0"):
        list_tool(_assistant(), "", -1)
    anything: Any
    for anything in (None, 5, ["x"], 1e300):
        with pytest.raises(InputError, match=r"^words is no text\. Correct it\.$"):
            list_tool(_assistant(), anything)
        with pytest.raises(InputError, match=r"^article is no text\. Correct it\.$"):
            _asked(WHERE, anything)
    for anything in (None, "x", 1e300):
        with pytest.raises(InputError, match=r"^offset is no whole number\. Correct it\.$"):
            list_tool(_assistant(), "", anything)


@pytest.mark.slow
def test_an_mcp_client_finds_the_tools_and_asks(address: str, seed: Article) -> None:
    """It is told what each does and what to give it, and gets an answer and the articles as JSON."""
    (tool, lists), answer, refused, listed = finished(_by_mcp(address))
    assert lists.name == "list_articles"
    assert lists.description.startswith("List the articles that can be asked about, or search their titles.")
    assert list(lists.inputSchema["properties"]) == ["words", "offset"]
    assert json.loads(_text(listed)) == {
        "articles": [{"id": seed.id, "title": seed.title, "url": None, "sha256": seed.digest}],
        "total": 1,
        "next": None,
    }
    assert tool.name == "ask_article"
    assert tool.description.startswith("Answer a question about an article in the article's own words")
    properties = tool.inputSchema["properties"]
    assert list(properties) == ["question", "article"]
    assert properties["question"]["description"].startswith("A question in English, at most 500 characters.")
    assert properties["article"]["description"] == (
        "Id of the only article to look in, or ids of some with commas between; all articles if empty."
    )
    assert not answer.isError
    found = json.loads(_text(answer))
    assert found["status"] == "answered"
    assert "1962" in found["text"]
    assert found["citations"][0]["sentence"] == 22
    assert refused.isError
    assert "No article has the id 'nothing'" in _text(refused)


@pytest.mark.slow
def test_gradios_client_asks(address: str) -> None:
    """By the function's name; the page's own events are not among what it may call."""
    client = Client(address, verbose=False, analytics_enabled=False)
    try:
        found = json.loads(client.predict("When was the Cuban Missile Crisis?", api_name="/ask_article"))
        assert "1962" in found["text"]
        assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask_article", "/list_articles"]
        with pytest.raises(AppError, match="is empty"):
            client.predict(" ", api_name="/ask_article")
    finally:
        client.close()


async def _by_mcp(address: str) -> tuple[Sequence[Any], CallToolResult, CallToolResult, CallToolResult]:
    async with (
        streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, *_),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        question = {"question": "When was the Cuban Missile Crisis?"}
        answer = await session.call_tool("ask_article", question)
        refused = await session.call_tool("ask_article", {**question, "article": "nothing"})
        return tools, answer, refused, await session.call_tool("list_articles", {"words": "russia"})


def _text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text
