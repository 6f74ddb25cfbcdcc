"""docs/deploy.md is true: nginx, with the block that stands there, publishes the chat under TLS, below a path."""

from __future__ import annotations

import json
import re
import shlex
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import trustme
import typer
from playwright.sync_api import Browser, expect

from rag.api.host_names import HostNames
from rag.api.hosts import Hosts
from rag.api.listener import HOST, listen, make_server
from rag.api.proxies import Proxies
from rag.api.settings import ApiSettings
from rag.chat.uploads import UploadLimits
from tests import nginx
from tests.application import FRUIT, WHERE
from tests.conftest import ROOT
from tests.host import Site, ask, site, visited
from tests.mounted import mounted_chat
from tests.page import ask as ask_chat
from tests.page import opened
from tests.ports import free_port
from ui import app as chat_command

pytestmark = pytest.mark.slow

DOCUMENT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
SHOP = "https://shop.example"
QUESTION = {"question": WHERE}
LONG = "Plums\n\n" + "Ripe plums grow in Surrey. " + "The old mill stands by the river in the valley below. " * 3_000
"""Longer than any other request may be."""
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{ }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {block}
}}
"""


@dataclass(frozen=True, slots=True)
class Published:
    """Where the chat is published.

    :param port: Of nginx, for TLS.
    :param plain: Of nginx, without it.
    :param trusted: Trusts its certificate.
    :param shop: Another site, whose pages may embed the widget.
    :param folder: Where nginx writes.
    """

    port: int
    plain: int
    trusted: ssl.SSLContext
    shop: Site
    folder: Path

    def client(self, host: str = "news.example") -> httpx.Client:
        """Connect as a browser does that finds this name at nginx."""
        transport = httpx.HTTPTransport(verify=self.trusted)
        return httpx.Client(
            base_url=f"https://localhost:{self.port}", headers={"Host": host}, transport=transport, timeout=30
        )


def _block(language: str) -> str:
    """The first block of code in a language."""
    match = re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    assert match
    return match[1]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Run the chat as the document says, and nginx with its block, on ports and with a certificate of the test's."""
    path = nginx.find()
    assert path, "no nginx: run python -m tests.nginx"
    folder = tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "news.example")
    certificate.cert_chain_pems[0].write_to_path(folder / "fullchain.pem")
    certificate.private_key_pem.write_to_path(folder / "privkey.pem")
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    port, plain, taken = free_port(), free_port(), listen(0)
    block = _block("nginx")
    for given, ours in {
        "listen 80;": f"listen {HOST}:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl;": f"listen {HOST}:{port} ssl;",
        "listen [::]:443 ssl;": "",
        "/etc/letsencrypt/live/news.example": str(folder),
        "http://127.0.0.1:7860/": f"http://{HOST}:{taken.getsockname()[1]}/",
        # of the site, which browsers ask for an icon
        "location = /ask {": "location = /favicon.ico { return 204; }\n    location = /ask {",
    }.items():
        assert given in block
        block = block.replace(given, ours)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, block=block), encoding="utf-8")
    with site(FRUIT) as shop:
        shop.chat = f"https://localhost:{port}/ask"
        settings = ApiSettings(
            Hosts.parse([SHOP, shop.origin]),
            per_minute=20,
            host_names=HostNames.parse(["news.example"]),
            proxies=Proxies.parse([HOST]),
            uploads=UploadLimits(megabytes=10),
        )
        server = make_server(mounted_chat(settings))
        running = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        running.start()
        command = [path, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                _until_reached(port, process)
                yield Published(port, plain, trusted, shop, folder)
            finally:
                process.terminate()
                _, said = process.communicate(timeout=20)
                server.should_exit = True
                running.join(20)
    assert not re.search(r"\[(?:warn|crit|alert|emerg)\]|upstream", said), said


def _until_reached(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(1_000):
        assert process.poll() is None, process.communicate()
        with socket.socket() as attempt:
            if attempt.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("nginx does not answer")


def test_the_path_is_published_under_tls(published: Published) -> None:
    """And nothing else of the server: neither another path nor the counts; plain HTTP leads to TLS."""
    with published.client() as client:
        assert client.get("/ask/healthz").json()["status"] == "ok"
        assert client.get("/ask/healthz").headers["strict-transport-security"] == "max-age=31536000"
        assert client.post("/ask/api/ask", json=QUESTION).json()["text"] == "Kent"
        assert client.get("/ask/config").json()["root"] == "https://news.example/ask"
        for path in (
            "/healthz",
            "/api/articles",
            "/ask/metrics",
            "/ask/ask/metrics",
            "/ask//metrics",
            "/ask/../metrics",
        ):
            assert client.get(path).status_code == 404, path
        assert client.get("/ask").headers["location"].endswith("/ask/")
    plain = httpx.get(f"http://{HOST}:{published.plain}/ask/x?y", headers={"Host": "news.example"})
    assert (plain.status_code, plain.headers["location"]) == (301, "https://news.example/ask/x?y")


def test_only_its_name_is_answered(published: Published) -> None:
    """Nginx takes any, having one site only, and the chat does not; what a client says of a proxy is not believed."""
    with published.client("evil.example") as client:
        reply = client.get("/ask/healthz")
        assert (reply.status_code, "--host-name evil.example" in reply.json()["detail"]) == (421, True)
    told = {"X-Forwarded-Host": "localhost", "X-Forwarded-Prefix": "/x", "X-Forwarded-Proto": "http"}
    with published.client() as client:
        assert client.get("/ask/config", headers=told).json()["root"] == "https://news.example/ask"


def test_another_site_may_ask(published: Published) -> None:
    """If it was named; its widget reads the answer, and no other page's does."""
    with published.client() as client:
        asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        allowed = client.options("/ask/api/ask", headers={"Origin": SHOP, **asks})
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, SHOP)
        assert client.post("/ask/api/ask", json=QUESTION, headers={"Origin": SHOP}).json()["text"] == "Kent"
        assert client.post("/ask/api/ask", json=QUESTION, headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.get("/ask/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"
        checked = client.get("/ask/embed/check", params={"origin": SHOP}).json()
        assert (checked["allowed"], checked["problems"]) == (True, [])


def test_a_stream_comes_in_pieces(published: Published) -> None:
    """Nginx holds nothing back."""
    body = {"model": "pullquote", "stream": True, "messages": [{"role": "user", "content": WHERE}]}
    with published.client() as client, client.stream("POST", "/ask/v1/chat/completions", json=body) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.read().endswith(b"data: [DONE]\n\n")


def test_documents_are_brought_below_the_path(published: Published) -> None:
    """As long as the chat itself takes, and no other body; each route is there, and nginx writes none to the disk."""
    place = "/ask/pullquote/uploads/the-id-of-ada"
    with published.client() as client:
        assert client.get(place).json() == {
            "documents": [],
            "limits": {"megabytes": 10, "characters": 300_000, "documents": 10, "addresses": False},
        }
        # the second one in pieces, so that nginx does not know its length before
        for content in (LONG.encode(), iter([LONG[:100_000].encode(), LONG[100_000:].encode()])):
            brought = client.post(place, params={"name": "plums.txt"}, content=content)
            document = json.loads(brought.text.splitlines()[-1])["document"]
            assert (document["title"], document["characters"]) == ("Plums", len(LONG))
        assert [one["id"] for one in client.get(place).json()["documents"]] == [document["id"]]
        assert client.delete(f"{place}/{document['id']}").status_code == 204
        assert client.post(f"{place}/page/left").status_code == 204
        assert client.get(place).json()["documents"] == []
        for megabytes, told in ((10, "The file has more than 10 MB."), (11, "<html>")):
            refused = client.post(place, content=b"x" * (megabytes * 1_048_576 + 1))
            assert (refused.status_code, told in refused.text) == (413, True)
        assert client.post("/ask/api/ask", content=b"x" * 70_000).status_code == 413


def test_a_document_is_asked_below_the_path(browser: Browser, published: Published) -> None:
    """By the page: it is chosen, answered from, and gone when it is deleted."""
    address = f"https://localhost:{published.port}/ask/"
    with opened(browser, address, ignore_https_errors=True) as page:
        page.get_by_role("button", name="Add your own document").click()
        page.set_input_files("#pq-own-file", {"name": "plums.txt", "mimeType": "text/plain", "buffer": LONG.encode()})
        expect(page.locator(".pq-own-said")).to_have_text("Added “Plums”. Your questions are now about it.")
        ask_chat(page, "Where do ripe plums grow?")
        expect(page.get_by_test_id("bot").last).to_contain_text("Surrey")
        page.get_by_role("button", name="Delete Plums").click()
        expect(page.get_by_role("radio", name="Plums")).to_have_count(0)


def test_the_chat_works_below_the_path(browser: Browser, published: Published) -> None:
    """Its script, its style, its answers, and what it saves: no request leaves the path."""
    address = f"https://localhost:{published.port}/ask/"
    with opened(browser, address, ignore_https_errors=True) as page:
        ask_chat(page, WHERE)
        expect(page.get_by_test_id("bot").last).to_contain_text("Kent")
        with page.expect_download() as saved:
            page.locator("#more .pq-saving a", has_text="Save as Markdown").click()
        assert "**Kent**" in Path(saved.value.path()).read_text(encoding="utf-8")


def test_the_widget_works_on_another_site(browser: Browser, published: Published) -> None:
    """Its script comes from the path, and so does the answer."""
    requests: list[str] = []
    page_there = f"{published.shop.origin}/pair.html"
    with visited(browser, page_there, ignore_https_errors=True) as (page, errors):
        page.on("request", lambda request: requests.append(request.url))
        widget = page.locator("pull-quote").first
        ask(widget, WHERE)
        expect(widget.locator(".quote p")).to_have_text("Red apples grow in Kent.")
        assert f"{published.shop.chat}/api/ask" in requests
        assert all(request.startswith(f"{published.shop.chat}/api/") for request in requests)
        assert errors == []


def test_secrets_are_in_no_log(published: Published) -> None:
    """The ids of conversations stand in addresses: of the path nothing is written down."""
    with published.client() as client:
        client.get("/ask/pullquote/conversation/a-secret-conversation-id.md")
        client.get("/elsewhere")
    log = published.folder / "access.log"
    # nginx writes a request down after its reply has left
    deadline = time.monotonic() + 10
    while "GET /elsewhere" not in log.read_text(encoding="utf-8") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "GET /elsewhere" in log.read_text(encoding="utf-8")
    assert "secret" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", re.findall(r"pullquote chat (?:\\\n|[^`\n])+", DOCUMENT))
def test_the_commands_have_their_options(command: str) -> None:
    """Each command of the document, that of the unit too, is one that can be given."""
    _, _, *arguments = shlex.split(command)
    context = typer.main.get_command(chat_command).make_context("chat", arguments)
    assert context.params["proxy"] == [HOST]
    assert context.params["host_name"] == ["news.example"]
    assert context.params["allow_origin"] == [SHOP]


def test_the_unit_has_the_usual_locks() -> None:
    """And runs the command under no user that stays."""
    unit = dict(re.findall(r"^(\w+)=(.*)$", _block("ini"), re.MULTILINE))
    locks = ["NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictNamespaces", "DynamicUser"]
    assert [unit[lock] for lock in locks] == ["yes"] * len(locks)
    assert (unit["ProtectSystem"], unit["CapabilityBoundingSet"], unit["UMask"]) == ("strict", "", "0077")
    assert (unit["IPAddressDeny"], unit["IPAddressAllow"]) == ("any", "localhost")
    assert unit["ExecStart"].startswith("/opt/pullquote/bin/pullquote chat ")
