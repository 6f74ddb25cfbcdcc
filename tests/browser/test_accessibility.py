"""The chat as those use it who hear it, enlarge it, or have no mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.page import QUESTION, ask, heard, opened

pytestmark = pytest.mark.slow

ASKED = "When was the Cuban Missile Crisis?"
ENLARGED = {"width": 640, "height": 400}
"""A window of 1280 by 800 pixels, enlarged twice."""
EMPTY = """
- main:
  - heading "Pullquote" [level=1]
  - button "Find in the article": Find
  - button "Display"
  - button "History"
  - paragraph:
    - button "New chat"
    - button "Save as Markdown"
    - button "Save as JSON"
  - group: Keyboard
  - log "Conversation":
    - paragraph: Ask about the article. Every a…
  - status
  - status
  - status
  - paragraph: "Questions to begin with:"
STARTERS
  - text: Your question
  - textbox "Your question"
  - button "Ask"
  - region "Article":
    - heading "Russia strengthens military ties in Venezuela, visits Cuba and Nicaragua" [level=2]
    - paragraph: Venezuelan President Nicolás M…
"""
ANSWERED = f"""
- log "Conversation":
  - group "Question 1":
    - paragraph: {ASKED}
  - group "Answer 1":
    - paragraph:
      - strong: "1962"
    - blockquote:
      - paragraph:
        - text: In one of the most tense episo…
        - mark: "1962"
        - text: standoff known as the Cuban Missile Crisis.
        - link "[1] show in the article"
    - group: Copy
    - 'button "Edit question: {ASKED}"': Edit question
    - group: "How sure: very (95 %)"
    - paragraph:
      - text: "The article also answers:"
FOLLOWING
"""
REFUSED = """
- group "Answer 2":
  - text: "The article doesn't say this. Closest passages:"
  - list:
    - listitem:
      - text: After lengthy talks on Wednesd…
      - link "↗ show in the article"
  - group: More passages
  - 'button "Edit question: how do i cook arepas"': Edit question
  - group: Why no answer
"""
CONTROLS = ":is(#more, #chat) :is(a, summary), #starters button, #question :is(textarea, button)"
FOCUSED = """() => {
  const one = document.activeElement;
  const ring = one.matches("textarea") ? one.closest(".block") : one;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(ring);
  const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 || boxShadow !== "none";
  return [one.getAttribute("aria-label") ?? one.textContent.trim(), seen];
}"""
"""The name of what has the focus, and whether it has a ring."""
SIDEWAYS = """[document.documentElement, ...document.querySelectorAll("body *")].filter((one) =>
  one.scrollWidth > one.clientWidth && one.checkVisibility()
  && (one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX)))
  .map((one) => one.id || one.className || one.tagName)"""
"""What can be scrolled sideways."""
WATCH = """(() => {
  window.moved = new Set();
  for (const name of ["scroll", "scrollTo", "scrollBy", "scrollIntoView"]) {
    const act = Element.prototype[name];
    Element.prototype[name] = function (...given) {
      if (given[0]?.behavior === "smooth") moved.add(`${name} ${this.id}`);
      return act.apply(this, given);
    };
  }
  const look = () => {
    for (const { animationName, transitionProperty, effect } of document.getAnimations()) {
      // that of the first HTML shows it no longer, after a while
      if (animationName?.startsWith("pq-")) continue;
      moved.add(`${animationName ?? transitionProperty} ${effect.target.className}`);
    }
    requestAnimationFrame(look);
  };
  look();
})()"""
"""Keeps what moves."""


def test_what_a_screen_reader_hears(browser: Browser, chat: str) -> None:
    """Names, roles and their order: of the empty chat, of an answer with its citation, and of a refusal."""
    with opened(browser, chat) as page:
        empty = _with(EMPTY, "STARTERS", page.locator("#starters button"), "  ").splitlines()
        told = heard(page.locator("main")).splitlines()
        assert told[: len(empty)] == empty
        assert {line.partition(":")[0] for line in told[len(empty) :]} == {"    - paragraph"}
        ask(page, ASKED)
        answered = _with(ANSWERED, "FOLLOWING", page.locator("#chat a.pq-next"), "      ")
        assert heard(page.get_by_role("log")) == answered
        ask(page, "how do i cook arepas")
        assert heard(page.get_by_role("group", name="Answer 2")) == REFUSED.strip()


def test_the_keyboard_reaches_all_in_order(browser: Browser, chat: str) -> None:
    """From the box, which has the focus at first, to a citation, to its sentence and back; each stop has a ring."""
    with opened(browser, chat) as page:
        expect(page.locator(QUESTION)).to_be_focused()
        page.keyboard.type(ASKED)
        page.keyboard.press("Enter")
        expect(page.locator("#chat .pq-acts").last).to_be_visible()
        following = page.locator("#chat a.pq-next").all_inner_texts()
        why = page.locator("#chat .pq-why > summary").inner_text()
        answer = ["[1] show in the article", "Copy", f"Edit question: {ASKED}", why, *following]
        head = ["Find in the article", "Display", "History", "New chat", "Save as Markdown", "Save as JSON", "Keyboard"]
        before = [*head, *answer]
        assert _walked(page, "Shift+Tab", len(before)) == [(name, True) for name in reversed(before)]
        assert _walked(page, "Tab", len(before) - 1)[len(head) - 1] == (answer[0], True)
        page.keyboard.press("Alt+KeyQ")
        expect(page.locator(QUESTION)).to_be_focused()
        assert _walked(page, "Tab", 2) == [("Ask", True), ("Article", True)]
        page.keyboard.press("Alt+KeyJ")
        page.keyboard.press("Enter")
        expect(page.locator(".pq-cited")).to_be_focused()
        assert page.evaluate(FOCUSED)[1]
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="[1] show in the article")).to_be_focused()


def test_enlarged_and_calm_it_lacks_nothing(browser: Browser, chat: str) -> None:
    """Twice as big: all is there and nothing scrolls sideways. Where the system asks for no motion, nothing moves."""
    with opened(browser, chat, viewport=ENLARGED, device_scale_factor=2, reduced_motion="reduce") as page:
        page.evaluate(WATCH)
        ask(page, ASKED)
        ask(page, "how do i cook arepas")
        for one in page.locator(CONTROLS).filter(visible=True).all():
            one.scroll_into_view_if_needed()
            expect(one).to_be_in_viewport(ratio=0.9)
        page.locator("#chat blockquote a.pq-cite").press("Enter")
        expect(page.locator(".pq-cited")).to_be_in_viewport()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Back to the answer")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#chat blockquote a.pq-cite")).to_be_focused()
        expect(page.locator("#chat blockquote a.pq-cite")).to_be_in_viewport()
        for width in (ENLARGED["width"], 320):  # enlarged twice, and four times
            page.set_viewport_size({"width": width, "height": 400})
            assert page.evaluate(SIDEWAYS) == []
        assert page.evaluate("[...moved]") == []


def _with(text: str, place: str, buttons: Locator, indent: str) -> str:
    """Put the names of some buttons into a text: which questions are offered is not decided here."""
    names = [f'{indent}- button "{name.strip()}"' for name in buttons.all_inner_texts()]
    assert names
    return text.strip().replace(place, "\n".join(names))


def _walked(page: Page, key: str, steps: int) -> list[tuple[str, bool]]:
    stops = []
    for _ in range(steps):
        page.keyboard.press(key)
        name, ring = page.evaluate(FOCUSED)
        stops.append((name, ring))
    return stops
