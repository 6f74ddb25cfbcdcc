"""The middleware of the web application: the headers of every reply, and the requests that are refused."""

from __future__ import annotations

import re

import pytest
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.testclient import TestClient
from starlette.requests import Request

from rag.api.hosts import Hosts
from rag.api.settings import ApiSettings
from tests.application import application

NEWS, EVIL = "https://news.example", "https://evil.example"
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
QUESTION = {"question": "Where do red apples grow?"}
CHAT = "http://chat.example"


@pytest.fixture
def client() -> TestClient:
    """An application with a page, a stream, an asset and routes such as Gradio's beside its own."""
    app = application(ApiSettings(Hosts((NEWS,)), per_minute=1_000))

    @app.get("/page")
    def page() -> HTMLResponse:
        return HTMLResponse('<script>a()</script><script src="/b.js"></script><scripted>é</scripted>')

    @app.get("/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(iter(["a", "b"]), media_type="text/event-stream")

    @app.get("/assets/{name}")
    def asset(name: str) -> str:
        return name

    @app.api_route("/gradio_api/{rest:path}", methods=["GET", "POST"])
    def reached(request: Request) -> dict[str, str | None]:
        return {"origin": request.headers.get("origin")}

    return TestClient(app, base_url=CHAT)


def test_every_reply_has_the_headers(client: TestClient) -> None:
    """Also one that says no."""
    for path in ("/healthz", "/api/articles", "/nothing", "/gradio_api/upload", "/stream", "/page"):
        assert HEADERS.items() <= dict(client.get(path).headers).items()


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


def test_only_named_pages_may_frame(client: TestClient) -> None:
    """Each by its origin, beside our own; without names only our own."""
    assert client.get("/page").headers["content-security-policy"].endswith(f"; frame-ancestors 'self' {NEWS}")
    alone = TestClient(application()).get("/embed").headers["content-security-policy"]
    assert alone.endswith("; frame-ancestors 'self'")


def test_a_report_is_framed_by_our_own_page_alone() -> None:
    """It is there only if one was given, no program is told of it, and nobody else is framed."""
    given = TestClient(application(report="<p>0.9</p>"), base_url=CHAT)
    reply = given.get("/evaluation")
    assert (reply.status_code, reply.text) == (200, "<p>0.9</p>")
    policy = reply.headers["content-security-policy"].split("; ")
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "/evaluation" not in given.get("/openapi.json").json()["paths"]
    assert TestClient(application(), base_url=CHAT).get("/evaluation").status_code == 404


def test_streams_pass(client: TestClient) -> None:
    """An event stream is not held back and gets the plain headers."""
    reply = client.get("/stream")
    assert reply.text == "ab"
    assert "content-security-policy" not in reply.headers
    assert HEADERS.items() <= dict(reply.headers).items()


def test_only_https_is_told_to_stay_so(client: TestClient) -> None:
    """Over http a browser would ignore it."""
    assert "strict-transport-security" not in client.get("/healthz").headers
    safe = client.get("https://chat.example/healthz").headers
    assert safe["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/index-BPn2TM8f.js", "public, max-age=31536000, immutable"),
        ("/assets/Index-DAx5Uzyn2.js", "public, max-age=31536000, immutable"),
        ("/assets/index.js", None),
        ("/pullquote/chat.js", "public, max-age=300"),
        ("/widget.js", "public, max-age=300"),
        ("/pullquote/nothing.js", None),
        ("/embed", "no-store"),
        ("/embed/check?origin=https://a.example", None),
    ],
)
def test_how_long_a_browser_may_keep_it(client: TestClient, path: str, kept: str | None) -> None:
    """For ever what is named by what is in it, a while what is ours, and no page."""
    assert client.get(path).headers.get("cache-control") == kept


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    """Its tag says so."""
    first = client.get("/widget.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_only_the_widget_is_for_other_pages(client: TestClient) -> None:
    """A script tag of any page may load it."""
    assert client.get("/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"
    assert client.get("/pullquote/embed.js").headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["chat.js", "chat.css", "embed.js", "embed.css"])
def test_own_files_are_served(client: TestClient, path: str) -> None:
    """And only those: a way out of the folder is not found."""
    assert client.get(f"/pullquote/{path}").status_code == 200
    assert client.get("/pullquote/../errors.py").status_code == 404
    assert client.get("/pullquote/%2e%2e/answer.py").status_code == 404


def test_a_named_page_may_ask(client: TestClient) -> None:
    """It asks first whether it may, and gets to read the answer; it is no secret of its own that lets it."""
    asks = {"Origin": NEWS, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    before = client.options("/api/ask", headers=asks)
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == NEWS
    assert "POST" in before.headers["access-control-allow-methods"]
    assert "Content-Type" in before.headers["access-control-allow-headers"]
    reply = client.post("/api/ask", json=QUESTION, headers={"Origin": NEWS})
    assert reply.json()["text"] == "Kent"
    assert reply.headers["access-control-allow-origin"] == NEWS
    for headers in (before.headers, reply.headers):
        assert "Origin" in headers["vary"].split(", ")
        assert "access-control-allow-credentials" not in headers


def test_a_problem_can_be_read_by_a_named_page(client: TestClient) -> None:
    """So that it can tell its reader, and when to try again."""
    reply = client.post("/api/ask", json={}, headers={"Origin": NEWS})
    assert reply.status_code == 422
    assert reply.headers["access-control-allow-origin"] == NEWS
    assert reply.headers["access-control-expose-headers"] == "Retry-After, X-Request-Id"


@pytest.mark.parametrize(
    ("origin", "fix"),
    [
        (EVIL, "Start the chat with --allow-origin https://evil.example."),
        ("null", "'null' is not scheme://host"),
        ("http://news.example", "is a page without https"),
        ("http://[", "is not an address"),
        ("https://chat.example.evil.example", "--allow-origin https://chat.example.evil.example."),
    ],
)
def test_a_page_that_is_not_allowed_is_refused(client: TestClient, origin: str, fix: str) -> None:
    """By every route, with the fix, which the page itself cannot read."""
    for method, path in [
        ("POST", "/api/ask"),
        ("OPTIONS", "/api/ask"),
        ("GET", "/api/articles"),
        ("GET", "/widget.js"),
        ("GET", "/embed/check?origin=https://evil.example"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/mcp/"),
        ("GET", "/gradio_api/mcp/schema"),
        ("POST", "/v1/chat/completions"),
    ]:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        reply = client.request(method, path, headers=headers, json=QUESTION if method == "POST" else None)
        told = reply.json().get("detail") or reply.json()["error"]["message"]
        assert (reply.status_code, fix in told) == (403, True), (method, path, told)
        assert not [name for name in reply.headers if name.startswith("access-control-")], (method, path)
        assert "Origin" in reply.headers["vary"], (method, path)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": CHAT},
        # a proxy may speak https to the browser, and call us by another name
        {"Origin": "https://chat.example"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_our_own_page_may_do_all(client: TestClient, headers: dict[str, str]) -> None:
    """A program that is no browser may, too."""
    assert client.post("/api/ask", json=QUESTION, headers=headers).status_code == 200
    assert client.post("/gradio_api/queue/join", headers=headers).json() == {"origin": None}


def test_a_page_that_only_looks_like_ours_is_refused(client: TestClient) -> None:
    """The browser's word counts more than the name."""
    headers = {"Origin": CHAT, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/ask", json=QUESTION, headers=headers).status_code == 403


@pytest.mark.parametrize("origin", [EVIL, NEWS, CHAT])
def test_what_is_not_for_other_pages_hears_of_none(client: TestClient, origin: str) -> None:
    """So it can let none in: Gradio would."""
    reply = client.get("/gradio_api/info", headers={"Origin": origin})
    assert reply.json() == {"origin": None}
    assert not [name for name in reply.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "path",
    ["upload", "proxy=https://evil.example/", "run/ask", "vibe-edit", "", "new/thing", "dev/reload%0A", "mcp%0A"],
)
def test_what_the_chat_does_not_use_is_not_there(client: TestClient, path: str) -> None:
    """By any method; a route that nobody knows yet is closed as well, and so is a line break at its end."""
    for method in ("GET", "POST"):
        reply = client.request(method, f"/gradio_api/{path}")
        assert reply.status_code == 404
        assert reply.json()["detail"] == "There is nothing at this address. /openapi.json lists what there is."


@pytest.mark.parametrize(
    ("origin", "allowed", "fixes"),
    [
        (NEWS, True, ["Put the chat behind a proxy that speaks https, and embed it from https://chat.example."]),
        (CHAT, True, []),
        ("http://localhost:9000", False, ["Start the chat with --allow-origin http://localhost:9000."]),
    ],
)
def test_whoever_embeds_can_ask_why_it_fails(client: TestClient, origin: str, allowed: bool, fixes: list[str]) -> None:
    """And is told what to do."""
    checked = client.get("/embed/check", params={"origin": origin}).json()
    assert (checked["origin"], checked["allowed"]) == (origin, allowed)
    assert [problem["fix"] for problem in checked["problems"]] == fixes


def test_a_check_of_nonsense_is_answered(client: TestClient) -> None:
    """The origin is not believed to be one."""
    checked = client.get("/embed/check", params={"origin": "<b>"}).json()
    assert checked["allowed"] is False
    assert checked["problems"][0]["problem"] == "A page of this origin cannot be allowed."


def test_the_frame_says_whether_the_article_is_there(client: TestClient) -> None:
    """By its status; the page's script says it in words."""
    article = client.get("/api/articles").json()["articles"][0]["id"]
    assert client.get("/embed").status_code == 200
    assert client.get("/embed", params={"article": article}).status_code == 200
    missing = client.get("/embed", params={"article": "<script>alert(1)</script>"})
    assert missing.status_code == 404
    assert "alert" not in missing.text
