"""The chat in a real browser, with the real models, as a reader uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.article import Article
from index.sentences import split
from rag.chat.starters import SHOWN
from rag.rendering.wording import UNSURE
from tests.conftest import HOSTILE, SEED
from tests.page import NARROW, QUESTION, WIDE, ask, looked_over, opened, settled
from tests.server import serve

pytestmark = pytest.mark.slow

SCROLLED = """[document.documentElement.scrollHeight, scrollY, [...document.querySelectorAll("body *")]
  .filter(one => one.scrollHeight > one.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(one).overflowY))
  .map(one => one.id || one.classList[0])]"""
"""How high the page is, how far it is scrolled, and what scrolls in it."""
PLACES = """() => {
  const log = document.querySelector('#chat [role="log"]');
  const top = (selector) => [...document.querySelectorAll(`#chat [data-testid="${selector}"]`)].at(-1)
    .getBoundingClientRect().top - log.getBoundingClientRect().top;
  return [Math.round(top("user")), Math.round(top("bot")), log.clientHeight, scrollY];
}"""
"""How far below the log's top the newest question and its answer begin; the log's height; the window's place."""
MIDDLE = """() => {
  const [sentence, pane] = [".pq-cited", "#article"].map((one) => document.querySelector(one).getBoundingClientRect());
  return Math.abs((sentence.top + sentence.bottom) / 2 - (pane.top + pane.bottom) / 2);
}"""
"""How far the marked sentence is from the middle of the article's pane."""
HIGHLIGHTED = "[...CSS.highlights.get('pq-words') ?? []].map(range => range.toString())"


@pytest.fixture
def page(browser: Browser, chat: str) -> Iterator[Page]:
    """A page on the chat; whatever goes wrong in its console, or leaves our origin, fails the test."""
    with opened(browser, chat) as shown:
        yield shown


@pytest.fixture(scope="module")
def careless() -> Iterator[str]:
    """The address of a chat that refuses nothing."""
    with serve(SEED, "--reader", "fast", "--caution", "none") as served:
        yield served


def test_a_question_is_answered_and_its_citation_leads_to_the_sentence(page: Page, seed: Article) -> None:
    """The cited sentence is highlighted and in view, the exact words stronger, and Escape leads back."""
    ask(page, "Who did Putin phone first?")
    expect(page.locator("#chat mark")).to_contain_text("Ortega")
    words = page.locator("#chat mark").inner_text()
    sentence = page.locator(f'[id="s-{seed.id}-27"]')
    page.locator("#article").evaluate("pane => pane.scrollTo({ top: 0, behavior: 'instant' })")
    expect(sentence).not_to_be_in_viewport()
    page.locator("#chat a.pq-cite").click()
    expect(sentence).to_have_class("pq-sentence pq-cited")
    expect(sentence).to_be_in_viewport(ratio=0.99)
    assert page.locator(".pq-cited").all_inner_texts() == [sentence.inner_text()]
    assert "A day after that remark, Putin phoned Nicaraguan President Daniel Ortega" in sentence.inner_text()
    assert page.evaluate(HIGHLIGHTED) == [words]
    assert page.url.count("#") == 0
    page.keyboard.press("Escape")
    expect(page.locator(".pq-cited")).to_have_count(0)
    assert page.evaluate(HIGHLIGHTED) == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "390"])
def test_an_answer_opens_at_its_beginning(browser: Browser, chat: str, size: dict[str, int]) -> None:
    """The newest question stands where the first one stood, above a long answer and above a short one.

    The arrow to the end of the log is shown while a part of the last answer is below, and not above empty room.
    """
    with opened(browser, chat, viewport=size, reduced_motion="reduce") as page:
        ask(page, "Who is Yuri Borisov?")
        expect(page.locator("#chat mark")).to_have_count(1)
        first, *_ = page.evaluate(PLACES)
        assert 24 <= first <= 48  # below the button that clears
        for question in ("How many countries did he visit?", "hi", "When was the Cuban Missile Crisis?"):
            ask(page, question)
            page.wait_for_timeout(500)  # Gradio scrolled to the end a moment later
            asked, answered, height, window = page.evaluate(PLACES)
            assert abs(asked - first) <= 1  # half a pixel may be rounded to either side
            assert window == 0
            assert asked < answered < height / 3
        arrow = page.locator("#chat .scroll-down-button-container")
        log = page.locator('#chat [role="log"]')
        # more than Gradio takes for the end, and less than the room under the answer
        log.evaluate("log => log.scrollBy(0, -101)")
        expect(arrow).to_be_attached()
        expect(arrow).to_be_hidden()
        log.evaluate("log => log.scrollTo(0, 0)")
        expect(arrow).to_be_visible()


