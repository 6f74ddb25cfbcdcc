"""The name in the Host header: a page of another site, whose name was made to lead here, is not taken for ours."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.api.host_names import HostNames
from rag.api.settings import ApiSettings
from tests.application import WHERE, application
from tests.conftest import finished
from tests.mounted import mounted_annotator, mounted_chat

ROUTES = [
    ("GET", "/"),
    ("GET", "/config"),
    ("GET", "/embed"),
    ("GET", "/evaluation"),
    ("GET", "/widget.js"),
    ("GET", "/pullquote/chat.js"),
    ("GET", "/pullquote/conversation/one-conversation.json"),
    ("GET", "/api/articles"),
    ("POST", "/api/ask"),
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/gradio_api/mcp/"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/predict"),
    ("GET", "/metrics"),
    ("GET", "/healthz"),
]
EVIL = [
    "evil:7860",
    "127.0.0.1.evil.example:7860",
    "localhost.evil.example",
    "0.0.0.0:7860",
    "[::2]:7860",
    "2130706433",
]
BROKEN = [
    "",
    "me@127.0.0.1",
    "127.0.0.1:7860:7860",
    "127.0.0.1:",
    "127.0.0.1:0",
    "127.0.0.1:99999",
    "127.1:١",
    "[::1",
    "::1",
]
OURS = ["127.0.0.1:7860", "127.0.0.1", "localhost:7860", "LOCALHOST", "localhost.:7860", "[::1]:7860", "127.0.0.2:80"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[TestClient]]:
    """The chat with a report beside it, and the page of annotation; neither has a name."""
    chat = mounted_chat(ApiSettings(per_minute=1_000_000), evaluation="<p>0.9</p>")
    annotator = mounted_annotator(tmp_path_factory.mktemp("annotation"))
    with TestClient(chat) as first, TestClient(annotator) as second:
        yield [first, second]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_another_name_is_refused(pages: list[TestClient], method: str, path: str) -> None:
    """By every route of the chat and of the page of annotation, though the browser calls the page our own."""
    for host in (*EVIL, *BROKEN):
        headers = {"Host": host.encode(), "Origin": f"http://{host}".encode(), "Sec-Fetch-Site": "same-origin"}
        for page in pages:
            reply = page.request(method, path, headers=headers)  # type: ignore[arg-type]
            body = reply.json()
            assert (reply.status_code, reply.headers["x-content-type-options"]) == (421, "nosniff"), host
            assert "--host-name" in (body["detail"] if "detail" in body else body["error"]["message"])


def test_the_problem_tells_the_option() -> None:
    """With the name, which is written so that the line can be pasted."""
    reply = TestClient(application(), "http://Evil.Example.:7860").get("/healthz")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["title"] == "Misdirected Request"
    assert reply.json()["detail"] == ("This server is not called evil.example. Start it with --host-name evil.example.")


@pytest.mark.parametrize("host", OURS)
def test_this_machine_has_its_names(pages: list[TestClient], host: str) -> None:
    """With any port, which a tunnel may have changed, and however they are written."""
    assert [page.get("/config", headers={"Host": host}).status_code for page in pages] == [200, 200]
    asked = pages[0].post("/api/ask", json={"question": WHERE}, headers={"Host": host})
    assert asked.json()["text"] == "Kent"


def test_a_given_name_is_answered() -> None:
    """At any port, or at the one that is given with it."""
    names = HostNames.parse(["chat.example", "news.example:8443", "2001:db8::1"])
    client = TestClient(mounted_chat(ApiSettings(host_names=names)))
    statuses = {
        host: client.get("/healthz", headers={"Host": host}).status_code
        for host in (
            *("chat.example", "CHAT.example.:80", "news.example:8443", "[2001:db8:0::1]:80"),
            *("news.example", "news.example:443", "www.chat.example", "chat.example.evil.example"),
        )
    }
    assert list(statuses.values()) == [200, 200, 200, 200, 421, 421, 421, 421], statuses


@pytest.mark.parametrize(
    ("host", "status"),
    [("192.168.1.5:7860", 200), ("[fe80::0:1]", 421), ("192.168.1.6:7860", 421), ("laptop.lan:7860", 421)],
)
def test_the_address_of_the_connection_is_ours(host: str, status: int) -> None:
    """Whoever serves the application on a network is reached by the address there; a name must be given."""

    async def reached() -> int:
        app: FastAPI = application()

        async def at_an_address(scope: dict[str, object], receive: object, send: object) -> None:
            await app({**scope, "server": ("192.168.1.5", 7860)}, receive, send)  # type: ignore[arg-type]

        transport = httpx.ASGITransport(at_an_address)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return (await client.get("/healthz", headers={"Host": host})).status_code

    assert finished(reached()) == status


@pytest.mark.parametrize("given", [[], ["127.0.0.1", "evil.example"], ["127.0.0.1", "127.0.0.1"]])
def test_one_name_and_no_more(given: list[str]) -> None:
    """None, or two, is refused, though one of them may be ours."""
    sent: list[int] = []

    async def answered() -> None:
        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                sent.append(int(str(message["status"])))

        scope = {
            "type": "http", "method": "GET", "path": "/healthz", "query_string": b"", "scheme": "http",
            "headers": [(b"host", name.encode()) for name in given], "client": ("192.0.2.3", 1),
        }  # fmt: skip
        await application()(scope, None, send)  # type: ignore[arg-type]

    finished(answered())
    assert sent == [421]
