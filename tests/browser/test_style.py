"""What the style of the chat gives: sizes, contrasts, paper, and forced colours."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from rag.api.routes.embed import STATIC
from tests.conftest import SEED
from tests.page import NARROW, QUESTION, WIDE, ask, looked_over, opened
from tests.server import serve

pytestmark = pytest.mark.slow

_TARGETS = (
    "#chat a.pq-cite, #chat a.pq-act, #chat summary, #chat button, #more a, #more summary, #starters button, "
    "#question button, .pq-views button"
)
_SMALLER = """([all, least]) => [...document.querySelectorAll(all)].filter(one => one.checkVisibility()).filter(one => {
  const { width, height } = one.getBoundingClientRect();
  return width < least || height < least;
}).map(one => one.outerHTML)"""
_LINES = """() => [...document.querySelectorAll("#article p:not(.pq-title)")].flatMap(one => {
  const lines = new Map();
  const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    for (let place = 0; place < text.length; place++) {
      const range = new Range();
      range.setStart(text, place);
      range.setEnd(text, place + 1);
      const box = range.getClientRects()[0];
      if (box?.width) lines.set(Math.round(box.bottom), (lines.get(Math.round(box.bottom)) ?? 0) + 1);
    }
  }
  return [...lines.values()];
})"""
_TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_CLIPPED = """all => [...document.querySelectorAll(all)].filter(one => one.scrollHeight > one.clientHeight + 1)
  .map(one => one.className)"""


@pytest.fixture(scope="module")
def careless() -> Iterator[str]:
    """The address of a chat that refuses nothing."""
    with serve(SEED, "--reader", "fast", "--caution", "none") as served:
        yield served


@pytest.mark.parametrize("width", [905, 1000, 1100])
def test_a_window_of_any_width_is_used(browser: Browser, careless: str, width: int) -> None:
    """Gradio's own page grows in steps, and would leave up to 300 px empty; the header is one line."""
    with opened(browser, careless, locale="de-DE", viewport={"width": width, "height": 700}) as page:
        head = page.locator("#head").bounding_box()
        assert head is not None
        assert (head["x"], head["width"]) == (32, width - 64)
        assert head["height"] <= 48


def _colour(page: Page, selector: str, name: str, pseudo: str | None = None) -> str:
    found = page.eval_on_selector(
        selector, "(one, [name, pseudo]) => getComputedStyle(one, pseudo)[name]", [name, pseudo]
    )
    return str(found)


def _contrast(one: str, other: str) -> float:
    """How far apart two opaque colours are, as WCAG counts it: from 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    found = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour)
    assert found, colour
    shares = [int(part) / 255 for part in found.groups()]
    red, green, blue = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _letters(text: str) -> str:
    """The text as a printed page gives it back: without spaces, for lines end anywhere, and without ligatures."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_contrast_is_counted_as_in_the_standard() -> None:
    """Black on white is 21 to 1, and the lightest grey that passes on white 4.5."""
    assert _contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert _contrast("rgb(118, 118, 118)", "rgb(255, 255, 255)") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_box_is_seen(browser: Browser, chat: str, scheme: str) -> None:
    """Its frame, ring of two pixels and button are 3 to 1 at least, its placeholder and the button's word 4.5."""
    with opened(browser, chat, color_scheme=scheme) as page:
        page.focus(QUESTION)
        inside = _colour(page, QUESTION, "backgroundColor")
        around = _colour(page, "gradio-app", "backgroundColor") if scheme == "dark" else "rgb(255, 255, 255)"
        assert _contrast(_colour(page, QUESTION, "color", "::placeholder"), inside) >= 4.5
        assert _colour(page, ".form:has(#question)", "borderTopWidth") == "1px"
        frame = _colour(page, ".form:has(#question)", "borderTopColor")
        assert min(_contrast(frame, inside), _contrast(frame, around)) >= 3
        assert _colour(page, "#question", "outlineStyle") == "solid"
        assert _colour(page, "#question", "outlineWidth") == "2px"
        assert _contrast(_colour(page, "#question", "outlineColor"), inside) >= 3
        button = _colour(page, "#question .submit-button", "backgroundColor")
        assert _contrast(button, inside) >= 3
        assert _contrast(_colour(page, "#question .submit-button", "color"), button) >= 4.5
        assert page.request.get(f"{chat}/favicon.ico").body() == (STATIC / "favicon.svg").read_bytes()
        page.locator("#question .submit-button").focus()
        assert _colour(page, "#question", "outlineStyle") == "none"


