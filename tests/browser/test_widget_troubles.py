"""What the widget does when the chat does not answer, and what it says; the chat is a fake that fails as it is told."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from index.article import Article
from index.hidden import visible
from rag.api.routes.embed import widget_script
from rag.rendering.wording import UNSURE
from tests.conftest import HOSTILE
from tests.host import Site, ask, site, visited
from tests.page import until

pytestmark = pytest.mark.slow

SOURCE = widget_script().decode()
CHAT = "https://chat.example"
SILENCE = 1
PATIENCE = 30_000
"""Milliseconds that the widget waits for a reply."""
QUOTED = " ".join(HOSTILE)
VISIBLE = visible(QUOTED)
ANSWER = {
    "question": QUOTED,
    "understood_as": "<b>",
    "status": "answered",
    "text": QUOTED,
    "confidence": 1,
    "spans": [{"article": "0", "start": 1, "end": 9}],
    "citations": [{"article": "0", "start": 0, "end": len(QUOTED), "quote": QUOTED, "number": 1, "title": "A\ntitle"}],
}


@pytest.fixture(scope="module")
def host(seed: Article) -> Iterator[Site]:
    """A site whose pages believe the chat to be at an address where nobody is."""
    with site(seed) as pages:
        pages.chat = CHAT
        yield pages


class Chat:
    """The fake.

    :param page: Whose requests it answers.
    """

    def __init__(self, page: Page) -> None:
        self.fates: list[int] = []
        """Of the next questions: a status, 0 for a lost connection, or silence."""
        self.answer = ANSWER
        page.route(f"{CHAT}/**", self._reply)

    def _reply(self, route: Route) -> None:
        path = route.request.url.removeprefix(CHAT)
        fate = self.fates.pop(0) if path == "/api/ask" and route.request.method == "POST" and self.fates else 200
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
        if path == "/widget.js":
            route.fulfill(body=SOURCE, content_type="text/javascript; charset=utf-8")
        elif path == "/api/articles/gone":
            route.fulfill(status=404, json={"detail": "No article has that id."}, headers=headers)
        elif path == "/api/articles/odd":
            route.fulfill(status=422, json={"detail": "No id."}, headers=headers)
        elif path.startswith("/embed/check"):
            route.fulfill(json={"allowed": True, "problems": []}, headers=headers)
        elif fate == 200:
            route.fulfill(json={"articles": []} if path == "/api/articles" else self.answer, headers=headers)
        elif fate:
            if fate != SILENCE:
                route.fulfill(status=fate, json={"detail": "What is wrong."}, headers=headers)
        else:
            route.abort()


@pytest.mark.parametrize(
    ("address", "attributes", "policy", "message"),
    [
        (
            "HOST",
            "data-article=gone",
            "",
            f"{CHAT} has no such article. Set data-article to an id of {CHAT}/api/articles.",
        ),
        (
            "HOST",
            "data-article=odd",
            "",
            f"{CHAT} has no such article. Set data-article to an id of {CHAT}/api/articles.",
        ),
        (
            "HOST",
            "data-article",
            "connect-src 'self'",
            f"The page's Content-Security-Policy blocks {CHAT}. Add to it: connect-src {CHAT}",
        ),
        (
            "HOST",
            "data-article data-host=http://127.0.0.1:9",
            "",
            "http://127.0.0.1:9 cannot be reached, or turns pages of HOST away. Start it, with --allow-origin HOST",
        ),
        (
            "HOST",
            "data-article data-host=chat",
            "",
            "“chat” is no address. Set data-host to the chat's, as https://chat.example",
        ),
        (
            "HOST",
            "data-article data-host=HOST",
            "",
            "HOST/api/articles is not a Pullquote server's. Set data-host to the address of yours.",
        ),
        (
            "https://news.example",
            "data-article data-host=http://chat.example",
            "",
            "A page under https cannot ask http://chat.example. Serve the chat under https.",
        ),
    ],
)
def test_names_the_fault(
    browser: Browser, host: Site, address: str, attributes: str, policy: str, message: str
) -> None:
    """Says to readers that it is not available; what is wrong and how to mend it stands once in the console."""
    address, attributes, message = (text.replace("HOST", host.origin) for text in (address, attributes, message))
    body = f"<link rel=icon href='data:,'><body><script src='{CHAT}/widget.js' {attributes}></script>"
    headers = {"Content-Type": "text/html", **({"Content-Security-Policy": policy} if policy else {})}
    with visited(browser, f"{host.origin}/empty.html") as (page, errors):
        Chat(page)
        page.route(f"{address}/", lambda route: route.fulfill(body=body, headers=headers))
        page.goto(f"{address}/")
        widget = page.locator("pull-quote")
        expect(widget.locator(".launcher")).to_have_text("⚠ Ask about this article")
        widget.locator(".launcher").click()
        expect(widget.locator(".problem span")).to_have_text("This is not available right now.")
        expect(widget.locator(".again")).to_be_focused()
        page.evaluate("Pullquote.dataset.lang = 'de'")
        widget.locator(".again").click()
        expect(widget.locator(".problem span")).to_have_text("Das ist gerade nicht verfügbar.")
        assert [error for error in errors if error.startswith("Pullquote")] == [f"Pullquote: {message}"]


@pytest.mark.parametrize(
    ("fates", "outcome"),
    [
        ([0, 200], ""),
        ([503, 200], ""),
        ([503, 503], "Too many are asking at the moment."),
        ([0, 0], "The chat cannot be reached."),
        ([429], "That was a lot of questions in a short time. Wait a minute."),
        ([422], "Something went wrong."),
        ([500], "Something went wrong."),
        ([SILENCE], "No answer came within 30 seconds."),
    ],
)
def test_asks_once_more(browser: Browser, host: Site, fates: list[int], outcome: str) -> None:
    """Asks again after a lost request or a 503, waits 30 seconds and no longer, and offers to ask once more."""
    with visited(browser, f"{host.origin}/empty.html") as (page, errors):
        chat = Chat(page)
        page.goto(f"{host.origin}/lacking.html")
        until(page, "seen.length")
        page.clock.install()
        chat.fates[:] = fates
        widget = page.locator("pull-quote")
        page.evaluate("void Pullquote.ask('Who?')")
        done = widget.locator(".failure") if outcome else widget.locator(".citation")
        if SILENCE in fates:
            until(page, lambda: not chat.fates)
            page.clock.run_for(PATIENCE)
        for _ in range(PATIENCE // 50):
            if done.count():
                break
            # slowly, so that a reply of the fake comes long before the patience is over
            page.clock.run_for(50)
        if outcome:
            expect(done).to_have_text(f"{outcome} Try again")
            widget.locator(".failure .again").click()
        expect(widget.locator(".citation")).to_have_count(1)
        expect(widget.locator(".turn")).to_have_count(1)
        assert chat.fates == []
        causes = {
            "Something went wrong.": "What is wrong.",
            "The chat cannot be reached.": f"{CHAT} allows this page, but a request was stopped on the way. "
            "Look for a proxy or an extension of the browser that does so.",
        }
        told = [error for error in errors if error.startswith("Pullquote")]
        assert told == ([f"Pullquote: {causes[outcome]}"] if outcome in causes else [])


def test_an_element_that_is_named_like_the_script_is_not_it(browser: Browser, host: Site) -> None:
    """A comment on the page with an image in it, say: it does not tell where the chat is."""
    image = "<img name=currentScript src='https://evil.example/x' data-article>"
    body = f"<link rel=icon href='data:,'><body>{image}<script src='{CHAT}/widget.js'></script><pull-quote>"
    with visited(browser, f"{host.origin}/empty.html") as (page, errors):
        Chat(page)
        page.route("https://evil.example/**", lambda route: route.fulfill(json={"articles": []}))
        page.route(f"{host.origin}/", lambda route: route.fulfill(body=body, headers={"Content-Type": "text/html"}))
        with page.expect_request(f"{CHAT}/api/articles"):
            page.goto(f"{host.origin}/")
        expect(page.locator("pull-quote")).to_have_count(1)
        assert errors == []


def test_shows_markup_literally(browser: Browser, host: Site) -> None:
    """Shows what the server or the reader wrote as text, and never parses it."""
    with visited(browser, f"{host.origin}/empty.html") as (page, errors):
        Chat(page)
        page.goto(f"{host.origin}/lacking.html")
        widget = page.locator("pull-quote")
        ask(widget, QUOTED)
        expect(widget.locator(".question")).to_have_text(f"You asked: {QUOTED}")
        expect(widget.locator(".understood")).to_contain_text("Understood as: <b>")
        expect(widget.locator(".answer")).to_have_text(QUOTED)
        expect(widget.locator(".quote p")).to_have_text(QUOTED)
        expect(widget.locator("mark")).to_have_text(QUOTED[1:9])
        assert widget.locator("img, svg, a, b, script, h1").count() == 0
        assert errors == []


def test_marks_an_unsure_answer(browser: Browser, host: Site) -> None:
    """In the answer itself, before its words, by a text and a border; the page's scripts are told by the status."""
    with visited(browser, f"{host.origin}/empty.html") as (page, errors):
        Chat(page).answer = {**ANSWER, "status": "unsure", "missing": "Who <b>sold</b> it?"}
        page.goto(f"{host.origin}/lacking.html")
        widget = page.locator("pull-quote")
        ask(widget, QUOTED)
        expect(widget.locator(".answer")).to_have_text(f"{UNSURE} {QUOTED}")
        expect(widget.locator(".answer > .unsure")).to_have_text(UNSURE)
        expect(widget.locator(".unsure")).to_have_css("border-top-style", "solid")
        expect(widget.locator(".missing")).to_have_text("No clear answer to: Who <b>sold</b> it?")
        expect(widget.locator(".answer")).to_have_css("border-left-width", "6px")
        assert page.evaluate("seen.at(-1)[0] + ': ' + seen.at(-1)[1].status") == "answer: unsure"
        assert errors == []


