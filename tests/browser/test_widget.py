"""The widget in pages of another origin, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from index.article import Article
from index.sentences import split
from tests.conftest import SEED
from tests.host import Site, ask, site, visited
from tests.page import heard, until
from tests.server import serve

pytestmark = pytest.mark.slow

QUESTION = "What did Maduro say Wednesday about Russia?"
SENTENCE = (
    "Maduro said Wednesday that “Russia is fully supported by Venezuela in the face of threats from NATO and the "
    "Western world.”"
)
UNAVAILABLE = "This is not available right now."
PAINTED = """kind => [...CSS.highlights].filter(([name]) => name.includes(kind))
  .flatMap(([, ranges]) => [...ranges].map(String))"""
IN_VIEW = """() => {
  const [[, [range]]] = [...CSS.highlights].filter(([name]) => name.includes("sentence"));
  return [...range.getClientRects()].every(({ left, top, width, height }) => {
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return top >= 0 && top + height <= innerHeight && there && there.localName !== "pull-quote";
  });
}"""


PANEL = """
- button "Close" [expanded]: ×
- dialog "Ask about this article":
  - heading "Ask about this article" [level=2]
  - button "Start again"
  - button "Close"
  - log "Questions and answers":
    - paragraph: Every answer is quoted from the article, word for word.
    - paragraph: "You asked: What did Maduro say Wednesday about Russia?"
    - paragraph: Russia is fully supported by V…
    - blockquote:
      - paragraph:
        - text: Maduro said Wednesday that “
        - mark: Russia is fully supported by V…
        - text: .”
      - button "[1] Show in the page"
    - button "Copy with source"
    - paragraph: "You asked: Who won the cup final?"
    - paragraph: "The article doesn't say this.…
    - blockquote:
      - paragraph: Moscow has already played a ke…
      - button "↗ Show in the page"
    - group: More passages
  - status
  - text: Your question
  - textbox "Your question"
  - button "Ask"
"""
"""What a screen reader is told of the open panel."""


@pytest.fixture(scope="module")
def host(seed: Article) -> Iterator[Site]:
    """A site that may embed the chat."""
    with site(seed) as pages, serve(SEED, "--reader", "fast", "--allow-origin", pages.origin) as chat:
        pages.chat = chat
        yield pages


def test_opens_the_citation_in_a_hostile_page(browser: Browser, host: Site) -> None:
    """Asks, answers, and paints the sentence in view, whatever the page's styles and policy do against it."""
    requests: list[str] = []
    with visited(browser, f"{host.origin}/hostile.html") as (page, errors):
        page.on("request", lambda request: requests.append(request.url))
        widget = page.locator("pull-quote")
        ask(widget, QUESTION)
        expect(widget.locator(".quote p")).to_have_text(SENTENCE)
        widget.locator(".citation").click()
        expect(widget.locator(".status")).to_have_text("Shown in the page.")
        assert page.evaluate(PAINTED, "sentence") == [SENTENCE]
        assert page.evaluate(PAINTED, "words") == [widget.locator("mark").text_content()]
        until(page, f"({IN_VIEW})()")
        seen = page.evaluate("seen")
        assert [name for name, _, _ in seen] == ["ready", "question", "answer", "citationclick", "highlight"]
        assert {composed for _, _, composed in seen} == {True}
        assert seen[0][1] == {"article": {"id": host.article.id, "title": host.article.title}}
        assert (seen[1][1], seen[3][1]["citation"]["quote"]) == ({"question": QUESTION}, SENTENCE)
        assert (seen[4][1]["found"], seen[4][1]["exact"], seen[4][1]["text"]) == (True, True, SENTENCE)
        assert {url.split("/")[2] for url in requests} == {host.chat.split("/")[2]}
        assert errors == []


def test_finds_every_sentence(browser: Browser, host: Site) -> None:
    """Finds each sentence of the article in the page, and paints that and no more."""
    text = host.article.text
    quotes = [text[sentence.start : sentence.end] for sentence in split(host.article)]
    with visited(browser, f"{host.origin}/hostile.html") as (page, errors):
        until(page, "seen.length")
        found = page.evaluate(
            f"quotes => quotes.map(q => Pullquote.highlight(q) && ({PAINTED})('sentence')[0])", quotes
        )
        assert found == quotes
        assert errors == []