def test_who_scrolls_while_an_answer_comes_stays_there(page: Page) -> None:
    """The answer does not take the log away from what is read."""
    ask(page, "Who is Yuri Borisov?")
    ask(page, "How many countries did he visit?")
    page.evaluate(
        """() => new MutationObserver((_, watching) => {
          if (!document.querySelector("#chat .pq-step")) return;
          watching.disconnect();
          requestAnimationFrame(() => {
            const log = document.querySelector('#chat [role="log"]');
            log.dispatchEvent(new WheelEvent("wheel", { bubbles: true }));
            log.scrollTo({ top: 0, behavior: "instant" });
          });
        }).observe(document.querySelector("#chat"), { childList: true, subtree: true })"""
    )
    ask(page, "Whom did Putin phone first, on the next day?")
    page.wait_for_timeout(500)
    assert page.locator('#chat [role="log"]').evaluate("log => log.scrollTop") == 0


def test_the_article_follows_an_answer_beside_it(browser: Browser, chat: str, seed: Article) -> None:
    """The cited sentence is marked in the middle of the pane; focus and window stay; a refusal clears the mark."""
    with opened(browser, chat, reduced_motion="reduce") as page:
        for question, number in (("Who did Putin phone first?", 27), ("When was the Cuban Missile Crisis?", 22)):
            ask(page, question)
            expect(page.locator(".pq-cited")).to_have_count(1)
            expect(page.locator(".pq-cited")).to_have_id(f"s-{seed.id}-{number}")
            assert page.evaluate(HIGHLIGHTED) == [page.locator("#chat mark").last.inner_text()]
            assert page.evaluate("scrollY") == 0
            assert page.evaluate("document.activeElement.matches('#question textarea')")
        assert page.evaluate(MIDDLE) <= 2
        ask(page, "how do i cook arepas")
        expect(page.locator(".pq-cited")).to_have_count(0)
        assert page.evaluate(HIGHLIGHTED) == []


def test_the_article_behind_the_chat_stays_where_it_is(browser: Browser, chat: str) -> None:
    """Nothing is marked, nothing moves, and the chat stays in front of it, until a citation is clicked."""
    with opened(browser, chat, viewport=NARROW, reduced_motion="reduce") as page:
        ask(page, "Who did Putin phone first?")
        expect(page.locator("#chat mark")).to_have_count(1)
        page.wait_for_timeout(500)
        expect(page.locator(".pq-cited")).to_have_count(0)
        assert page.evaluate("[scrollY, document.querySelector('#article').scrollTop]") == [0, 0]
        expect(page.get_by_role("tab", name="Chat", selected=True)).to_be_visible()


def test_the_keyboard_alone_is_enough(page: Page, seed: Article) -> None:
    """Ask, go to the citation with Tab, follow it with Enter, come back with Escape."""
    page.focus(QUESTION)
    page.keyboard.type("When was the Cuban Missile Crisis?")
    page.keyboard.press("Enter")
    expect(page.locator("#chat mark")).to_contain_text("1962")
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('a.pq-cite')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".pq-cited")).to_have_id(f"s-{seed.id}-22")
    assert page.evaluate("document.activeElement.id") == f"s-{seed.id}-22"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('a.pq-cite')")


@pytest.mark.chromium
def test_a_citation_shows_its_sentence_on_a_card(browser: Browser, chat: str) -> None:
    """Under the mouse and by the keyboard, between the sentences around it, until Esc; a finger opens the article."""
    with opened(browser, chat, has_touch=True, reduced_motion="reduce") as page:
        ask(page, "When was the Cuban Missile Crisis?")
        card, chip = page.get_by_role("tooltip"), page.locator("#chat a.pq-cite")
        for keyboard in (False, True):
            if keyboard:
                page.keyboard.press("Alt+KeyK")
            else:
                chip.hover()
            expect(card).to_contain_text("delivering nuclear-capable missiles to Cuba during a 1962 standoff")
            expect(card.locator("mark")).to_have_text("1962")
            assert card.inner_text().startswith("Moscow’s opening to Managua and Havana has roots in history")
            expect(chip).to_have_attribute("aria-describedby", "pq-card")
            box = card.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= WIDE["width"]
            assert box["y"] + box["height"] <= WIDE["height"]
            looked_over(page)
            page.keyboard.press("Escape")
            expect(card).to_be_hidden()
            page.mouse.move(0, 0)
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        chip.tap()
        expect(page.locator(".pq-cited")).to_be_focused()
        expect(card).to_be_hidden()


