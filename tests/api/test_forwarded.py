"""What proxies tell of the client: it counts if the proxy was named, and nobody else's word does."""

from __future__ import annotations

import re
import threading
import time

import httpx
import pytest
from fastapi.testclient import TestClient

from rag.api.host_names import HostNames
from rag.api.listener import address_of, listen, make_server
from rag.api.proxies import Proxies
from rag.api.settings import ApiSettings
from tests.application import FRUIT, NAMES, WHERE, application
from tests.mounted import Page, mounted_chat

REMOTE = "198.51.100.7"
QUESTION = {"question": WHERE}


def _client(peer: str, **settings: object) -> TestClient:
    """Connect to an application that has one named proxy, 10.0.0.1."""
    allowed = ApiSettings(proxies=Proxies.parse(["10.0.0.1", "127.0.0.1"]), **settings)  # type: ignore[arg-type]
    return TestClient(application(allowed), client=(peer, 1))


@pytest.mark.parametrize("named", [True, False])
def test_a_client_is_told_apart_only_by_a_named_proxy(monkeypatch: pytest.MonkeyPatch, named: bool) -> None:
    """Its clients have a limit each; of all others the header changes nothing."""
    monkeypatch.setattr(time, "time", lambda: 1_000_000_030.0)
    client = _client("10.0.0.1" if named else "10.0.0.2", per_minute=5)
    statuses = [
        client.post(
            "/api/ask", json=QUESTION, headers={"X-Forwarded-For": f"127.0.0.1, 203.0.113.{number}"}
        ).status_code
        for number in range(12)
    ]
    assert statuses == ([200] * 12 if named else [200] * 5 + [429] * 7)
    if named:
        told = {"X-Forwarded-For": f"203.0.113.99, {REMOTE}"}
        assert [client.post("/api/ask", json=QUESTION, headers=told).status_code for _ in range(6)] == [200] * 5 + [429]


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": REMOTE}, 403),
        ("127.0.0.1", {"X-Forwarded-For": f"127.0.0.1, {REMOTE}"}, 403),
        ("10.0.0.1", {"X-Forwarded-For": "localhost"}, 403),
        ("10.0.0.1", {"X-Forwarded-For": "127.0.0.1, localhost"}, 403),
        ("10.0.0.1", {"X-Forwarded-For": "::1"}, 200),
        (REMOTE, {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.2", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("127.0.0.2", {"Forwarded": f"for={REMOTE}"}, 403),
        ("127.0.0.2", {"X-Real-IP": REMOTE}, 403),
        *(
            ("127.0.0.1", {"X-Forwarded-For": told}, 403)
            for told in (f"{REMOTE}:5555", "[2001:db8::1]:5", "unknown", "")
        ),
        ("127.0.0.1", {"X-Forwarded-For": f"{REMOTE}:5555, 127.0.0.1"}, 403),
        ("127.0.0.1", {"X-Real-IP": REMOTE}, 403),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 403),
    ],
)
def test_the_counts_stay_closed(peer: str, headers: dict[str, str], status: int) -> None:
    """Only this machine reads them: what a proxy on it passes on is not from this machine, named or not."""
    assert _client(peer).get("/metrics", headers=headers).status_code == status


def test_the_scheme_is_the_clients() -> None:
    """Of a named proxy's one word, and of nothing else."""
    for peer, scheme, https in [
        ("10.0.0.1", "https", True), ("10.0.0.1", "http", False), ("10.0.0.1", "gopher", False),
        ("10.0.0.2", "https", False), ("127.0.0.2", "https", False),
    ]:  # fmt: skip
        reply = _client(peer).get("/healthz", headers={"X-Forwarded-Proto": scheme})
        assert ("strict-transport-security" in reply.headers) == https, (peer, scheme)


def test_the_host_is_the_clients() -> None:
    """Of a named proxy, which may call us as it likes; the name that the client gave must be ours all the same."""
    for peer, host, status in [
        ("10.0.0.1", "chat.example", 200), ("10.0.0.1", "evil.example", 421), ("10.0.0.1", "chat.example, x", 421),
        ("10.0.0.2", "evil.example", 200),
    ]:  # fmt: skip
        assert _client(peer).get("/healthz", headers={"X-Forwarded-Host": host}).status_code == status, (peer, host)


