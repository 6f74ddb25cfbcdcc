"""How the browser tests open the chat, ask and look: with every fault of the page counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Request, expect

# a busy machine is slow, not wrong: what is waited for has this long to come
expect.set_options(timeout=60_000)

QUESTION = "#question textarea"
BOX = f"{QUESTION}, #pq-asked textarea"
"""Where a question is typed, in the chat and on the page of annotation."""
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
LOSE_ONE = """document.querySelector("#pq-command :is(textarea, input)").addEventListener(
    "input", (event) => event.stopImmediatePropagation(), { capture: true, once: true })"""
"""What the page asks for next is lost, as it was once on a busy machine; it has to ask again."""


@contextmanager
def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """Open the chat in a context of its own.

    Whatever goes wrong in the page's console, leaves our origin or sets a cookie fails the test.
    """
    faults: list[str] = []
    with browser.new_context(**{"viewport": WIDE, **options}) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
        pending: dict[Request, str] = {}
        page.on("request", lambda request: pending.update({request: "no answer to"}))
        page.on("requestfailed", lambda request: pending.update({request: f"{request.failure}:"}))

        def finished(request: Request) -> None:
            pending.pop(request, None)

        page.on("requestfinished", finished)
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "data:", "blob:"))
                else faults.append(f"request to {urlsplit(request.url).netloc}")
            ),
        )
        page.goto(address)
        try:
            # on a narrow page it is behind its tab
            expect(page.locator("#article p").first).to_be_attached()
        except AssertionError as error:
            # a page without its article tells nothing of why, but for what it still waits for
            waited = [f"{state} {request.url}" for request, state in pending.items()]
            raise AssertionError("\n".join([f"{address} stays empty", *faults, *waited, page.content()])) from error
        # the article may be shown before the box is there, and both before the page's script acts
        expect(page.locator(BOX)).to_be_visible()
        expect(page.locator("#article[tabindex]")).to_be_attached()
        yield page
        assert faults == []
        assert page.context.cookies() == []


def ask(page: Page, question: str) -> None:
    """Type a question and wait for its answer."""
    replies = page.get_by_test_id("bot").count()
    page.fill(QUESTION, question)
    page.press(QUESTION, "Enter")
    expect(page.get_by_test_id("bot")).to_have_count(replies + 1)
    settled(page)


def settled(page: Page) -> None:
    """Wait until nothing is being answered: what can be done with an answer comes with it."""
    expect(page.locator('#chat [data-testid="bot"]:not(:has(.pq-acts))')).to_have_count(0)


def until(page: Page, true: str | Callable[[], bool]) -> None:
    """Wait for what no locator can tell, half a minute at most.

    :param true: A function, or JavaScript: Playwright's own way to wait for it is against our pages' policies.
    """
    for _ in range(600):
        if page.evaluate(true) if isinstance(true, str) else true():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{true} did not come true")


def heard(place: Locator) -> str:
    """What a screen reader is told of a place, in its order: a line for each role, long texts cut."""
    told = re.sub(r":?\n *- /.*", "", place.aria_snapshot())
    return re.sub(r"(?<=: )(.{30}).{30,}", r"\1…", told)


def looked_over(page: Page) -> None:
    """Expect no violation of axe's rules, and no scrolling sideways."""
    expect(page.get_by_text("Loading...")).to_have_count(0)
    results = Axe().run(page)
    assert [(v["id"], [n["failureSummary"] for n in v["nodes"]]) for v in results.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
