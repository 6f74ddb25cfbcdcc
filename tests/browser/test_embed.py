"""The chat in a frame of another site's page, in a real browser."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Request, Route, expect

from index.article import Article
from index.build import build_index
from rag.answer import Answer
from rag.answering.assistant import Assistant
from rag.api.routes.embed import STATIC
from rag.rendering.wording import _REASONS, UNSURE
from tests.conftest import HOSTILE, SEED, WordEncoder, last_words
from tests.page import until
from tests.server import serve

SMALL = {"width": 320, "height": 568}


class _HostPage(BaseHTTPRequestHandler):
    """A page of another site, with the frame that its address names."""

    def do_GET(self) -> None:
        """Serve the page."""
        source = parse_qs(urlsplit(self.path).query).get("frame", [""])[0]
        body = (
            '<!doctype html><html lang="en"><title>News</title><link rel="icon" href="data:,"><h1>News</h1>'
            f'<iframe title="Chat" src="{escape(source)}" width="360" height="600"></iframe>'
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the library
        """Say nothing."""


@contextmanager
def _site() -> Iterator[str]:
    """Serve such pages from an origin of their own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _HostPage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def news() -> Iterator[str]:
    """The origin of a site that may embed the chat."""
    with _site() as origin:
        yield origin


@pytest.fixture(scope="module")
def address(news: str) -> Iterator[str]:
    """The address of a chat that the site may embed."""
    with serve(SEED, "--reader", "fast", "--allow-origin", news) as served:
        yield served


@contextmanager
def _shown(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """Open a page; a fault of its script, a dialog or a cookie fails the test."""
    faults: list[str] = []
    with browser.new_context(**{"viewport": SMALL, **options}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text) if re.search("Content Security|Uncaught", message.text) else None
            ),
        )
        page.goto(url)
        yield page
        assert faults == []
        assert context.cookies() == []


def _ask(page: Page | FrameLocator, question: str) -> Locator:
    """Ask a question, and wait for what is said to it."""
    said = page.locator("#log > :is(.answer, .problem)")
    expect(page.locator("#question")).to_be_visible()
    before = said.count()
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    expect(said).to_have_count(before + 1)
    return said.last


def _fake(article: Article, question: str, threshold: float = 0.5) -> Answer:
    encoder = WordEncoder()
    return Assistant(build_index([article], encoder), encoder, last_words(), threshold).ask(question)


def _answering(page: Page, *replies: tuple[int, dict[str, Any], dict[str, str]]) -> list[Request]:
    """Answer questions in the server's place, and keep the requests."""
    asked: list[Request] = []
    left = list(replies)

    def answer(route: Route) -> None:
        asked.append(route.request)
        status, body, headers = left.pop(0)
        route.fulfill(status=status, headers=headers, json=body)

    page.route("**/api/ask", answer)
    return asked


def test_it_says_what_the_chat_says() -> None:
    """Word for word, for both are read by the same people: from the same table, for the same reasons."""
    script = (STATIC / "embed.js").read_text(encoding="utf-8")
    told = re.search(r"^const REASONS = \{ (.*) \};$", script, re.MULTILINE)
    assert told
    assert dict(re.findall(r'(\w+): "([\w.]+)"', told[1])) == {reason.value: key for reason, key in _REASONS.items()}


def test_no_markup_is_read() -> None:
    """What a server says only ever becomes text."""
    script = (STATIC / "embed.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|srcdoc|DOMParser", script)


@pytest.mark.slow
def test_a_site_that_may_frames_the_chat(browser: Browser, news: str, address: str, seed: Article) -> None:
    """A reader asks in its page, and sees the sentence with the words marked."""
    with _shown(browser, f"{news}/?frame={address}/embed") as page:
        frame = page.frame_locator("iframe")
        expect(frame.locator("h1")).to_have_text(seed.title)
        said = _ask(frame, "When was the Cuban Missile Crisis?")
        expect(said.locator("mark")).to_have_text(re.compile("1962"))
        quote = said.locator("blockquote").inner_text()
        assert quote.split("\n")[0] in seed.text
        assert quote.endswith("[1] sentence 23")


@pytest.mark.slow
def test_any_other_site_does_not(browser: Browser, address: str) -> None:
    """The browser refuses the frame by our policy."""
    errors: list[str] = []
    with _site() as other, browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text))
        page.goto(f"{other}/?frame={address}/embed")
        frame = next(frame for frame in page.frames if frame is not page.main_frame)
        frame.wait_for_load_state()
        # Firefox names the policy there, Chromium in the console
        if not frame.url.startswith("about:neterror?e=cspBlocked&"):
            assert frame.url == "chrome-error://chromewebdata/"
            until(page, lambda: any("frame-ancestors" in error for error in errors))
        read = page.evaluate(
            """address => fetch(address + '/api/articles').then(() => 'read', error => error.name)""", address
        )
        assert read == "TypeError"