@pytest.mark.chromium
@pytest.mark.parametrize(
    ("status", "copied"),
    [
        ("answered", f"“{VISIBLE}” [1] “{VISIBLE}” A title."),
        ("unsure", f"{UNSURE}. “{VISIBLE}” [1] “{VISIBLE}” A title."),
        ("overview", f"[1] “{VISIBLE}” A title."),
    ],
)
def test_copies_an_answer_with_its_source(browser: Browser, host: Site, status: str, copied: str) -> None:
    """As the chat does: one line, in which nothing is hidden; and says where the browser forbids it."""
    with visited(browser, f"{host.origin}/empty.html") as (page, errors):
        Chat(page).answer = {**ANSWER, "status": status}
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{host.origin}/lacking.html")
        widget = page.locator("pull-quote")
        ask(widget, QUOTED)
        page.clock.install()
        expect(widget.locator(".copy")).to_have_text("Copy with source")
        widget.locator(".copy").click()
        expect(widget.locator(".copy")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == copied
        page.clock.run_for(2_000)
        expect(widget.locator(".copy")).to_have_text("Copy with source")
        page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new DOMException()))")
        widget.locator(".copy").click()
        expect(widget.locator(".copy")).to_have_text("The browser does not allow copying")
        assert errors == []


def test_source() -> None:
    """Is small, parses no markup and keeps nothing."""
    assert len(gzip.compress(SOURCE.encode())) < 25_000
    forbidden = ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Storage", "cookie", "import ")
    assert [word for word in forbidden if word in SOURCE] == []
