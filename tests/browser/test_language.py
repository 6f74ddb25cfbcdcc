"""The pages in German: all that is not the article's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rag.locale import LOCALES
from tests.conftest import ROOT, SEED
from tests.page import NARROW, QUESTION, ask, looked_over, opened
from tests.server import serve

pytestmark = pytest.mark.slow

SAY = LOCALES["de"].message
EMPTY = [
    SAY(f"page.{name}")
    for name in ("about", "question", "new", "saveMarkdown", "saveJson", "keys")
]  # fmt: skip

TOO_LONG = "a.txt has 1,300,000 characters; at most 300,000 are read. Give it in several parts, a chapter each."

PASTED = ROOT / "tests" / "data" / "documents" / "article.txt"
OWN_WORDS = {"Pullquote", "fast"}
"""Names, of the program and of a reader."""
LISTEN = """window.heard = [];
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const one = (target.parentElement ?? target).closest('[role="status"], [role="alert"]');
    if (one && !one.querySelector('[lang="en"]')) heard.push(one.textContent);
  }
}).observe(document, { childList: true, characterData: true, subtree: true });"""
"""Keeps what is read out when it comes, and may be gone before one looks."""
LABELLED = """[...document.querySelectorAll("[title], [placeholder]")].filter((one) => one.checkVisibility())
  .map((one) => `${one.title} ${one.placeholder ?? ""}`).join(" ")"""
ENGLISH_PARTS = """[...document.querySelectorAll('[lang="en"]')].map((one) => one.textContent).join(" ")"""


@pytest.fixture(scope="module")
def page(browser: Browser, chat: str) -> Iterator[Page]:
    """The chat, narrow, opened by a browser that likes German."""
    with opened(browser, chat, locale="de-DE", viewport=NARROW) as shown:
        yield shown


def test_the_chat_speaks_german(page: Page) -> None:
    """Before its scripts have come and after; an answer, a refusal and small talk; the article's words stay English."""
    assert page.evaluate("document.documentElement.lang") == "de"
    for told in EMPTY:
        expect(page.locator("body")).to_contain_text(told)
    expect(page.locator(QUESTION)).to_have_attribute("placeholder", SAY("page.example"))
    expect(page.get_by_role("tab", name=SAY("chat.article"))).to_be_visible()
    expect(page.get_by_role("button", name=SAY("page.ask"), exact=True)).to_be_visible()
    looked_over(page)
    ask(page, "When was the Cuban Missile Crisis?")
    answer = page.get_by_test_id("bot").last
    expect(answer.locator("mark")).to_have_text("1962")
    expect(answer.get_by_role("button", name=SAY("bubble.edit"))).to_be_visible()
    expect(answer).to_contain_text("Wie sicher: sehr (95\N{NO-BREAK SPACE}%)")
    expect(answer).to_have_attribute("aria-label", "Antwort 1")
    heard = page.get_by_role("status").filter(has_text="1962")
    assert set(
        heard.locator("span").evaluate_all("all => all.filter(one => one.innerText.trim()).map(one => one.lang)")
    ) == {"en"}
    ask(page, "how do I cook arepas?")
    expect(page.locator(".pq-refusal")).to_contain_text(SAY("answer.notInArticle"))
    expect(page.get_by_role("log", name=SAY("chat.conversation"))).to_be_visible()
    ask(page, "Thanks!")
    expect(page.get_by_test_id("bot").last).to_contain_text(SAY("talk.thanks"))
    assert page.locator("#article").get_attribute("lang") == "en"
    assert [one.get_attribute("lang") for one in page.locator("#chat :is(blockquote, .pq-answer)").all()] == [
        "en",
        "en",
    ]
    looked_over(page)
    page.get_by_role("button", name=SAY("history.history")).click()
    sheet = page.get_by_role("dialog", name=SAY("history.history"))
    expect(sheet).to_contain_text("3 Fragen · jetzt offen")
    expect(sheet.locator("time")).to_contain_text("Heute, ")
    looked_over(page)


