"""What a reader sees while the server is gone, and when another run of it has taken its place."""

from __future__ import annotations

import re
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import SEED
from tests.page import QUESTION, ask, looked_over, opened, settled, until
from tests.server import serve

pytestmark = pytest.mark.slow

LOSE_A_CLICK = """addEventListener("click", (event) => {
    if (event.isTrusted || sessionStorage.lost || !event.target.closest?.(".submit-button")) return;
    sessionStorage.lost = "yes";
    event.stopImmediatePropagation();
}, true)"""
"""The first click of the page itself on Ask is lost, as Gradio loses one when it is busy."""
KEEP_A_QUESTION = """if (!sessionStorage.length) sessionStorage.setItem(
    "pullquote-draft", JSON.stringify({ text: "Who is Yuri Borisov?", waiting: true, said: true }))"""
TOLD = """
    sessionStorage["pullquote-conversation"] = crypto.randomUUID();
    sessionStorage["pullquote-turns"] = JSON.stringify(
        { ...JSON.parse(sessionStorage["pullquote-turns"]), run: "before", told: 1 })"""
"""What a page leaves that has told its turns to a server of which nothing is left."""
KEPT = "sessionStorage.getItem('pullquote-turns')?.includes('{}')"


def test_nothing_is_lost_when_the_server_is_started_anew(browser: Browser) -> None:
    """A banner tells that it is gone; what was typed stays, and a question that was sent goes when it is back."""
    with browser.new_context() as context:
        page = context.new_page()
        with serve(SEED, "--reader", "fast") as address:
            page.goto(address)
            ask(page, "Who is Yuri Borisov?")
            until(page, KEPT.format("Borisov"))
        banner = page.get_by_role("alert")
        page.get_by_role("button", name="Save as JSON").click()
        expect(banner).to_contain_text("The server cannot be reached. What you type is kept.")
        page.fill(QUESTION, "And where does his trip")
        page.press(QUESTION, "Enter")
        expect(banner).to_contain_text("Your question is kept, and will be sent when the server is back.")
        page.focus(QUESTION)
        page.keyboard.press("End")
        page.keyboard.type(" end?")
        expect(banner).to_contain_text("What you type is kept.")
        page.keyboard.press("Enter")
        expect(page.locator(QUESTION)).to_have_value("And where does his trip end?")
        expect(page.get_by_text("Attempting reconnection")).to_be_hidden()
        looked_over(page)
        with serve(SEED, "--reader", "fast", "--port", address.rpartition(":")[2]):
            page.get_by_role("button", name="Try again").click()
            expect(page.get_by_test_id("user")).to_have_text(["Who is Yuri Borisov?", "And where does his trip end?"])
            expect(page.locator("#chat .pq-understood")).to_have_text("In the light of: Who is Yuri Borisov?")
            expect(page.locator("#chat mark")).to_have_count(2)
            expect(page.locator(QUESTION)).to_have_value("")
            expect(banner).to_have_count(0)


def test_a_readers_documents_come_back(browser: Browser) -> None:
    """From the memory of the page, and from nowhere else, with what was said about them; a question waits for them."""
    known: list[str] = []
    taking = (SEED, "--uploads", "--reader", "fast")
    with browser.new_context() as context:
        page = context.new_page()
        page.on("response", lambda reply: known.append(reply.request.method) if "/own_" in reply.url else None)
        with serve(*taking) as address:
            page.goto(address)
            ask(page, "Who is Yuri Borisov?")
            _pasted(page, "Cherry harvest\n\nSweet cherries grow in Essex.")
            _pasted(page, "Plum harvest\n\nRipe plums grow in Surrey. They are sold in Kent.")
            ask(page, "Where do ripe plums grow?")
            page.get_by_role("radio", name="All of your documents").check()
            until(page, KEPT.format('"all":2'))
            until(page, lambda: known.count("GET") >= 2)
        port = address.rpartition(":")[2]
        page.fill(QUESTION, "Where are they sold?")
        page.press(QUESTION, "Enter")
        expect(page.get_by_role("alert")).to_contain_text("Your question is kept")
        with serve(*taking, "--port", port):
            asked = ["Who is Yuri Borisov?", "Where do ripe plums grow?", "Where are they sold?"]
            expect(page.get_by_test_id("user")).to_have_text(asked)
            settled(page)
            expect(page.locator("#chat mark")).to_have_text(["Deputy Prime Minister", "Surrey", "Kent"])
            expect(page.get_by_role("radio", name="All of your documents")).to_be_checked()
            page.locator("#chat a.pq-cite").last.click()
            expect(page.locator("#article .pq-cited")).to_contain_text("They are sold in Kent.")
            until(page, KEPT.format('"all":3'))
            until(page, lambda: known.count("GET") >= 4)
            assert known.count("PUT") == 2
            for store in ("sessionStorage", "localStorage"):
                assert not re.search(
                    "plum|cherr|Surrey|Essex", page.evaluate(f"JSON.stringify({store})"), re.IGNORECASE
                )


def _pasted(page: Page, text: str) -> None:
    """Add a text."""
    page.get_by_role("button", name="Add your own document").click()
    page.get_by_label("Or paste a text").fill(text)
    page.get_by_role("button", name="Ask about this text").click()
    expect(page.locator(".pq-own-said")).to_contain_text(f"Added “{text.splitlines()[0]}”.")