def test_gradio_believes_nobody_else() -> None:
    """Where it takes itself to be is where the client, or a named proxy's client, called it."""
    settings = ApiSettings(host_names=HostNames.parse(["chat.example"]), proxies=Proxies.parse(["10.0.0.1"]))
    app = mounted_chat(settings)
    told = {"X-Forwarded-Host": "chat.example", "X-Forwarded-Proto": "https", "X-Gradio-Server": "https://evil.example"}
    roots = [
        TestClient(app, "http://127.0.0.1:7860", client=(peer, 1)).get("/config", headers=told).json()["root"]
        for peer in ("10.0.0.1", "10.0.0.2")
    ]
    assert roots == ["https://chat.example", "http://127.0.0.1:7860"]


def test_a_path_is_the_proxys() -> None:
    """Addresses in replies have it; no middleware sees it, and it opens no way around one."""
    named = ApiSettings(proxies=Proxies.parse(["10.0.0.1"]), per_minute=1_000, host_names=NAMES)
    app = mounted_chat(named)
    told = {"X-Forwarded-Prefix": "/ask/", "X-Forwarded-Proto": "https"}
    with TestClient(app, "http://chat.example", client=("10.0.0.1", 1), headers=told) as client:
        assert client.get("/config").json()["root"] == "https://chat.example/ask"
        page = client.get("/").text
        assert '"root":"https://chat.example/ask"' in page
        assert not re.findall(r'(?:src|href)="/(?!manifest)[^"]*"', page)
        completion = {"model": "pullquote", "messages": [{"role": "user", "content": WHERE}]}
        message = client.post("/v1/chat/completions", json=completion).json()["choices"][0]["message"]
        assert message["annotations"][0]["url_citation"]["url"] == f"https://chat.example/ask/api/articles/{FRUIT.id}"
        assert client.post("/v1/chat/completions", json={}).json()["error"]["type"] == "invalid_request_error"
        assert Page(client, "session").ask(WHERE, "a-long-random-id") == [WHERE]
        for path in ("/gradio_api/upload", "/ask/gradio_api/upload", "/ask/gradio_api/run/predict", "/ask/api/ask"):
            assert client.post(path, json={"question": WHERE}).status_code in (404, 405), path
        assert client.get("/ask/metrics").status_code == 404
        assert client.get("/pullquote/chat.js").status_code == 200
        assert client.put("/api/ask").headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("peer", "prefix"),
    [("10.0.0.2", "/ask"), ("10.0.0.1", "ask"), ("10.0.0.1", "//evil.example"), ("10.0.0.1", "/a/" + "x" * 65)],
)
def test_what_is_no_path_is_none(peer: str, prefix: str) -> None:
    """And nobody but a named proxy tells one."""
    app = application(ApiSettings(proxies=Proxies.parse(["10.0.0.1"])))
    completion = {"model": "pullquote", "messages": [{"role": "user", "content": WHERE}]}
    reply = TestClient(app, client=(peer, 1)).post(
        "/v1/chat/completions", json=completion, headers={"X-Forwarded-Prefix": prefix}
    )
    address = reply.json()["choices"][0]["message"]["annotations"][0]["url_citation"]["url"]
    assert address == f"http://testserver/api/articles/{FRUIT.id}"


def test_the_server_itself_believes_nobody() -> None:
    """Without a named proxy: uvicorn would believe whatever comes from this machine."""
    server, listener = make_server(application(ApiSettings(per_minute=1))), listen(0)
    running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    running.start()
    try:
        with httpx.Client(base_url=address_of(listener), timeout=30) as client:
            statuses = [
                client.post("/api/ask", json=QUESTION, headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
                for number in range(3)
            ]
            assert statuses == [200, 429, 429]
            assert client.get("/metrics", headers={"X-Forwarded-For": "localhost"}).status_code == 403
            assert client.get("/metrics").status_code == 200
    finally:
        server.should_exit = True
        running.join(20)