def test_selected_words_are_asked_about(page: Page) -> None:
    """By the button beside them, and by the keyboard alone; the question waits in the box. Elsewhere there is none."""
    button = page.get_by_role("button", name="Ask about this")
    page.locator("#article .pq-sentence", has_text="Intermediate-Range").evaluate(
        """one => {
          one.scrollIntoView({ block: "center" });
          const from = one.textContent.indexOf("the Cuban Missile Crisis");
          getSelection().setBaseAndExtent(one.firstChild, from, one.firstChild, from + 24);
        }"""
    )
    expect(button).to_be_visible()
    assert button.evaluate("one => one.offsetWidth") < 200
    looked_over(page)
    button.click()
    expect(page.locator(QUESTION)).to_be_focused()
    expect(page.locator(QUESTION)).to_have_value("What is “the Cuban Missile Crisis”?")
    expect(button).to_be_hidden()
    page.keyboard.press("Enter")
    settled(page)
    expect(page.locator("#chat mark")).to_contain_text("1962")
    page.locator("#chat a.pq-cite").press("Enter")
    expect(page.locator(".pq-cited")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(button).to_be_visible()
    page.keyboard.press("Alt+KeyA")
    expect(page.locator(QUESTION)).to_be_focused()
    expect(page.locator(QUESTION)).to_have_value("What is “In one”?")
    page.locator("#chat blockquote").evaluate("one => getSelection().selectAllChildren(one)")
    page.wait_for_timeout(300)  # nothing comes, and there is nothing to wait for
    expect(button).to_be_hidden()


def test_a_screen_reader_is_told_what_is_what(page: Page) -> None:
    """Messages have numbers, buttons say on which question they act, and the answer alone is read out."""
    question = "When was the Cuban Missile Crisis?"
    ask(page, question)
    expect(page.get_by_role("group", name="Question 1")).to_have_text(question)
    expect(page.get_by_role("group", name="Answer 1")).to_contain_text("1962")
    expect(page.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "off")
    words, sentence = page.locator("#chat strong").inner_text(), page.locator("#chat blockquote").text_content()
    assert sentence
    told = f"{words} {sentence.replace(' show in the article', '').strip()}"
    expect(page.get_by_role("status").filter(has_text="1962")).to_have_text(told)
    page.get_by_role("button", name=f"Edit question: {question}").press("Space")
    expect(page.locator(QUESTION)).to_have_value(question)


def test_what_the_article_does_not_say_looks_different(page: Page) -> None:
    """No citation number, a plain refusal, the closest sentence, and the others folded until asked for."""
    ask(page, "how do i cook arepas")
    expect(page.locator("#chat .pq-refusal")).to_have_text("The article doesn't say this. Closest passages:")
    closest = page.locator("#chat .pq-closest li")
    expect(closest.first).to_be_visible()
    expect(closest.last).to_be_hidden()
    expect(page.locator("#chat mark")).to_have_count(0)
    page.locator("#chat .pq-closest summary").click()
    expect(closest.last).to_be_visible()
    why = page.locator("#chat .pq-why")
    why.get_by_text("Why no answer").click()
    expect(why.get_by_text("Nothing in the article is near the question.")).to_be_visible()
    expect(why.get_by_text("read by the accurate reader")).to_be_hidden()
    why.get_by_text("Details", exact=True).click()
    expect(why.get_by_text("read by the accurate reader")).to_be_visible()
    closest.first.locator("a.pq-cite").click()
    expect(page.locator(".pq-cited")).to_have_count(1)


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)])
def test_an_unsure_answer_is_marked(browser: Browser, careless: str, scheme: str, size: dict[str, int]) -> None:
    """By a chip before its words, in their paragraph, and by an edge along the whole answer."""
    with opened(browser, careless, viewport=size, color_scheme=scheme) as page:
        ask(page, "how do i cook arepas")
        doubt = page.locator("#chat .pq-unsure")
        expect(doubt).to_have_text(UNSURE)
        expect(doubt).to_have_css("border-top-style", "solid")
        expect(doubt).to_have_css("font-style", "normal")
        answer = page.locator("#chat .message-content", has=page.locator(".pq-unsure"))
        expect(answer).to_have_css("border-left-width", "6px")
        amber = {"light": "rgb(154, 103, 0)", "dark": "rgb(255, 200, 61)"}[scheme]
        expect(answer).to_have_css("border-left-color", amber)
        words = page.locator("#chat blockquote mark").inner_text()
        assert doubt.locator("xpath=..").inner_text() == f"{UNSURE}\n{words}"
        looked_over(page)