def test_finds_a_sentence_in_pieces(browser: Browser, host: Site) -> None:
    """Looks over tags, white space, straight quotes and hidden copies, and says where the page differs a little."""
    with visited(browser, f"{host.origin}/split.html") as (page, errors):
        widget = page.locator("pull-quote")
        ask(widget, QUESTION)
        widget.locator(".citation").click()
        (painted,) = page.evaluate(PAINTED, "sentence")
        straight = SENTENCE.translate({0x201C: '"', 0x201D: '"'})
        assert re.sub(r"\W|not shown|nor this", "", painted) == re.sub(r"\W", "", straight)
        until(page, f"({IN_VIEW})()")
        ask(widget, "Where will Borisov’s trip end?")
        widget.locator(".citation").last.click()
        expect(widget.locator(".status")).to_contain_text("words differ a little. In the article it reads: “Borisov’s")
        (near,) = page.evaluate(PAINTED, "sentence")
        assert near.startswith("Borisov's stopover in Venezuela marked the start")
        assert near.endswith("and then end in Cuba.")
        assert page.evaluate(PAINTED, "words") == ["Cuba"]
        place = "[...[...CSS.highlights][0][1]][0].startContainer.parentElement.textContent"
        for context, beginning in [
            ({"prefix": "Caracas. "}, "He was"),
            ({"prefix": "said yes. "}, "She was"),
            ({"suffix": " It rained."}, "She was"),
        ]:
            page.evaluate("quote => Pullquote.highlight(quote)", {"quote": "He said no.", **context})
            assert page.evaluate(place).startswith(beginning)
        assert errors == []


def test_says_that_the_page_lacks_the_sentence(browser: Browser, host: Site) -> None:
    """Shows the quotation where the page does not have it, and paints nothing."""
    with visited(browser, f"{host.origin}/lacking.html") as (page, errors):
        widget = page.locator("pull-quote")
        widget.locator(".launcher").click()
        expect(widget.locator(".starter")).to_have_text(["Where will Borisov’s trip end?", "Who is Borisov?"])
        widget.locator(".starter").first.click()
        widget.locator(".citation").click()
        expect(widget.locator(".status")).to_contain_text(
            "This page does not have the sentence. In the article it reads: “Bor"
        )
        assert page.evaluate("CSS.highlights.size") == 0
        ask(widget, "Who won the cup final?")
        expect(widget.locator(".refusal")).to_have_text(
            "The article doesn't say this. Nothing in the article is near the question. Closest passages:"
        )
        expect(widget.locator(".refusal + .quote")).to_be_visible()
        expect(widget.locator(".closest summary")).to_have_text("More passages")
        assert page.evaluate("seen.map(([name, { found }]) => found ?? name)")[-3:] == [False, "question", "abstain"]
        assert errors == []


def test_several_widgets(browser: Browser, host: Site) -> None:
    """Keeps three widgets on a page from right to left apart: in place, language, paint and conversation."""
    with visited(browser, f"{host.origin}/pair.html") as (page, errors):
        inline, first, second = (page.locator(f"#{name}") for name in ("inline", "first", "second"))
        expect(inline.locator(".send")).to_have_text("اسأل")
        assert inline.locator(".root").get_attribute("dir") == "rtl"
        first.locator(".launcher").click()
        expect(first.locator(".panel")).to_be_visible()
        second.locator(".launcher").click()
        expect(first.locator(".panel")).to_be_hidden()
        expect(first.locator(".send")).to_have_text("Fragen")
        boxes = [widget.locator(".launcher").bounding_box() for widget in (first, second)]
        assert boxes[0]["y"] >= boxes[1]["y"] + boxes[1]["height"]  # type: ignore[index]  # both are shown
        page.evaluate("document.body.style.background = 'black'")
        expect(second.locator(".root")).to_have_attribute("data-theme", "dark")
        for widget in (inline, second):
            ask(widget, QUESTION)
            widget.locator(".citation").press("Enter")
        assert page.evaluate(PAINTED, "sentence") == [SENTENCE, SENTENCE]
        page.evaluate("inline.clear()")
        assert page.evaluate(PAINTED, "sentence") == [SENTENCE]
        assert (inline.locator(".turn").count(), second.locator(".turn").count()) == (0, 1)
        assert errors == []


