"""Words are found in the article, and marked without a change of its elements."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page import NARROW, QUESTION, ask, looked_over, opened

pytestmark = pytest.mark.slow

NAME = "Find in the article"
FIELD = ".pq-find input"
COUNT = ".pq-find-count"
MARKED = """[CSS.highlights.get("pq-hits")?.size ?? 0,
  ...[...(CSS.highlights.get("pq-hit") ?? [])].map((one) => one.toString())]"""
"""How many hits are marked, and the words of the one that is looked at."""
REDRAWN = """(async () => {
  const pane = document.querySelector("#article");
  const before = pane.scrollTop;
  pane.append(document.createElement("p"));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  pane.lastChild.remove();
  return pane.scrollTop === before;
})()"""
"""Whether the article stays where it is when it changes by itself."""
SEEN = """(() => {
  const [{ top, bottom }, pane] = [[...CSS.highlights.get("pq-hit")][0], document.querySelector("#article")]
    .map((one) => one.getBoundingClientRect());
  return top >= pane.top && bottom <= pane.bottom;
})()"""


@pytest.mark.chromium
def test_words_are_found_whatever_their_case_accents_and_quotation_marks(browser: Browser, chat: str) -> None:
    """Enter and Shift+Enter go from hit to hit and around; the citation stays marked; Esc leads back."""
    with opened(browser, chat, reduced_motion="reduce") as page:
        ask(page, "When was the Cuban Missile Crisis?")
        before = page.locator("#article").inner_html()
        page.locator("#article").focus()
        page.keyboard.press("/")
        expect(page.locator(FIELD)).to_be_focused()
        for typed, hit in (
            ("NICOLAS", "Nicolás"),
            ('"we reviewed', "“We reviewed"),
            ("country's", "country’s"),
            ("díaz-canel", "Díaz-Canel"),
        ):
            page.fill(FIELD, typed)
            assert page.evaluate(MARKED)[1:] == [hit]
            assert page.evaluate(SEEN)
        page.fill(FIELD, "nicolas")
        places = [page.locator(COUNT).inner_text()]
        for key in ("Enter", "Enter", "Shift+Enter"):
            page.keyboard.press(key)
            places.append(page.locator(COUNT).inner_text())
            assert page.evaluate(MARKED) == [2, "Nicolás"]
            assert page.evaluate(SEEN)
        assert places in (["1 of 2", "2 of 2", "1 of 2", "2 of 2"], ["2 of 2", "1 of 2", "2 of 2", "1 of 2"])
        page.fill(FIELD, "arepas")
        expect(page.locator(COUNT)).to_have_text("No hits")
        assert page.evaluate(MARKED) == [0]
        page.fill(FIELD, "  ")
        expect(page.locator(COUNT)).to_have_text("")
        assert page.locator("#article").inner_html() == before
        expect(page.locator(".pq-cited")).to_have_count(1)
        page.fill(FIELD, "the")
        page.keyboard.press("Shift+Enter")
        page.locator(".pq-cited").scroll_into_view_if_needed()
        assert page.evaluate(REDRAWN)
        _closed(page, "Escape")
        expect(page.locator("#article")).to_be_focused()
        page.get_by_role("button", name=NAME).press("/")
        expect(page.locator(".pq-find")).to_be_hidden()
        page.fill(QUESTION, "")
        page.keyboard.type("1/2")
        expect(page.locator(QUESTION)).to_have_value("1/2")


@pytest.mark.chromium
def test_on_a_telephone_the_field_stands_in_the_tab_of_the_article(browser: Browser, chat: str) -> None:
    """Its button is there from the chat, too; the buttons do what the keys do; nothing is too small or too pale."""
    with opened(browser, chat, viewport=NARROW, has_touch=True, color_scheme="dark") as page:
        opener = page.get_by_role("button", name=NAME)
        opener.tap()
        expect(page.get_by_role("tab", name="Article")).to_have_attribute("aria-selected", "true")
        page.fill(FIELD, "Nicolás")
        expect(page.locator(COUNT)).to_have_text("1 of 2")
        page.get_by_role("button", name="Next hit").tap()
        expect(page.locator(COUNT)).to_have_text("2 of 2")
        page.get_by_role("button", name="Previous hit").tap()
        expect(page.locator(COUNT)).to_have_text("1 of 2")
        looked_over(page)
        sizes = "all => all.flatMap(one => [one.offsetWidth, one.offsetHeight])"
        assert min(page.locator(".pq-find :is(input, button), #head > button").evaluate_all(sizes)) >= 44
        page.get_by_role("button", name="Close").focus()
        _closed(page, "Enter")
        expect(opener).to_be_focused()
        expect(page.get_by_role("tab", name="Chat")).to_have_attribute("aria-selected", "true")


def _closed(page: Page, key: str) -> None:
    page.keyboard.press(key)
    expect(page.locator(".pq-find")).to_be_hidden()
    assert page.evaluate(MARKED) == [0]