def test_the_starter_questions_are_answered(page: Page) -> None:
    """What it is about first; each gives a citation, and all are gone once one is asked."""
    starters = page.locator("#starters button")
    expect(starters).to_have_count(SHOWN)
    expect(starters.first).to_have_text("What is this about?")
    others = starters.all_inner_texts()[1:]
    starters.first.press("Enter")
    expect(page.locator(QUESTION)).to_be_focused()
    expect(page.locator("#chat a.pq-cite").first).to_be_visible()
    expect(page.locator("#starters, #begin").filter(visible=True)).to_have_count(0)
    for number, question in enumerate(others, start=2):
        ask(page, question)
        expect(page.locator("#chat .bot:has(a.pq-cite)")).to_have_count(number)
    expect(page.locator("#chat .pq-refusal")).to_have_count(0)


def test_a_question_typed_while_another_is_answered_is_asked_next(page: Page) -> None:
    """Neither is lost, and the box is not emptied under the typing hand."""
    # its part of the script may be the last to come
    expect(page.locator("#chat")).to_be_attached()
    # in the page itself, for a quick machine may answer before a test has seen that it began
    page.evaluate(
        """question => new MutationObserver((_, watching) => {
          if (!document.querySelector("#chat .pq-step")) return;
          watching.disconnect();
          requestAnimationFrame(() => {
            const box = document.querySelector("#question textarea");
            box.value = question;
            box.dispatchEvent(new Event("input", { bubbles: true }));
            window.meanwhile = document.querySelectorAll("#chat .pq-step").length;
            document.querySelector("#question .submit-button").click();
          });
        }).observe(document.querySelector("#chat"), { childList: true, subtree: true })""",
        "When was the Cuban Missile Crisis?",
    )
    # asked nowhere else: what the server remembers it answers at once
    page.fill(QUESTION, "Whom did Putin phone first, the day after?")
    page.press(QUESTION, "Enter")
    expect(page.locator("#chat mark")).to_have_count(2)
    assert "Ortega" in page.locator("#chat mark").nth(0).inner_text()
    assert "1962" in page.locator("#chat mark").nth(1).inner_text()
    expect(page.locator(QUESTION)).to_have_value("")
    assert page.evaluate("window.meanwhile") == 1


def test_bad_input_gets_a_plain_reply(page: Page) -> None:
    """Nothing typed asks nothing; no word, and more than can be read: the server says so, and goes on."""
    page.press(QUESTION, "Enter")
    ask(page, "?")
    expect(page.get_by_test_id("bot").last).to_contain_text("type a question")
    ask(page, "why " * 126)
    expect(page.get_by_test_id("bot").last).to_contain_text("at most 500 characters")
    ask(page, "When was the Cuban Missile Crisis?")
    expect(page.locator("#chat mark")).to_contain_text("1962")


