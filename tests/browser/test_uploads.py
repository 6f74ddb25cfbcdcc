"""A person's own documents in the chat: brought in three ways, asked at once, and gone when told so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import ROOT, SEED
from tests.page import NARROW, QUESTION, ask, looked_over, opened, until
from tests.server import serve

pytestmark = pytest.mark.slow

DOCUMENTS = ROOT / "tests" / "data" / "documents"
BRIDGE = "New bridge opens in Riverton after eleven years"
DROP = """([name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  for (const kind of ["dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
}"""
HOLD_QUESTIONS = """() => {
  const fetched = fetch;
  held = "";
  fetch = (place, options) => !place.endsWith("/questions") ? fetched(place, options) : new Promise((_, fail) => {
    held = "asked";
    options.signal.addEventListener("abort", () => { held = "given up"; fail(options.signal.reason); });
  });
}"""
"""Drafting takes as long as a test needs: Firefox does not tell of a request that is held and then given up."""


LOST = """if (!sessionStorage.length) for (const [key, kept] of Object.entries({{
    "pullquote-conversation": "the-id-of-before",
    "pullquote-own": "{own}",
    "pullquote-own-count": "2",
    "pullquote-own-why": "{why}",
    "pullquote-draft": JSON.stringify({{ text: "Who won?", waiting: true, own: "{own}" }}),
  }})) sessionStorage.setItem(key, kept)"""
"""What a page leaves that had two documents, and a question about them, when it could not give them back."""
FULL = "Your documents have at most 1,000,000 characters together. Delete one first, or close other pages of this chat."


@pytest.fixture(scope="module")
def taking() -> Iterator[str]:
    """The address of a chat that takes documents."""
    with serve(SEED, "--uploads", "--reader", "fast") as served:
        yield served


def dropped(page: Page, file: list[str]) -> None:
    """Drop a file of a name and a text, once the page listens: the box for questions may be there before that."""
    expect(page.get_by_role("button", name="Add your own document")).to_be_visible()
    page.evaluate(DROP, file)


def added(page: Page, title: str) -> None:
    """Wait until a document is there, and chosen."""
    expect(page.locator(".pq-own-said")).to_have_text(f"Added “{title}”. Your questions are now about it.")
    expect(page.get_by_role("radio", name=title)).to_be_checked()
    expect(page.locator("#article .pq-sentence").first).to_have_text(title)


def test_a_long_document_has_contents(browser: Browser, taking: str) -> None:
    """Its headings are headings, and a list above the text leads to each; words are found in the text alone."""
    parts = [f"## The {name} market\n\n{'It sells pears and plums all year. ' * 90}" for name in ("old", "new", "big")]
    with opened(browser, taking) as page:
        dropped(page, ["markets.md", "\n\n".join(["# Three markets", *parts])])
        added(page, "Three markets")
        expect(page.get_by_role("heading", level=2, name="Three markets")).to_be_visible()
        names = ["The old market", "The new market", "The big market"]
        expect(page.get_by_role("heading", level=3)).to_have_text(names)
        expect(page.get_by_role("heading", name="The big market")).not_to_be_in_viewport()
        page.locator(".pq-contents summary").press("Enter")
        looked_over(page)
        page.get_by_role("link", name="The big market").press("Enter")
        expect(page.get_by_text("The big market").and_(page.locator(".pq-sentence"))).to_be_focused()
        expect(page.get_by_role("heading", name="The big market")).to_be_in_viewport()
        page.keyboard.press("/")
        page.keyboard.type("big market")
        expect(page.locator(".pq-find-count")).to_have_text("1 of 1")
        page.keyboard.press("Escape")
        # an empty box asks nothing
        page.fill(QUESTION, " ")
        page.press(QUESTION, "Enter")
        page.get_by_role("button", name="Ask", exact=True).click()
        ask(page, "What does the old market sell?")
        expect(page.get_by_test_id("user")).to_have_text(["What does the old market sell?"])


def test_a_document_is_asked_at_once(browser: Browser, taking: str) -> None:
    """On a phone, in the dark, by the keyboard: added, asked, its citation opened; nothing for axe to complain of."""
    with opened(browser, taking, viewport=NARROW, color_scheme="dark") as page:
        page.get_by_role("tab", name="Article").press("Enter")
        page.get_by_role("button", name="Add your own document").press("Enter")
        expect(page.locator("#pq-own-file")).to_be_focused()
        looked_over(page)
        page.set_input_files("#pq-own-file", DOCUMENTS / "article.pdf")
        expect(page.locator(QUESTION)).to_be_focused()
        page.get_by_role("tab", name="Article").click()
        added(page, BRIDGE)
        looked_over(page)
        page.keyboard.press("Alt+KeyQ")
        begin = page.locator("#pq-own-starters")
        expect(begin.get_by_role("button").first).to_have_text("What is this about?")
        expect(page.locator("#starters")).to_be_hidden()
        looked_over(page)
        begin.get_by_role("button", name="What is this about?").press("Enter")
        expect(page.locator("#chat .bot").last).to_contain_text("In the article’s own words:")
        expect(begin).to_be_empty()
        expect(page.locator(QUESTION)).to_be_focused()
        page.keyboard.type("Who opened the bridge?")
        page.keyboard.press("Enter")
        expect(page.locator("#chat mark").last).to_contain_text("Ann Byron")
        page.locator("#chat a.pq-cite").last.press("Enter")
        expect(page.locator("#article .pq-cited")).to_contain_text("by Mayor Ann Byron")
        looked_over(page)
        page.keyboard.press("Escape")
        page.get_by_role("tab", name="Article").click()
        page.get_by_role("radio", name="What this chat is about", exact=True).press("Space")
        expect(page.locator("#article .pq-sentence").first).to_contain_text("Russia strengthens military ties")
        expect(begin).to_be_empty()
        page.get_by_role("tab", name="Chat").click()
        ask(page, "Who did Putin phone first?")
        expect(page.locator("#chat mark").last).to_contain_text("Ortega")
        page.evaluate(DROP, ["half.pdf", "%PDF-1.7\nhalf of it"])
        expect(page.locator(".pq-own-wrong li")).to_be_visible()


def test_documents_come_by_dropping_and_pasting_and_go(browser: Browser, taking: str) -> None:
    """They outlive a reload. Another tab sees nothing; deleted, or cleared, they are gone with what they answered."""
    with opened(browser, taking) as page:
        dropped(page, ["plums.txt", "Plum harvest\n\nRipe plums grow in Surrey."])
        added(page, "Plum harvest")
        ask(page, "Where do ripe plums grow?")
        expect(page.locator("#chat mark")).to_contain_text("Surrey")
        expect(page.locator(".pq-asked")).to_have_text("Your question is about: Plum harvest")
        page.get_by_role("button", name="Add your own document").click()
        page.get_by_label("Or paste a text").fill("Cherry harvest\n\nSweet cherries grow in Essex.")
        page.get_by_role("button", name="Ask about this text").click()
        added(page, "Cherry harvest")
        ask(page, "Where do sweet cherries grow?")
        expect(page.locator("#chat mark").last).to_contain_text("Essex")
        until(page, """sessionStorage.getItem("pullquote-turns")?.endsWith('"turns":[],"all":2}')""")
        assert page.evaluate("localStorage.getItem('pullquote-history /')") is None
        page.get_by_role("radio", name="All of your documents").check()
        page.reload()
        expect(page.get_by_role("radio", name="All of your documents")).to_be_checked()
        expect(page.locator("#chat mark")).to_have_count(2)
        other = page.context.new_page()
        other.goto(taking)
        expect(other.get_by_role("button", name="Add your own document")).to_be_visible()
        expect(other.get_by_role("radio")).to_have_count(0)
        other.close()
        page.get_by_role("button", name="Delete Plum harvest").click()
        expect(page.locator(".pq-own-said")).to_have_text("“Plum harvest” and the answers from it are deleted.")
        expect(page.locator("#chat mark")).to_have_count(1)
        expect(page.get_by_test_id("user")).to_have_text(["Where do sweet cherries grow?"])
        page.get_by_role("button", name="New chat").click()
        expect(page.get_by_role("radio")).to_have_count(0)
        expect(page.locator(".pq-own-said")).to_be_empty()
        # questions to begin with that are still to come are given up with their document
        page.evaluate(HOLD_QUESTIONS)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#chat mark")).to_have_count(1)
        until(page, "held === 'asked'")
        page.get_by_role("button", name="Delete Cherry harvest").click()
        until(page, "held === 'given up'")
        expect(page.get_by_role("radio")).to_have_count(0)
        expect(page.locator("#article .pq-sentence").first).to_contain_text("Russia strengthens military ties")


def test_everything_is_asked_together(browser: Browser, taking: str) -> None:
    """What the chat is about and one's own documents: each answer names the one that it quotes, and opens it."""
    with opened(browser, taking) as page:
        expect(page.locator(".pq-asked")).to_be_hidden()
        dropped(page, ["plums.txt", "Plum harvest\n\nRipe plums grow in Surrey."])
        added(page, "Plum harvest")
        page.get_by_role("radio", name="Everything: what this chat is about, and your documents").check()
        expect(page.locator(".pq-asked")).to_have_text(
            "Your question is about: Everything: what this chat is about, and your documents"
        )
        looked_over(page)
        ask(page, "Who did Putin phone first?")
        expect(page.locator("#chat mark")).to_contain_text("Ortega")
        expect(page.locator("#article .pq-sentence").first).to_contain_text("Russia strengthens military ties")
        ask(page, "Where do ripe plums grow?")
        expect(page.locator("#chat mark").last).to_contain_text("Surrey")
        expect(page.locator("#chat a.pq-cite").last).to_contain_text("Plum harvest")
        expect(page.locator("#article .pq-sentence").first).to_contain_text("Plum harvest")
        page.get_by_role("radio", name="What this chat is about", exact=True).check()
        expect(page.locator(".pq-asked")).to_be_hidden()


def test_an_address_is_refused_in_a_line(browser: Browser) -> None:
    """It is asked for where that is allowed alone, and never in a private network."""
    with serve(SEED, "--uploads", "--allow-fetch", "--reader", "fast") as address, opened(browser, address) as page:
        page.get_by_role("button", name="Add your own document").click()
        page.get_by_label("Or give the address of a page on the web").fill("http://127.0.0.1:9/secret")
        looked_over(page)
        page.keyboard.press("Enter")
        expect(page.locator(".pq-own-wrong li")).to_have_text(
            [
                "http://127.0.0.1:9/secret leads to '127.0.0.1', which is on this machine or in a private network. "
                "Save the page and give its file."
            ]
        )


def test_what_is_refused_is_told(browser: Browser, taking: str) -> None:
    """In a line, as text whatever the name is; the page goes on, and markup in a title stays text."""
    with opened(browser, taking) as page:
        dropped(page, ["<img src=x onerror=alert(1)>\u202e.txt", "%PDF-1.7\nhalf of it"])
        expect(page.locator(".pq-own-wrong")).to_contain_text("<img src=x onerror=alert(1)>�.txt is damaged, or no")
        dropped(page, ["big.txt", "x" * 10_000_001])
        expect(page.locator(".pq-own-wrong li")).to_have_text(
            ["big.txt has more than 10 MB. Give a part of it, or its text."]
        )
        dropped(page, ["long.txt", "\n\n".join(f"Village {number} grows plums." for number in range(5000))])
        expect(page.locator(".pq-own-said")).to_have_text("Preparing long.txt …")
        looked_over(page)
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".pq-own-wrong li")).to_have_text(["long.txt was not added."])
        expect(page.get_by_role("progressbar")).to_have_count(0)
        looked_over(page)
        title = "<b onclick=alert(1)>Plums</b> & <script>alert(1)</script>"
        dropped(page, ["a.txt", f"{title}\n\nRipe plums grow in Surrey."])
        added(page, title)
        expect(page.locator(".pq-own b, .pq-own script, .pq-own img")).to_have_count(0)


@pytest.mark.parametrize(
    ("own", "why", "said"),
    [
        ("own_0123456789abcdef", "", "2 of your documents are no longer here. Add them again."),
        ("all-together", FULL, f"2 of your documents could not be sent again. {FULL}"),
    ],
)
def test_a_question_about_a_lost_document_is_asked_of_nothing_else(
    browser: Browser, taking: str, own: str, why: str, said: str
) -> None:
    """It stays in the box, and it is told that the documents are gone."""
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(LOST.format(own=own, why=why))
        page.goto(taking)
        expect(page.get_by_text(said)).to_be_visible()
        expect(page.locator("#article .pq-sentence").first).to_contain_text("Russia strengthens military ties")
        # it would have gone by now
        page.wait_for_timeout(1_000)
        expect(page.locator(QUESTION)).to_have_value("Who won?")
        expect(page.get_by_test_id("user")).to_have_count(0)
        looked_over(page)


def test_what_is_done_while_documents_are_given_back_stands(browser: Browser, taking: str) -> None:
    """One that is deleted meanwhile does not come back, one that is added is kept; why one was refused is told."""
    held: list[Route] = []
    brought: list[Route] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(taking)
        for title in ("Plums", "Cherries", "Pears"):
            with page.expect_response("**/own_*"):
                dropped(page, ["a.txt", f"{title}\n\nThey grow in Surrey."])
            added(page, title)

        def refuse(route: Route) -> None:
            context.request.delete(route.request.url)
            route.fulfill(status=409, json={"detail": FULL})

        def give(route: Route) -> None:
            if route.request.method != "PUT":
                route.continue_()
            elif "Pears" in (route.request.post_data or ""):
                refuse(route)
            elif held:
                route.continue_()
            else:
                held.append(route)

        page.route("**/gradio_api/app_id", lambda route: route.fulfill(body="another"))
        page.route(re.compile("/uploads/[^/]*$"), lambda route: route.fulfill(json={"documents": []}), times=1)
        page.route("**/own_*", give)
        page.route(re.compile("name=a.txt"), lambda route: brought.append(route))
        page.fill(QUESTION, "Where do they grow?")
        page.press(QUESTION, "Enter")
        until(page, lambda: bool(held))
        page.get_by_role("button", name="Delete Plums").click()
        expect(page.get_by_role("radio", name="Plums")).to_have_count(0)
        dropped(page, ["a.txt", "Apples\n\nThey grow in Kent."])
        held[0].continue_()
        expect(page.get_by_text("Your documents are being sent to it again")).to_have_count(0)
        until(page, lambda: bool(brought))
        brought[0].continue_()
        expect(page.get_by_text(f"1 of your documents could not be sent again. {FULL}")).to_be_visible()
        expect(page.locator(".pq-own-row")).to_contain_text(["Cherries", "Apples"])
        expect(page.locator("#chat mark")).to_have_text(["Kent"])
        assert "Pears" not in page.evaluate("JSON.stringify(sessionStorage)")