@pytest.mark.slow
def test_a_conversation(browser: Browser, address: str, seed: Article) -> None:
    """Starters, a follow-up in the light of the question before, a refusal, small talk; a reload keeps it all."""
    with _shown(browser, f"{address}/embed") as page:
        starter = page.locator("#starters button").nth(1)
        expect(starter).to_be_visible()
        starter.click()
        said = page.locator("#log .answer")
        expect(said.locator("mark").first).to_be_visible()
        expect(page.locator("#starters")).to_be_hidden()
        _ask(page, "Who did Putin phone first?")
        leaning = _ask(page, "And when did he phone him?")
        expect(leaning.locator(".aside").first).to_contain_text("In the light of:")
        literally = page.locator("#log .answer").count()
        leaning.get_by_role("button", name="Ask as typed").click()
        expect(said).to_have_count(literally + 1)
        refused = _ask(page, "how do i cook arepas")
        expect(refused.locator(".refusal")).to_contain_text("The article doesn't say this.")
        expect(refused.locator("li").first).to_be_hidden()
        refused.locator("summary").click()
        expect(refused.locator("li").first).to_be_visible()
        assert _ask(page, "Hello!").locator("blockquote, .refusal").count() == 0
        texts = page.locator("#log > *").all_inner_texts()
        page.reload()
        expect(page.locator("#log > *")).to_have_count(len(texts))
        assert page.locator("#log .asked").all_inner_texts()[-1] == "Hello!"
        assert page.url == f"{address}/embed"
        page.goto(f"{address}/embed?article={seed.id}")
        expect(page.locator("#starters button").first).to_be_visible()
        assert page.locator("#log > *").count() == 0
        page.goto(f"{address}/embed?article=")
        expect(page.locator("#log > *")).to_have_count(len(texts))
        assert _ask(page, "When was the Cuban Missile Crisis?").locator("mark").count() > 0


@pytest.mark.slow
@pytest.mark.parametrize("article", ["0000000000000000", "../../etc", "<img src=x onerror=alert(1)>"])
def test_a_wrong_article_is_said_to_be(browser: Browser, address: str, article: str) -> None:
    """There is nothing to ask; and an address shows none of its own words here."""
    with _shown(browser, "about:blank") as page:
        page.goto(f"{address}/embed?article={article.replace('=', '%3D')}")
        expect(page.locator(".problem")).to_have_text(
            "There is no such article here. The address of this chat is wrong."
        )
        expect(page.locator("form")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_is_accessible(browser: Browser, address: str, scheme: str) -> None:
    """No sideways scrolling at 320 px and no axe violation, before and after answer, refusal and failure."""
    with _shown(browser, f"{address}/embed", color_scheme=scheme) as page:
        expect(page.locator("#starters button").first).to_be_visible()
        _looked_over(page)
        _ask(page, "When was the Cuban Missile Crisis?")
        _ask(page, "how do i cook arepas").locator("summary").click()
        half = _fake(Article("Red apples grow in Kent."), "Who eats apples?", threshold=0.3)
        unsure = replace(half, missing="Who <b>sells</b> them?").to_dict()
        too_many: dict[str, Any] = {"detail": "Too many questions are waiting."}
        _answering(page, (200, unsure, {}), (503, too_many, {"Retry-After": "5"}))
        answer = _ask(page, "Who eats apples?")
        said = answer.locator(".words")
        assert said.inner_text() == f"{UNSURE}\nKent"
        assert said.locator(".unsure").evaluate("one => getComputedStyle(one).borderStyle") == "solid"
        expect(answer.locator(".aside")).to_have_text("No clear answer to: Who <b>sells</b> them?")
        edge = answer.evaluate("one => [getComputedStyle(one).borderLeftWidth, getComputedStyle(one).borderLeftColor]")
        assert edge == ["6px", "rgb(255, 200, 61)" if scheme == "dark" else "rgb(154, 103, 0)"]
        _ask(page, "Who did Putin phone first?")
        _looked_over(page)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(23, 24, 27)" if scheme == "dark" else "rgb(255, 255, 255)"
        )


@pytest.mark.slow
def test_the_keyboard_alone_is_enough(browser: Browser, address: str) -> None:
    """Tab reaches the conversation, the starters, the question and the button, in this order."""
    with _shown(browser, f"{address}/embed") as page:
        expect(page.locator("#starters button").first).to_be_visible()
        reached = []
        for _ in range(page.locator("#starters button").count() + 3):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        starters = page.locator("#starters button").all_inner_texts()
        assert reached == ["log", *starters, "question", "Ask"]
        page.keyboard.press("Shift+Tab")
        page.keyboard.type("When was the Cuban Missile Crisis?")
        page.keyboard.press("Enter")
        expect(page.locator("#log mark")).to_contain_text("1962")
        assert page.evaluate("document.activeElement.id") == "question"