def test_an_answer_is_a_small_card(browser: Browser, chat: str) -> None:
    """A few words large, their sentence, and one row of buttons: 170 pixels at most; what unfolds stands below it."""
    with opened(browser, chat) as page:
        ask(page, "Who did Putin phone first?")
        expect(page.locator("#chat .pq-answer")).to_have_css("font-size", "20px")
        ask(page, "hi")  # what is asked next is offered below the last answer alone
        card = page.locator("#chat .bot.message").first
        height = card.evaluate("card => card.offsetHeight")
        assert 100 < height <= 170
        row = card.locator(".pq-acts > a, .pq-acts > details > summary")
        tops = row.evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert len(tops) == 3
        assert max(tops) - min(tops) <= 1
        why = card.locator(".pq-why > summary")
        place = "one => one.getBoundingClientRect().top - one.closest('.message').getBoundingClientRect().top"
        before = why.evaluate(place)
        why.click()
        expect(card.locator(".pq-why > details")).to_be_visible()
        assert why.evaluate(place) == before
        assert card.evaluate("card => card.offsetHeight") > height + 24


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_doubt_is_seen(browser: Browser, careless: str, scheme: str) -> None:
    """Its edge is 3 to 1 at least, and its words 4.5."""
    with opened(browser, careless, color_scheme=scheme) as page:
        ask(page, "how do i cook arepas")
        ground = _colour(page, "#chat .pq-unsure", "backgroundColor")
        assert _contrast(_colour(page, "#chat .pq-unsure", "color"), ground) >= 4.5
        edge = _colour(page, "#chat .message-content:has(.pq-unsure)", "borderLeftColor")
        assert _contrast(edge, _colour(page, "#chat .bot.message", "backgroundColor")) >= 3


_HEAD = 48
"""Pixels of the row above the chat, at most."""


@pytest.mark.parametrize(
    ("size", "touch", "least"), [(WIDE, False, 24), pytest.param(NARROW, True, 44, marks=pytest.mark.chromium)]
)
def test_what_is_pressed_is_big_enough(
    browser: Browser, chat: str, size: dict[str, int], touch: bool, least: int
) -> None:
    """24 pixels for a mouse, 44 for a finger; the answer, the refusal and all that stands around them."""
    with opened(browser, chat, viewport=size, has_touch=touch) as page:
        assert page.evaluate("matchMedia('(pointer: coarse)').matches") == touch
        assert page.evaluate("document.querySelector('#head').offsetHeight") <= _HEAD
        ask(page, "Who did Putin phone first?")
        ask(page, "how do i cook arepas")
        page.locator("#chat .pq-closest summary").click()
        expect(page.locator("#chat .pq-closest a.pq-cite").first).to_be_visible()
        page.locator("#chat .pq-copy > summary").click()
        expect(page.get_by_role("button", name="Copy as text")).to_be_visible()
        assert page.locator(_TARGETS).count() >= 12
        assert page.evaluate(_SMALLER, [_TARGETS, least]) == []


def test_the_article_is_set_to_be_read(browser: Browser, chat: str) -> None:
    """A reading type of 17 pixels, and no line of more than 68 characters, however wide the window is."""
    with opened(browser, chat, viewport={"width": 1920, "height": 1080}) as page:
        text = page.locator("#article p").nth(1)
        expect(text).to_have_css("font-size", "17px")
        expect(text).to_have_css("line-height", "27.2px")
        assert text.evaluate("one => getComputedStyle(one).fontFamily").endswith("serif")
        lines = page.evaluate(_LINES)
        assert len(lines) > 60
        assert 50 <= max(lines) <= 68
        expect(page.locator(QUESTION)).to_have_css("font-size", "16px")
        expect(page.locator("#starters button").first).to_have_css("font-size", "16px")