def test_a_server_that_was_told_the_turns_may_end_too(browser: Browser, chat: str) -> None:
    """Before the page is loaded anew: the next one is told them again, and nothing is said to be here that is not."""
    with opened(browser, chat) as page:
        ask(page, "Who is Yuri Borisov?")
        until(page, KEPT.format("Borisov"))
        page.evaluate(TOLD)
        page.reload()
        expect(page.get_by_test_id("user")).to_have_text(["Who is Yuri Borisov?"])
        notice = page.get_by_text("The server was started anew. Your conversation is still here.")
        expect(notice).to_be_visible()
        expect(page.locator("#chat mark")).to_have_count(1)
        looked_over(page)
        page.get_by_role("button", name="OK").click()
        expect(notice).to_have_count(0)


def test_a_question_that_is_sent_twice_is_asked_once(browser: Browser, chat: str) -> None:
    """While the page still looks whether a slow server is there."""
    held: list[Route] = []
    with opened(browser, chat) as page:
        page.route("**/gradio_api/app_id", lambda route: held.append(route), times=1)
        page.fill(QUESTION, "Who is Yuri Borisov?")
        page.press(QUESTION, "Enter")
        page.press(QUESTION, "Enter")
        page.get_by_role("button", name="Ask", exact=True).click()
        until(page, lambda: bool(held))
        held[0].continue_()
        expect(page.get_by_test_id("bot")).to_have_count(1)
        settled(page)
        ask(page, "Who did Putin phone first?")
        expect(page.get_by_test_id("user")).to_have_text(["Who is Yuri Borisov?", "Who did Putin phone first?"])


def test_a_question_that_was_kept_is_asked_once(browser: Browser, chat: str) -> None:
    """When the page is loaded anew, also if the reader sends it, too, and Gradio's server is slow to hear of it."""
    looks: list[Route] = []
    questions: list[Route] = []
    sent: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install()
        page.on("request", lambda request: sent.append(request.url))
        page.add_init_script(KEEP_A_QUESTION)
        # the first is the page's own
        page.route("**/gradio_api/app_id", lambda route: looks.append(route), times=2)
        page.route("**/queue/join*", lambda route: questions.append(route), times=1)
        page.goto(chat)
        expect(page.locator(QUESTION)).to_have_value("Who is Yuri Borisov?")
        expect(page.locator("#article[tabindex]")).to_be_attached()
        page.press(QUESTION, "Enter")
        page.clock.fast_forward(15_000)
        until(page, lambda: len(looks) == 2)
        for route in looks:
            route.continue_()
        until(page, lambda: len(questions) == 1)
        page.clock.fast_forward(15_000)
        questions[0].continue_()
        expect(page.get_by_test_id("bot")).to_have_count(1)
        settled(page)
        ask(page, "Who did Putin phone first?")
        expect(page.get_by_test_id("user")).to_have_text(["Who is Yuri Borisov?", "Who did Putin phone first?"])
        # an empty one would be gone from the conversation by now
        assert sum("/queue/join" in url for url in sent) == 2


def test_a_question_that_was_refused_is_not_sent_by_itself(browser: Browser, chat: str) -> None:
    """It stays in the box, for the person to send again; the next one is under way until it has its answer."""
    refusal = {"detail": "More than 20 questions in a minute. Ask again in 9 seconds."}
    left = "dispatchEvent(new Event('pagehide')) && JSON.parse(sessionStorage.getItem('pullquote-draft'))"
    held: list[Route] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(chat)
        expect(page.locator("#article[tabindex]")).to_be_attached()
        page.route("**/queue/join*", lambda route: route.fulfill(status=429, json=refusal), times=1)
        page.fill(QUESTION, "Who is Yuri Borisov?")
        page.press(QUESTION, "Enter")
        expect(page.get_by_test_id("toast-body")).to_contain_text(refusal["detail"])
        kept = page.evaluate(left)
        assert (kept["text"], kept["waiting"], kept["open"]) == ("Who is Yuri Borisov?", False, False)
        page.route("**/queue/join*", lambda route: held.append(route), times=1)
        page.press(QUESTION, "Enter")
        until(page, lambda: bool(held))
        kept = page.evaluate(left)
        assert (kept["text"], kept["waiting"], kept["open"]) == ("Who is Yuri Borisov?", True, True)
        held[0].continue_()
        expect(page.get_by_test_id("user")).to_have_text(["Who is Yuri Borisov?"])


def test_each_of_several_servers_may_answer(browser: Browser, chat: str) -> None:
    """The page is loaded anew only if the one behind the address does not know what was said, and once a question."""
    runs = count()
    loads: list[str] = []

    def loaded(page: Page) -> None:
        loads.append(page.url)

    with browser.new_context() as context:
        page = context.new_page()
        page.on("load", loaded)
        page.add_init_script(LOSE_A_CLICK)
        page.route("**/gradio_api/app_id", lambda route: route.fulfill(body=str(next(runs))))
        page.goto(chat)
        expect(page.locator("#article[tabindex]")).to_be_attached()
        page.fill(QUESTION, "Who is Yuri Borisov?")
        page.press(QUESTION, "Enter")
        expect(page.get_by_test_id("user")).to_have_text(["Who is Yuri Borisov?"])
        settled(page)
        ask(page, "And where does his trip end?")
        expect(page.locator("#chat .pq-understood")).to_have_text("In the light of: Who is Yuri Borisov?")
        assert len(loads) == 2
        page.reload()
        expect(page.get_by_test_id("user")).to_have_count(2)
        expect(page.get_by_text("The server was started anew")).to_have_count(0)