@pytest.mark.slow
@pytest.mark.chromium
def test_a_failure_is_told_and_can_be_tried_again(browser: Browser, address: str) -> None:
    """Too many questions, a full line, a fault, no server: each in a line, and the question is asked once more."""
    answer = _fake(Article("Red apples grow in Kent."), "Where do red apples grow?").to_dict()
    with _shown(browser, f"{address}/embed") as page:
        asked = _answering(
            page,
            (429, {"detail": "x"}, {"Retry-After": "17"}),
            (503, {"detail": "x"}, {"Retry-After": "1"}),
            (500, {"detail": "Something went wrong on the server."}, {}),
            (200, answer, {}),
        )
        line = page.locator(".problem p")
        _ask(page, "Where do red apples grow?")
        expect(line).to_have_text("Those were many questions in a short time. Try again in 17 seconds.")
        page.get_by_role("button", name="Try again").click()
        expect(line).to_have_text("Many others are asking just now. Try again in 1 second.")
        page.get_by_role("button", name="Try again").click()
        expect(line).to_have_text("Something went wrong on the server.")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("#log mark")).to_have_text("Kent")
        expect(page.locator(".problem")).to_have_count(0)
        expect(page.locator("#log .asked")).to_have_text(["Where do red apples grow?"])
        sent = [json.loads(one.post_data or "") for one in asked]
        assert {one["question"] for one in sent} == {"Where do red apples grow?"}
        assert len({one["conversation"] for one in sent}) == 1
        page.unroute("**/api/ask")
        page.route("**/api/ask", lambda route: route.abort())
        _ask(page, "Where do red apples grow?")
        expect(line).to_have_text("The chat cannot be reached. Check your internet connection, and try again.")


@pytest.mark.slow
def test_a_question_that_cannot_be_asked_is_not_tried_again(browser: Browser, address: str) -> None:
    """The server's own words say why."""
    with _shown(browser, f"{address}/embed") as page:
        _answering(page, (422, {"detail": "question: too long. Correct that."}, {}))
        said = _ask(page, "why")
        assert said.inner_text() == "question: too long. Correct that."
        expect(page.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.slow
def test_marks_stand_where_the_words_are(browser: Browser, address: str) -> None:
    """Also behind characters that JavaScript counts twice."""
    answer = _fake(Article("🙂 Ada and 𝔅𝔬𝔟 live in Bath."), "Where do Ada and 𝔅𝔬𝔟 live?").to_dict()
    assert answer["text"] == "Bath"
    with _shown(browser, f"{address}/embed") as page:
        _answering(page, (200, answer, {}))
        said = _ask(page, "Where do Ada and 𝔅𝔬𝔟 live?")
        assert said.locator("mark").all_inner_texts() == ["Bath"]
        assert said.locator("blockquote").inner_text() == "🙂 Ada and 𝔅𝔬𝔟 live in Bath.\n[1] sentence 1"


@pytest.mark.slow
def test_hostile_text_shows_literally(browser: Browser, address: str) -> None:
    """In answers, refusals and starters: no element, no script, no request."""
    answers = [_fake(Article(f"The word {text} is here"), f"What is the word {text}?").to_dict() for text in HOSTILE]
    with _shown(browser, "about:blank") as page:
        page.route(
            re.compile("/api/articles/"),
            lambda route: route.fulfill(json={"title": HOSTILE[0], "starters": list(HOSTILE[:3])}),
        )
        page.goto(f"{address}/embed")
        expect(page.locator("#starters button")).to_have_text(HOSTILE[:3])
        expect(page.locator("h1")).to_have_text(HOSTILE[0])
        _answering(page, *((200, answer, {}) for answer in answers))
        for text, answer in zip(HOSTILE, answers, strict=True):
            said = _ask(page, text)
            shown = answer["citations"] or answer["closest"]
            assert (
                said.locator("blockquote, li")
                .first.evaluate("one => one.firstChild.textContent")
                .startswith(shown[0]["quote"][:10])
            )
            expect(page.locator("#log .asked").last).to_have_text(text)
        expect(page.locator("#log").locator("img, svg, script, form, input, table, h1, h2, code, a")).to_have_count(0)


def _looked_over(page: Page) -> None:
    results = Axe().run(page)
    assert [(v["id"], [n["failureSummary"] for n in v["nodes"]]) for v in results.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
