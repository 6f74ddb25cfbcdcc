"""A site of others, which has the pages of tests/data/hosts, and how the widget's tests visit it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from index.article import Article
from tests.page import WIDE

PAGES = Path(__file__).parent / "data" / "hosts"
_EVENTS = ["ready", "question", "answer", "abstain", "citationclick", "highlight"]
_LISTEN = f"""window.seen = [];
for (const name of {json.dumps(_EVENTS)}) {{
  document.addEventListener(name, (event) => seen.push([name, event.detail, event.composed]));
}}"""


class Site(ThreadingHTTPServer):
    """Serves the pages on localhost, which to a browser is not the chat's 127.0.0.1.

    :param article: The article that the pages show.
    """

    chat = "http://127.0.0.1:9"
    """Where the pages believe the chat to be."""

    def __init__(self, article: Article) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(PAGES)))
        self.article = article
        self.origin = f"http://localhost:{self.server_port}"

    def written(self, page: Path) -> str:
        """Write the addresses and the article into a page."""
        paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in self.article.text.split("\n") if line)
        text = page.read_text(encoding="utf-8")
        return text.replace("CHAT", self.chat).replace("ID", self.article.id).replace("ARTICLE", paragraphs)


class _Handler(SimpleHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        """Give a page, or a file as it is."""
        page = PAGES / urlsplit(self.path).path.lstrip("/")
        if page.suffix != ".html" or not page.is_file():
            super().do_GET()
            return
        body = self.server.written(page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server names it so
        """Keep quiet."""


@contextmanager
def site(article: Article) -> Iterator[Site]:
    """Run a site until the test is over."""
    with Site(article) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def visited(browser: Browser, address: str, script: str = "", **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """Visit a page that keeps the widget's events in `seen`, and nothing else.

    :param script: Runs before those of the page.
    :return: The page, and what its console complains of.
    """
    errors: list[str] = []
    with browser.new_context(viewport=WIDE, reduced_motion="reduce", **options) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"dialog {dialog.message}"))
        page.add_init_script(f"{_LISTEN}\n{script}")
        page.goto(address)
        yield page, errors
        assert context.cookies() == []
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def ask(widget: Locator, question: str) -> None:
    """Open the widget if need be, ask, and wait for the answer."""
    launcher = widget.locator(".launcher")
    if launcher.is_visible() and launcher.get_attribute("aria-expanded") == "false":
        launcher.click()
    turns = widget.locator(".turn").count()
    widget.locator(".input").fill(question)
    widget.locator(".input").press("Enter")
    expect(widget.locator(".turn")).to_have_count(turns + 1)
    expect(widget.locator(".progress")).to_have_count(0)
