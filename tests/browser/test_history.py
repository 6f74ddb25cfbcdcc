"""Conversations that the browser keeps: opened again, searched, renamed, deleted; nothing of them is believed."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.page import LOSE_ONE, NARROW, QUESTION, ask, looked_over, opened, until

pytestmark = pytest.mark.slow

KEPT = "JSON.parse(localStorage.getItem('pullquote-history /') ?? '[]')"
TAMPERED = """places => {
    const kept = JSON.parse(localStorage.getItem("pullquote-history /"));
    kept[0].title = "<img src=x onerror=alert(1)>";
    for (const place of places) kept[0].turns[place].confidence = 0.99;
    localStorage.setItem("pullquote-history /", JSON.stringify(kept));
}"""
REFUSED = """for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
}"""
BORISOV, TRIP, CRISIS = "Who is Yuri Borisov?", "And where does his trip end?", "When was the Cuban Missile Crisis?"


def _kept(page: Page, *titles: str) -> None:
    """Wait until the browser keeps conversations with these titles and numbers of questions."""
    until(page, f"{KEPT}.map(one => one.title + one.turns.length).join() === '{','.join(titles)}'")


def _history(page: Page) -> Locator:
    page.get_by_role("button", name="History", exact=True).click()
    return page.get_by_role("dialog", name="History")


def _new_chat(page: Page) -> None:
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_text("This is a new chat.")).to_be_visible()


def test_a_conversation_is_opened_again(browser: Browser, chat: str) -> None:
    """In another tab, by keyboard, and goes on as the same one; what was shown there comes back, and is kept, too."""
    with opened(browser, chat) as first:
        expect(_history(first)).to_contain_text("Nothing is kept yet.")
        first.keyboard.press("Escape")
        ask(first, BORISOV)
        first.reload()
        expect(first.get_by_test_id("bot")).to_have_count(1)
        ask(first, TRIP)
        first.evaluate(LOSE_ONE)
        _new_chat(first)
        ask(first, CRISIS)
        _kept(first, f"{CRISIS}1", f"{BORISOV}2")
        page = first.context.new_page()
        page.goto(chat)
        expect(page.locator("#article[tabindex]")).to_be_attached()
        ask(page, "hello")
        page.get_by_role("button", name="History", exact=True).press("Enter")
        rows = page.get_by_role("dialog").get_by_role("listitem")
        expect(rows).to_have_count(3)
        expect(rows.nth(0)).to_contain_text("1 question · open now")
        expect(rows.nth(2)).to_contain_text("Russia strengthens military ties in Venezuela")
        expect(rows.nth(2)).to_contain_text("Today")
        looked_over(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="History", exact=True)).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_label("Search your conversations").fill("cubá TRIP")
        expect(rows).to_have_count(1)
        expect(rows.locator("q")).to_contain_text("And where does his trip end? Cuba")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"This is “{BORISOV}”.")).to_be_visible()
        expect(page.get_by_test_id("user")).to_have_text([BORISOV, TRIP])
        expect(page.locator("#article .pq-cited")).to_contain_text("Cuba")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_test_id("user")).to_have_text(["hello"])
        _history(page).get_by_role("button", name=BORISOV).first.click()
        expect(page.get_by_test_id("user")).to_have_count(2)
        ask(page, "Why?")
        _kept(page, f"{BORISOV}3", "hello1", f"{CRISIS}1")
        ask(first, "hello")
        _kept(page, f"{CRISIS}2", f"{BORISOV}3", "hello1")


def test_a_sheet_on_a_phone(browser: Browser, chat: str) -> None:
    """A name is given, or left; what is deleted comes back, the open conversation on the page, too."""
    with opened(browser, chat, viewport=NARROW, color_scheme="dark", has_touch=True) as page:
        ask(page, "hello")
        _new_chat(page)
        ask(page, CRISIS)
        _kept(page, f"{CRISIS}1", "hello1")
        sheet = _history(page)
        sheet.get_by_role("button", name="Rename: hello").click()
        page.keyboard.type("not this")
        page.keyboard.press("Escape")
        sheet.get_by_role("button", name="Rename: hello").press("Enter")
        looked_over(page)
        page.keyboard.type("Greetings <b>")
        page.keyboard.press("Enter")
        expect(sheet.get_by_role("button", name="Rename: Greetings <b>")).to_be_focused()
        assert sheet.get_by_role("button").evaluate_all(
            """all => {
                const least = matchMedia("(pointer: coarse)").matches ? 44 : 24;
                return all.every(({ offsetHeight }) => offsetHeight >= least);
            }"""
        )
        sheet.get_by_role("button", name="Delete: Greetings").click()
        expect(sheet.get_by_role("listitem")).to_have_count(1)
        sheet.get_by_role("button", name="Undo").click()
        sheet.get_by_role("button", name=f"Delete: {CRISIS}").click()
        expect(page.get_by_test_id("user")).to_have_count(0)
        sheet.get_by_role("button", name="Undo").click()
        expect(page.get_by_test_id("user")).to_have_text([CRISIS])
        _kept(page, f"{CRISIS}1", "Greetings <b>1")
        sheet.get_by_role("button", name="Delete all").click()
        expect(sheet).to_contain_text("2 conversations are deleted.")
        expect(page.get_by_test_id("user")).to_have_count(0)
        sheet.get_by_role("button", name="Close").click()
        ask(page, "thanks")
        _kept(page, "thanks1")


def test_nothing_is_believed(browser: Browser, chat: str) -> None:
    """What no longer stands is left out of the page, and kept; without anything that stands, nothing is opened."""
    with opened(browser, chat) as page:
        ask(page, BORISOV)
        ask(page, CRISIS)
        _kept(page, f"{BORISOV}2")
        _new_chat(page)
        page.evaluate(TAMPERED, [0])
        sheet = _history(page)
        sheet.get_by_role("button", name="<img").first.click()
        told = page.get_by_text("1 of its 2 questions is left out: what it quotes has changed, or is not here.")
        expect(told).to_be_visible()
        expect(page.get_by_test_id("user")).to_have_text([CRISIS])
        ask(page, "hello")
        _kept(page, f"{CRISIS}2", "<img src=x onerror=alert(1)>2")
        expect(told).to_have_count(0)
        page.evaluate(TAMPERED, [0, 1])
        _new_chat(page)
        _history(page).get_by_role("button", name="<img").first.click()
        expect(sheet).to_contain_text("cannot be opened: what it quotes has changed, or is not here.")
        whole = {"id": "", "title": "A whole one", "about": "", "time": 0, "turns": []}
        odd = json.dumps([None, {}, whole | {"time": 1e99}, whole | {"turns": [None]}, whole])
        page.evaluate("odd => localStorage.setItem('pullquote-history /', odd)", odd)
        page.reload()
        expect(_history(page).get_by_role("listitem")).to_have_count(1)


def test_a_browser_that_keeps_nothing(browser: Browser, chat: str) -> None:
    """The page works all the same, and tells that its history goes with it."""
    with browser.new_context() as context:
        context.add_init_script(REFUSED)
        page = context.new_page()
        page.goto(chat)
        expect(page.locator("#article[tabindex]")).to_be_attached()
        ask(page, CRISIS)
        _new_chat(page)
        page.fill(QUESTION, "half a quest")
        sheet = _history(page)
        expect(sheet).to_contain_text("this list is lost when you close it")
        sheet.get_by_role("button", name=CRISIS).first.click()
        expect(page.get_by_test_id("user")).to_have_text([CRISIS])
