"""What is seen before the scripts have come, and that nothing moves when they have."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from index.article import Article
from tests.page import NARROW, QUESTION, WIDE
from tests.vitals import GOALS, KINDS, visit

pytestmark = pytest.mark.slow


@pytest.mark.chromium
@pytest.mark.parametrize("kind", ["chat", "embed"])
def test_nothing_moves(browser: Browser, chat: str, kind: str) -> None:
    """Neither while the page is made, nor while a question is answered. The times are for a machine that rests."""
    vitals = visit(browser, chat, KINDS[kind], NARROW)
    assert vitals.shift <= GOALS["shift"]
    assert vitals.answering <= GOALS["answering"]


@pytest.mark.chromium
def test_without_scripts_the_article_can_be_read(browser: Browser, chat: str, seed: Article) -> None:
    """And a line tells what is missing."""
    with browser.new_context(viewport=WIDE, java_script_enabled=False) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(chat)
        expect(page.get_by_role("heading", name=seed.title)).to_be_visible()
        expect(page.get_by_text("To ask, allow JavaScript.")).to_be_visible()
        page.get_by_text("Comments are closed.").scroll_into_view_if_needed()
        expect(page.get_by_text("Comments are closed.")).to_be_in_viewport()


def test_a_lost_script_leaves_the_chat(browser: Browser, chat: str) -> None:
    """It is shown after a while, though nothing makes room for it."""
    with browser.new_context(viewport=WIDE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.route("**/opening.js", lambda route: route.abort())
        page.goto(chat)
        box = page.locator(QUESTION)
        expect(box).to_be_attached()
        expect(box).to_be_hidden()
        page.evaluate("document.getAnimations().forEach((one) => one.animationName?.startsWith('pq-') && one.finish())")
        expect(box).to_be_visible()
        expect(page.locator("#opening h1")).to_be_hidden()