def test_a_new_chat_can_be_undone_until_something_is_asked(page: Page) -> None:
    """The conversation is gone from the page, and comes back by Undo alone."""
    ask(page, "how do i cook arepas")
    expect(page.locator("#chat .pq-refusal")).to_have_count(1)
    for undone in (True, False):
        page.get_by_role("button", name="New chat").click()
        expect(page.locator("#chat .pq-refusal")).to_have_count(0)
        expect(page.locator(QUESTION)).to_be_focused()
        if undone:
            looked_over(page)
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Enter")
            expect(page.locator("#chat .pq-refusal")).to_have_count(1)
    ask(page, "When was the Cuban Missile Crisis?")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator("#chat mark")).to_contain_text("1962")
    expect(page.locator("#chat .pq-refusal")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_is_accessible(browser: Browser, chat: str, scheme: str) -> None:
    """No sideways scrolling and no axe violation, before and after answer, refusal and citation, on a telephone too."""
    with opened(browser, chat, color_scheme=scheme) as page:
        assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
        looked_over(page)
        ask(page, "Who did Putin phone first?")
        expect(page.locator("#chat mark")).to_contain_text("Ortega")
        ask(page, "how do i cook arepas")
        expect(page.locator("#chat .pq-refusal")).to_have_count(1)
        page.locator("#chat .pq-closest summary").click()
        looked_over(page)
        page.locator("#chat a.pq-cite").first.click()
        expect(page.locator(".pq-cited")).to_have_count(1)
        looked_over(page)
        _fills_the_window(page)
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        looked_over(page)
        expect(page.locator(QUESTION)).to_be_hidden()
        page.get_by_role("button", name="Back to the answer").click()
        expect(page.locator("#chat a.pq-cite").first).to_be_focused()
        expect(page.locator("#chat a.pq-cite").first).to_be_in_viewport()
        looked_over(page)
        _switches(page)


def _fills_the_window(page: Page) -> None:
    """The box stays at the bottom, and only the conversation and the article scroll; in a low window all does."""
    height = page.evaluate("innerHeight")
    assert page.evaluate(SCROLLED) == [height, 0, ["bubble-wrap", "article"]]
    for selector in ("#question", "#article"):
        box = page.locator(selector).bounding_box()
        assert box
        assert height - 32 < box["y"] + box["height"] <= height
    page.set_viewport_size({"width": WIDE["width"], "height": 300})
    assert page.locator("#chat").evaluate("one => one.offsetHeight") >= 160
    page.locator("#question").scroll_into_view_if_needed()
    expect(page.locator("#question")).to_be_in_viewport(ratio=0.99)


def _switches(page: Page) -> None:
    """On a telephone the tabs lead to the article and back, by the keyboard too; so do a citation, Alt+Q and saving."""
    expect(page.locator("#article")).to_be_hidden()
    page.get_by_role("tab", name="Article", selected=False).click()
    expect(page.locator("#article")).to_be_visible()
    expect(page.locator("#chat")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Chat", selected=True)).to_be_focused()
    page.locator("#chat a.pq-cite").first.click()
    expect(page.locator(".pq-cited")).to_be_visible()
    expect(page.locator(".pq-cited")).to_be_in_viewport(ratio=0.99)
    page.keyboard.press("Alt+KeyQ")
    expect(page.locator(QUESTION)).to_be_focused()
    page.get_by_role("tab", name="Article").click()
    saving = page.locator("#more .pq-save")
    saving.get_by_text("Save", exact=True).click()
    expect(saving.get_by_role("button", name="Save as Markdown")).to_be_visible()
    page.keyboard.press("Escape")
    expect(saving).to_have_js_property("open", False)
    expect(saving.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    saving.get_by_role("button", name="Save as JSON").click()
    expect(saving).to_have_js_property("open", False)
    expect(page.locator(QUESTION)).to_be_visible()
    assert page.evaluate(SCROLLED)[:2] == [NARROW["height"], 0]


def test_without_a_run_there_are_no_tabs(browser: Browser, chat: str) -> None:
    """Nor anything at the address."""
    with opened(browser, chat) as page:
        expect(page.get_by_role("tab")).to_have_count(0)
        assert page.request.get(f"{chat}/evaluation").status == 404


def test_hostile_text_shows_literally(browser: Browser, tmp_path: Path) -> None:
    """In the article, in the question and in the closest sentences: no element, no script, no request."""
    path = tmp_path / "hostile.txt"
    path.write_text("\n\n".join(f"The word {text} is here" for text in HOSTILE), encoding="utf-8")
    article = Article(path.read_text(encoding="utf-8"))
    with serve(path, "--reader", "fast") as address, opened(browser, address) as page:
        shown = page.locator("#article .pq-sentence").evaluate_all("all => all.map(one => one.textContent)")
        assert shown == [article.text[s.start : s.end] for s in split(article)]
        for text in HOSTILE:
            ask(page, text)
            expect(page.get_by_test_id("user").last).to_have_text(text)
        markup = page.locator("#chat .md, #article").locator("img, svg, script, form, input, table, h1, h2, code")
        expect(markup).to_have_count(0)
        links = page.locator("#chat .md a, #article a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        actions = {link.partition("-")[0] for link in links}
        assert {"#cite", "#edit"} <= actions <= {"#cite", "#copy", "#link", "#edit", "#raw", "#ask"}