def test_the_frame_speaks_german(browser: Browser, chat: str) -> None:
    """By its reader's browser, or as the page that embeds it says; what the server says in English is said again."""
    for options, query in (({"locale": "de-AT"}, ""), ({}, "?lang=de")):
        with browser.new_context(**options) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{chat}/embed{query}")
            page.get_by_label(SAY("embed.question")).fill("Goodbye!")
            page.get_by_role("button", name=SAY("embed.ask"), exact=True).click()
            expect(page.locator(".answer")).to_have_text(SAY("talk.farewell"))
            assert page.evaluate("document.documentElement.lang") == "de"
            assert [
                one.get_attribute("lang") for one in page.locator(".asked, #title, #starters button").all()
            ] == 5 * ["en"]
            # an error that others read in English, with its numbers
            page.route("**/api/ask", lambda route: route.fulfill(status=422, json={"detail": TOO_LONG}))
            page.get_by_label(SAY("embed.question")).fill("Where?")
            page.get_by_role("button", name=SAY("embed.ask"), exact=True).click()
            expect(page.locator(".problem")).to_contain_text("a.txt hat 1.300.000 Zeichen, höchstens 300.000 werden")


def test_an_error_speaks_german(page: Page) -> None:
    """In Gradio's box, title and all: a document that is gone is asked about."""
    page.keyboard.press("Escape")
    ask(page, "When was the Cuban Missile Crisis?")
    page.locator("#pq-own textarea").evaluate(
        "(box) => { box.value = 'own_2acaabfb3eb7d239'; box.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    page.locator(QUESTION).fill("Where was it?")
    page.locator(QUESTION).press("Enter")
    box = page.get_by_test_id("toast-body")
    expect(box).to_contain_text(SAY("errors.documentGone"))
    expect(box.locator(".toast-title")).to_have_text(SAY("chat.error"))
    # nothing covers what was typed and said
    page.locator(QUESTION).click()
    expect(page.locator(QUESTION)).to_have_value("Where was it?")
    page.locator("#chat a.pq-cite").first.click(trial=True)
    box.get_by_role("button", name=SAY("chat.close"), exact=True).click()


def test_nothing_of_the_frame_is_english(browser: Browser) -> None:
    """Whatever a screen reader or a tooltip says in any state: of the table, or of what is marked as English."""
    german = {word for section in LOCALES["de"].messages.values() for word in _words(str(section))} | OWN_WORDS
    with serve(SEED, "--reader", "fast", "--uploads") as address, browser.new_context(locale="de") as context:
        page = context.new_page()
        page.add_init_script(LISTEN)
        page.goto(address)
        expect(page.locator("#article[tabindex]")).to_be_attached()

        def left() -> set[str]:
            # the article may be exchanged meanwhile
            english = page.evaluate(ENGLISH_PARTS)
            told = "\n".join([page.locator("body").aria_snapshot(), page.evaluate(LABELLED), *page.evaluate("heard")])
            # roles, properties and states stand in the tree in English
            told = re.sub(r"^ *- (/url.*|'?/?\w+)|\[\w+(=\w+)?\]", "", told, flags=re.MULTILINE)
            return _words(told) - _words(english) - _words(page.evaluate(ENGLISH_PARTS)) - german

        assert sorted(left()) == []
        for question in ("Who is Nicolás Maduro?", "how do I cook arepas?", "Thanks!", "What is this about?"):
            ask(page, question)
        page.locator("#chat details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        expect(page.get_by_role("button", name=SAY("chat.below"))).to_be_visible()
        assert sorted(left()) == []
        for name in ("display.display", "history.history", "find.name"):
            page.get_by_role("button", name=SAY(name), exact=True).click()
            assert sorted(left()) == [], name
            page.keyboard.press("Escape")
        page.set_viewport_size({"width": 390, "height": 844})
        assert sorted(left()) == []
        page.set_viewport_size({"width": 1280, "height": 800})
        page.get_by_role("button", name=SAY("uploads.add")).click()
        assert sorted(left()) == []
        page.get_by_label(SAY("uploads.paste")).fill(PASTED.read_text(encoding="utf-8"))
        page.get_by_role("button", name=SAY("uploads.askText")).click()
        expect(page.locator(".pq-asked")).to_be_visible()
        expect(page.locator("#article")).to_contain_text("New bridge opens in Riverton")
        assert sorted(left()) == []
        page.get_by_role("button", name=SAY("page.new")).click()
        expect(page.get_by_text(SAY("chat.new"))).to_be_visible()
        expect(page.locator("#article")).to_contain_text("Russia strengthens military ties")
        assert sorted(left()) == []


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", text))