@pytest.mark.chromium
def test_size_and_colours_are_chosen_by_the_keyboard_and_kept(browser: Browser, chat: str) -> None:
    """The article and the chat grow together; what is chosen goes before the system, also after a reload."""
    dark, light = re.compile(r"\bdark\b"), re.compile(r"^(?!.*\bdark\b)")
    with opened(browser, chat, viewport=NARROW, color_scheme="light") as page:
        ask(page, "When was the Cuban Missile Crisis?")
        opener, menu = page.get_by_role("button", name="Display"), page.get_by_role("dialog", name="Display")
        opener.press("Enter")
        expect(menu.get_by_label("Normal")).to_be_focused()
        for key in ("ArrowDown", "ArrowDown", "Tab", "ArrowDown", "ArrowDown"):
            page.keyboard.press(key)
        expect(menu.get_by_label("Dark")).to_be_checked()
        looked_over(page)
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        expect(opener).to_be_focused()
        # in the first HTML too, before Gradio is there
        page.route("**/assets/*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
        page.reload(wait_until="commit")
        expect(page.locator("#opening .pq-beginning")).to_have_css("font-size", "24.65px")
        expect(page.locator("#opening h1")).to_have_css("color", "rgb(244, 244, 245)")
        page.unroute("**/assets/*.js")
        page.reload()
        expect(page.locator("body")).to_have_class(dark)
        expect(page.locator("#chat .pq-answer")).to_have_css("font-size", "29px")
        expect(page.locator("#article p").nth(1)).to_have_css("font-size", "24.65px")
        for system in ("dark", "light"):
            page.emulate_media(color_scheme=system)
            page.evaluate(_TWO_FRAMES)  # so that a change would have been made
            expect(page.locator("body")).to_have_class(dark)
        page.set_viewport_size({"width": 390, "height": 300})
        opener.click()
        assert menu.evaluate(
            "one => one.getBoundingClientRect().bottom <= innerHeight && one.scrollHeight > one.offsetHeight"
        )
        page.set_viewport_size({"width": 390, "height": 844})
        menu.get_by_label("System").check()
        expect(page.locator("body")).to_have_class(light)
        page.emulate_media(color_scheme="dark")
        expect(page.locator("body")).to_have_class(dark)
        menu.get_by_label("Light").check()
        expect(page.locator("body")).to_have_class(light)
        menu.get_by_label("Normal").check()
        expect(page.locator("#chat .pq-answer")).to_have_css("font-size", "20px")


@pytest.mark.chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_shows_all(browser: Browser, chat: str, scheme: str) -> None:
    """Neither pane is clipped, the letters are black, and what is there to be pressed is gone."""
    with opened(browser, chat, color_scheme=scheme) as page:
        ask(page, "Who did Putin phone first?")
        ask(page, "how do i cook arepas")
        panes = "#chat, #chat .bubble-wrap, #article"
        assert len(page.evaluate(_CLIPPED, panes)) >= 2
        page.emulate_media(media="print")
        assert page.evaluate(_CLIPPED, panes) == []
        for selector in ("#question", "#starters", "#more", "#chat .pq-acts", "#chat button", ".pq-strip"):
            expect(page.locator(selector).first).to_be_hidden()
        for selector in ("#article p:last-child span", "#chat blockquote", '#chat [data-testid="user"]'):
            assert _colour(page, selector, "color") == "rgb(0, 0, 0)"
        assert _colour(page, "#article p", "backgroundColor", "::highlight(pq-hit)") == "rgba(0, 0, 0, 0)"


@pytest.mark.chromium
def test_a_printed_page_has_the_whole_conversation_and_the_whole_article(browser: Browser, chat: str) -> None:
    """In the file that the browser prints, from the first question to the article's last word."""
    with opened(browser, chat) as page:
        ask(page, "Who did Putin phone first?")
        ask(page, "how do i cook arepas")
        printed = _letters("".join(one.extract_text() for one in PdfReader(io.BytesIO(page.pdf())).pages))
        said = ("Who did Putin phone first?", "how do i cook arepas")
        place = 0
        for text in (*said, *page.locator("#article p").all_inner_texts()):
            # an answer quotes the article before it comes: what is looked for is behind what was found last
            place = printed.find(_letters(text), place)
            assert place >= 0, text
            place += len(_letters(text))
        assert place == len(printed)


@pytest.mark.chromium
def test_forced_colours_keep_borders_and_the_mark(browser: Browser, chat: str) -> None:
    """The words stay marked in the chat, the sentence in the article is framed, and buttons have edges."""
    with opened(browser, chat, forced_colors="active") as page:
        ask(page, "Who did Putin phone first?")
        mark = _colour(page, "#chat mark", "backgroundColor")
        assert mark != _colour(page, "#chat .bot.message", "backgroundColor")
        assert _contrast(mark, _colour(page, "#chat mark", "color")) >= 4.5
        page.locator("#chat a.pq-cite").first.click()
        expect(page.locator(".pq-cited")).to_have_css("outline-style", "solid")
        expect(page.locator(".pq-cited")).to_have_css("outline-width", "2px")
        for button in ("#question .submit-button", "#starters button >> nth=0"):
            expect(page.locator(button)).to_have_css("border-top-style", "solid")
            expect(page.locator(button)).to_have_css("border-top-width", "1px")