def test_says_that_it_is_not_allowed(browser: Browser, host: Site, seed: Article) -> None:
    """Says in a page of another origin that it is not available and no more, and tells its console once what to do."""
    with site(seed) as stranger:
        stranger.chat = host.chat
        with visited(browser, f"{stranger.origin}/hostile.html") as (page, errors):
            widget = page.locator("pull-quote")
            widget.locator(".launcher").click()
            problem = f"does not let pages of {stranger.origin} ask. Start it with --allow-origin {stranger.origin}"
            expect(widget.locator(".problem")).to_have_text(f"{UNAVAILABLE} Try again")
            for part in (".form", ".log", ".starters"):
                expect(widget.locator(part)).to_be_hidden()
            with page.expect_request(f"{host.chat}/api/articles/*"):
                widget.locator(".again").click()
            expect(widget.locator(".problem")).to_have_text(f"{UNAVAILABLE} Try again")
            assert page.evaluate("Pullquote.ask('Who?')") is None
            assert [error for error in errors if "Pullquote" in error] == [f"Pullquote: {host.chat} {problem}"]
            assert page.evaluate("seen") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_has_no_barriers(browser: Browser, host: Site, theme: str) -> None:
    """Passes axe with answers and refusals shown, in both themes and where a page is enlarged twice."""
    with visited(browser, f"{host.origin}/lacking.html") as (page, _):
        page.evaluate(f"Pullquote.dataset.theme = '{theme}'")
        widget = page.locator("pull-quote")
        ask(widget, QUESTION)
        ask(widget, "Who won the cup final?")
        widget.locator("summary").click()
        for size in ({"width": 1280, "height": 800}, {"width": 640, "height": 400}, {"width": 320, "height": 640}):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # such a mapping
            found = Axe().run(page).response["violations"]
            assert [(v["id"], [n["failureSummary"] for n in v["nodes"]]) for v in found] == []
            expect(widget.locator(".form")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_a_screen_reader_hears(browser: Browser, host: Site) -> None:
    """Names, roles and their order in the open panel: an answer with its citation, and a refusal."""
    with visited(browser, f"{host.origin}/lacking.html") as (page, _):
        widget = page.locator("pull-quote")
        ask(widget, QUESTION)
        ask(widget, "Who won the cup final?")
        assert heard(widget) == PANEL.strip()


def test_needs_no_mouse(browser: Browser, host: Site) -> None:
    """Opens, asks, shows and closes by keyboard, with the focus taken in and led back."""
    with visited(browser, f"{host.origin}/hostile.html") as (page, errors):
        widget = page.locator("pull-quote")
        until(page, "seen.length")
        page.keyboard.press("Tab")
        expect(widget.locator(".launcher")).to_be_focused()
        page.keyboard.press("Enter")
        expect(widget.get_by_role("dialog", name="Ask about this article")).to_be_visible()
        expect(widget.get_by_label("Your question")).to_be_focused()
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        expect(widget.locator(".citation")).to_be_visible()
        page.keyboard.press("Shift+Tab")
        expect(widget.locator(".copy")).to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(widget.locator(".citation")).to_be_focused()
        page.keyboard.press("Enter")
        assert page.evaluate(PAINTED, "sentence") == [SENTENCE]
        page.keyboard.press("Escape")
        assert page.evaluate("CSS.highlights.size") == 0
        expect(widget.locator(".panel")).to_be_visible()
        page.keyboard.press("Enter")
        expect(widget.locator(".unmark")).to_have_text("Remove highlight")
        while page.evaluate("document.activeElement.shadowRoot.activeElement.className") != "unmark":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("CSS.highlights.size") == 0
        expect(widget.locator(".unmark")).to_be_hidden()
        expect(widget.locator(".status")).to_be_empty()
        expect(widget.locator(".citation")).to_be_focused()
        page.keyboard.press("Escape")
        expect(widget.locator(".panel")).to_be_hidden()
        expect(widget.locator(".launcher")).to_be_focused()
        assert errors == []


def test_the_launcher_closes_what_it_opened(browser: Browser, host: Site) -> None:
    """It is a × with the name "Close" while the panel is open, and in the same corner it gets its words back."""
    with visited(browser, f"{host.origin}/hostile.html") as (page, errors):
        launcher = page.locator("pull-quote .launcher")
        expect(launcher).to_have_accessible_name("Ask about this article")
        closed = launcher.bounding_box()
        launcher.click()
        expect(launcher).to_have_text("×")
        expect(launcher).to_have_accessible_name("Close")
        expect(launcher).to_have_attribute("aria-expanded", "true")
        opened = launcher.bounding_box()
        assert closed is not None
        assert opened is not None
        assert (opened["width"], opened["height"]) == (48, 48)
        right_edges = [box["x"] + box["width"] for box in (closed, opened)]
        assert right_edges == pytest.approx([1264, 1264])
        launcher.click()
        expect(page.locator("pull-quote .panel")).to_be_hidden()
        expect(launcher).to_be_focused()
        expect(launcher).to_have_text("Ask about this article")
        expect(launcher).to_have_accessible_name("Ask about this article")
        # a <header> would be the page's: a landmark, for its readers, and a name that its scripts look for
        assert page.locator("pull-quote header").count() == 0
        assert errors == []


@pytest.mark.chromium
@pytest.mark.parametrize("language", ["en", "de"])
def test_takes_the_marks_away_on_touch(browser: Browser, host: Site, language: str) -> None:
    """By a button, where the panel stays open as where it is closed; the launcher stays in its corner."""
    remove = {"en": "Remove highlight", "de": "Markierung entfernen"}[language]
    with visited(browser, f"{host.origin}/lacking.html", has_touch=True) as (page, errors):
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate(f"Pullquote.dataset.lang = '{language}'")
        widget = page.locator("pull-quote")
        quoted = "Maduro spoke of threats on Wednesday."
        expect(widget.locator(".unmark")).to_be_hidden()
        page.evaluate("quote => Pullquote.highlight(quote)", quoted)
        corner = widget.locator(".launcher").bounding_box()
        assert corner is not None
        assert (corner["x"] + corner["width"], corner["y"] + corner["height"]) == (374, 828)
        expect(widget.locator(".bar .unmark")).to_have_text(remove)
        expect(widget.locator(".bar .unmark")).to_be_in_viewport(ratio=1)
        widget.locator(".unmark").tap()
        assert page.evaluate("CSS.highlights.size") == 0
        expect(widget.locator(".unmark")).to_be_hidden()
        assert widget.locator(".launcher").bounding_box() == corner
        widget.locator(".launcher").tap()
        page.evaluate("quote => Pullquote.highlight(quote)", quoted)
        expect(widget.locator(".notice .unmark")).to_be_in_viewport(ratio=1)
        widget.locator(".unmark").tap()
        assert page.evaluate("CSS.highlights.size") == 0
        expect(widget.locator(".panel")).to_be_visible()
        assert errors == []


def test_makes_room_on_a_telephone(browser: Browser, host: Site) -> None:
    """Gets small where it lies over the sentence, so that both can be seen."""
    with visited(browser, f"{host.origin}/hostile.html") as (page, _):
        page.set_viewport_size({"width": 390, "height": 844})
        widget = page.locator("pull-quote")
        ask(widget, QUESTION)
        widget.locator(".citation").click()
        until(page, f"({IN_VIEW})()")
        expect(widget.locator(".citation")).to_be_in_viewport()


@pytest.mark.parametrize("without", ["", "Object.defineProperty(CSS, 'highlights', { value: undefined })"])
def test_leaves_nothing(browser: Browser, host: Site, without: str) -> None:
    """Is there once however often its script runs, and leaves nothing, even where it had to write marks."""
    main = "document.querySelector('main').outerHTML"
    with visited(browser, f"{host.origin}/split.html", without) as (page, errors):
        until(page, "seen.length")
        before = page.evaluate(main)
        page.evaluate(
            """src => {
              const again = Object.assign(document.createElement('script'), { src });
              again.dataset.article = '';
              document.head.append(again);
            }""",
            f"{host.chat}/widget.js",
        )
        until(page, "seen.length > 1")
        assert page.locator("pull-quote").count() == 1
        assert page.evaluate("quote => Pullquote.highlight(quote)", SENTENCE)
        marked = "".join(page.locator("mark").all_text_contents())
        assert re.sub(r"\W", "", marked) == (re.sub(r"\W", "", SENTENCE) if without else "")
        page.evaluate("window.kept = Pullquote; Pullquote.destroy(); kept.open(); kept.highlight('said')")
        assert page.locator("pull-quote").count() == 0
        assert page.evaluate("[document.adoptedStyleSheets.length, CSS.highlights?.size ?? 0]") == [0, 0]
        assert page.evaluate("typeof Pullquote") == "undefined"
        assert page.evaluate(main) == before
        assert errors == []
