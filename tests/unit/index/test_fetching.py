"""Documents from the web: only what is public is asked, at the address that was checked, and all of it is bounded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socket import gaierror
from ssl import Purpose, create_default_context
from time import perf_counter, sleep

import pytest
import trustme

from index import fetching
from index.errors import InputError
from index.fetching import Address, CheckedTransport, fetch_article, is_public
from tests.conftest import ROOT, finished

PAGE = (ROOT / "tests" / "data" / "documents" / "article.html").read_bytes()


class Site(BaseHTTPRequestHandler):
    """A page, and ways to harm whoever asks for it."""

    seen: list[str]

    def do_GET(self) -> None:
        """Answer."""
        type(self).seen.append(f"{self.headers['Host']}{self.path}")
        match self.path.split("/")[1:]:
            case ["page"]:
                self._send(200, PAGE)
            case ["to", *target]:
                self._send(302, b"", ("Location", "/".join(target)))
            case ["round"]:
                self._send(302, b"", ("Location", "/round"))
            case ["long"]:
                self._send(200, bytes(300_000))
            case ["slow"]:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for number in range(100):
                    self.wfile.write(f"X-{number}: 1\r\n".encode())
                    sleep(0.05)
            case _:
                self._send(404, b"no")

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # so it is called there
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    """A server on this machine."""
    Site.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hangs up is no error
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _here(address: Address) -> bool:
    return address == ip_address("127.0.0.1")


async def _lookup(host: str, _: int) -> list[str]:
    if host.endswith(".invalid"):
        raise gaierror("Name or service not known")
    return {"news.example": ["127.0.0.1"], "inside.example": ["127.0.0.1", "10.0.0.7"]}.get(host, [host])


local = partial(CheckedTransport, _lookup, _here)


def test_a_page_is_got_and_read(site: ThreadingHTTPServer) -> None:
    """Through redirects; its name is asked for, its address connected to, and the last address is the article's."""
    base = f"http://news.example:{site.server_port}"
    article = fetch_article(f"{base}/to/{base}/page#top", transport=local)
    assert article.title == "New bridge opens in Riverton after eleven years"
    assert article.url == f"{base}/page"
    assert [one.partition("/")[::2] for one in Site.seen][-1] == (f"news.example:{site.server_port}", "page")
    assert fetch_article(f"{base}/page", "https://example.org/a", transport=local).url == "https://example.org/a"


def test_a_certificate_is_that_of_the_name(site: ThreadingHTTPServer) -> None:
    """Though the address is connected to."""
    authority = trustme.CA()
    server, client = create_default_context(Purpose.CLIENT_AUTH), create_default_context()
    authority.issue_cert("news.example").configure_cert(server)
    authority.configure_trust(client)
    site.socket = server.wrap_socket(site.socket, server_side=True)
    verified = partial(CheckedTransport, _lookup, _here, client)
    port = site.server_port
    assert (
        fetch_article(f"https://news.example:{port}/page", transport=verified).url
        == f"https://news.example:{port}/page"
    )
    with pytest.raises(InputError, match=r"127\.0\.0\.1.* cannot be got \(.*certificate"):
        fetch_article(f"https://127.0.0.1:{port}/page", transport=verified)


def test_a_loop_that_runs_already_is_not_in_the_way() -> None:
    """In a notebook, or where a browser is driven."""

    async def asked() -> None:
        with pytest.raises(InputError, match="is on this machine or in a private network"):
            fetch_article("http://10.0.0.7/page")

    finished(asked())


def test_this_machine_is_not_asked(site: ThreadingHTTPServer) -> None:
    """By whatever name."""
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0"):
        with pytest.raises(InputError, match="is on this machine or in a private network"):
            fetch_article(f"http://{host}:{site.server_port}/page")
    assert Site.seen == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://10.0.0.7/page", "leads to '10.0.0.7', which is on this machine or in a private network"),
        ("http://inside.example/page", "leads to 'inside.example', which is on this machine or in a private network"),
        ("ftp://news.example/page", "leads to 'ftp://news.example/page', which is no address of http or https"),
        ("file:///etc/passwd", "(cannot be got|leads to)"),
    ],
)
def test_no_redirect_leads_elsewhere(target: str, said: str, site: ThreadingHTTPServer) -> None:
    """A name counts as private if any of its addresses is."""
    with pytest.raises(InputError, match=said):
        fetch_article(f"http://news.example:{site.server_port}/to/{target}", transport=local)


def test_what_was_checked_is_connected_to(site: ThreadingHTTPServer) -> None:
    """The name is looked up once for each request: what it means a moment later does not matter."""
    looked_up: list[str] = []

    async def rebinding(host: str, _: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1" if len(looked_up) == 1 else "10.0.0.7"]

    transport = partial(CheckedTransport, rebinding, _here)
    assert fetch_article(f"http://news.example:{site.server_port}/page", transport=transport).text
    assert looked_up == ["news.example"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("gone", "answers with 404. Check it in a browser."),
        ("round", "leads from page to page, more than 5 times"),
        ("long", "has more than 200,000 bytes. Give a part of it as a file."),
        ("slow", "takes more than 0.5 s. Save the page and give its file."),
    ],
)
def test_all_is_bounded(path: str, said: str, site: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size, time and redirects; the line names the address."""
    monkeypatch.setattr(fetching, "MOST_BYTES_OF_DOCUMENT", 200_000)
    address = f"http://news.example:{site.server_port}/{path}"
    began = perf_counter()
    with pytest.raises(InputError) as caught:
        fetch_article(address, seconds=0.5, transport=local)
    assert str(caught.value).startswith(f"{address} {said}")
    assert perf_counter() - began < 5


@pytest.mark.parametrize("address", ["http://", "http://a.invalid/", "http://news.example:99999/", "http://[::1"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    """In one line."""
    with pytest.raises(InputError, match=r"^http://\S* (cannot be got|leads to)") as caught:
        fetch_article(address, transport=local)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
        "255.255.255.255", "::", "::1", "fe80::1%lo", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2002:c0a8:101::", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    """Of machines, networks, links, clouds and groups, and those that hold such a one."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
)
def test_public_addresses(address: str) -> None:
    """Which are asked."""
    assert is_public(ip_address(address))
