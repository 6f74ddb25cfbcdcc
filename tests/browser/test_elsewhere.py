"""One article is asked, and another one answers better: a link asks it there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.conftest import ROOT, SEED
from tests.page import NARROW, ask, looked_over, opened, settled
from tests.server import serve

pytestmark = pytest.mark.slow

DOCUMENTS = ROOT / "tests" / "data" / "documents"
BRIDGE = "New bridge opens in Riverton after eleven years"
WHO = "Who opened the bridge?"


@pytest.mark.chromium
def test_a_link_asks_the_other_article(browser: Browser) -> None:
    """It is chosen from then on, which is shown; also while a document of one's own is asked about.

    That document, if it comes late, does not stay in the place of the article.
    """
    late: list[Route] = []

    def hold(route: Route) -> None:
        if late or "open " not in (route.request.post_data or ""):
            route.continue_()
        else:
            late.append(route)

    with (
        serve(SEED, str(DOCUMENTS / "article.txt"), "--uploads", "--reader", "fast") as address,
        opened(browser, address, viewport=NARROW) as page,
    ):
        page.get_by_role("tab", name="Article").click()
        page.locator("#choice summary").click()
        page.get_by_role("checkbox", name="Russia strengthens military ties").check()
        expect(page.locator(".pq-asked")).to_contain_text("Your question is about: Russia strengthens military ties")
        page.get_by_role("tab", name="Chat").click()
        ask(page, WHO)
        expect(page.locator("#chat .pq-refusal")).to_be_visible()
        expect(page.locator("#chat .pq-elsewhere")).to_have_text(f"Another article answers this better: {BRIDGE}")
        looked_over(page)
        page.route("**/run/predict*", hold)
        page.get_by_role("tab", name="Article").click()
        page.get_by_role("button", name="Add your own document").click()
        page.get_by_label("Or paste a text").fill("Plum harvest\n\nRipe plums grow in Surrey.")
        page.get_by_role("button", name="Ask about this text").click()
        expect(page.locator(".pq-asked")).to_have_text("Your question is about: Plum harvest")
        page.locator("#chat").get_by_role("button", name=f"{BRIDGE}: {WHO}").press("Enter")
        expect(page.get_by_test_id("user")).to_have_text([WHO, WHO])
        settled(page)
        expect(page.locator("#chat mark")).to_contain_text("Ann Byron")
        page.get_by_role("tab", name="Article").click()
        expect(page.locator("#choice summary")).to_have_text(f"Ask about: {BRIDGE}")
        expect(page.get_by_role("button", name=f"Reading: {BRIDGE}")).to_have_attribute("aria-current", "true")
        expect(page.locator(".pq-asked")).to_have_text(f"Your question is about: {BRIDGE}")
        expect(page.get_by_role("radio", name="What this chat is about", exact=True)).to_be_checked()
        expect(page.locator("#article .pq-sentence").first).to_have_text(BRIDGE)
        expect(page.locator("#chat .pq-elsewhere")).to_have_count(1)
        page.get_by_role("tab", name="Chat").click()
        page.locator("#chat blockquote a.pq-cite").click()
        expect(page.locator("#article .pq-cited")).to_contain_text("Ann Byron")
        with page.expect_request(lambda request: "open " in (request.post_data or "")):
            late[0].continue_()
        expect(page.locator("#article .pq-sentence").first).to_have_text(BRIDGE)
        expect(page.locator("#article .pq-cited")).to_contain_text("Ann Byron")
