"""The page of annotation in a real browser, as a person uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from index.article import Article
from index.sentences import split
from tests.conftest import HOSTILE
from tests.page import NARROW, looked_over, opened
from tests.server import forked

pytestmark = pytest.mark.slow

TEXT = Article(
    "Fruit of Kent 🙂\n\nRed 🙂 apples grow in Kent, says Ann.  Green pears grow in Deal.\n"
    "Plums grow in Kent, and in Deal."
)
MACHINE = [
    {
        "id": f"m{number}", "question": f"Where do plums grow, {number}?", "answers": ["Kent"],
        "evidence": ["Plums grow in Kent, and in Deal."], "answerable": True, "article": TEXT.id,
        "places": [{"article": TEXT.id, "start": TEXT.text.rindex("Kent"), "end": TEXT.text.rindex("Kent") + 4}],
        "source": "machine", "template": "when", "checked": "agrees", "note": "Kent",
    }
    for number in range(3)
]  # fmt: skip
SAID = "#said"


@contextmanager
def annotating(article: Path, output: Path) -> Iterator[str]:
    """Run the page in its own process, as a person does."""
    with forked("annotate", str(article), "--output", str(output), "--port", "0", "--no-browser") as address:
        yield address


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An address, and the file that is written to."""
    folder = tmp_path_factory.mktemp("annotate")
    (folder / "kent.txt").write_text(TEXT.text, encoding="utf-8")
    with annotating(folder / "kent.txt", folder / "q.jsonl") as address:
        yield address, folder / "q.jsonl"


@pytest.fixture
def output(served: tuple[str, Path]) -> Path:
    """The file, with three questions that a machine made."""
    path = served[1]
    path.write_text("".join(json.dumps(line) + "\n" for line in MACHINE), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser, served: tuple[str, Path], output: Path) -> Iterator[Page]:
    """A page; whatever goes wrong in its console, or leaves our origin, fails the test."""
    assert output.exists()
    with opened(browser, served[0]) as shown:
        expect(shown.locator("#questions li")).to_have_count(3)
        yield shown


def _kept(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _select(page: Page, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Drag the mouse from a place (sentence, UTF-16 units) to another."""
    points = page.evaluate(
        """([first, last]) => [first, last].map(([number, offset]) => {
          const sentence = document.querySelectorAll('#article .pq-sentence')[number];
          sentence.scrollIntoView({ block: 'nearest' });
          const range = document.createRange();
          range.setStart(sentence.firstChild, offset);
          const box = range.getBoundingClientRect();
          return [box.x, box.y + box.height / 2];
        })""",
        [first, last],
    )
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=5)
    page.mouse.up()


def test_words_selected_with_the_mouse_are_saved_with_their_place(page: Page, output: Path) -> None:
    """After an emoji, which is two units and one code point; several selections are several answers."""
    _select(page, (1, 7), (1, 13))
    expect(page.locator("#pq-words textarea")).to_have_value("apples")
    expect(page.locator(SAID)).to_have_text("Selected: characters 23 to 29 of the article.")
    page.click("#pq-add")
    expect(page.locator("#answers li")).to_have_count(1)
    _select(page, (1, 22), (2, 11))
    expect(page.locator("#pq-words textarea")).to_have_value("Kent, says Ann.  Green pears")
    page.click("#pq-add")
    expect(page.locator("#answers li")).to_have_count(2)
    page.fill("#pq-asked textarea", "What grows, and where?")
    page.fill("#pq-kind textarea", "what")
    page.click("#pq-save")
    expect(page.locator(SAID)).to_contain_text("Saved as person-")
    expect(page.locator("#questions li")).to_have_count(4)
    expect(page.locator("#pq-asked textarea")).to_have_value("")
    record = _kept(output)[-1]
    assert record["answers"] == ["apples", "Kent, says Ann.  Green pears"]
    places = [(place["start"], place["end"]) for place in record["places"]]
    assert [TEXT.text[start:end] for start, end in places] == record["answers"]
    assert places[0] == (23, 29)
    assert record["evidence"] == [
        "Red 🙂 apples grow in Kent, says Ann.",
        "Red 🙂 apples grow in Kent, says Ann.  Green pears grow in Deal.",
    ]
    assert (record["type"], record["source"], record["article"]) == ("what", "person", TEXT.id)


def test_one_selection_and_a_question_are_enough(page: Page, output: Path) -> None:
    """What was selected backwards, too; and Enter in the question saves."""
    _select(page, (2, 11), (2, 0))
    expect(page.locator("#pq-words textarea")).to_have_value("Green pears")
    page.fill("#pq-asked textarea", "What grows in Deal?")
    page.press("#pq-asked textarea", "Enter")
    expect(page.locator("#questions li")).to_have_count(4)
    assert _kept(output)[-1]["places"] == [{"article": TEXT.id, "start": 55, "end": 66}]
    assert TEXT.text[55:66] == "Green pears"


def test_the_keyboard_alone_is_enough(page: Page, output: Path) -> None:
    """Words are typed; where they stand several times the person says which; nothing answers one question."""
    page.focus("#pq-asked textarea")
    page.keyboard.type("Where do plums grow?")
    page.keyboard.press("Tab")
    page.keyboard.type("figs")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(SAID)).to_contain_text("The article does not have the words 'figs'")
    page.focus("#pq-words textarea")
    page.keyboard.press("Control+a")
    page.keyboard.type("Kent")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.focus("#pq-add")
    page.keyboard.press("Enter")
    expect(page.locator("#pq-offered input")).to_have_count(3)
    expect(page.locator(SAID)).to_contain_text("These words stand at 3 places.")
    for place in (0, 1):
        page.locator("#pq-offered input").nth(place).focus()
        page.keyboard.press("Space")
    page.focus("#pq-save")
    page.keyboard.press("Enter")
    expect(page.locator("#questions li")).to_have_count(4)
    expect(page.locator("#pq-offered")).to_be_hidden()
    at = TEXT.text.rindex("Kent")
    assert _kept(output)[-1]["places"] == [{"article": TEXT.id, "start": at, "end": at + 4}]
    page.focus("#pq-asked textarea")
    page.keyboard.type("Where do figs grow?")
    page.focus("#pq-unanswerable input")
    page.keyboard.press("Space")
    page.focus("#pq-save")
    page.keyboard.press("Enter")
    expect(page.locator("#questions li")).to_have_count(5)
    assert (_kept(output)[-1]["question"], _kept(output)[-1]["answerable"]) == ("Where do figs grow?", False)


def test_what_a_machine_made_is_kept_dropped_or_changed(page: Page, output: Path) -> None:
    """The focus stays in the list; what is taken out can be put back; a reload shows what is in the file."""
    drop = page.locator("#questions a[href^='#drop-']")
    drop.nth(1).focus()
    page.keyboard.press("Enter")
    expect(drop).to_have_count(2)
    assert [line["id"] for line in _kept(output)] == ["m0", "m2"]
    expect(drop.nth(1)).to_be_focused()
    page.locator(f"{SAID} a").click()
    expect(drop).to_have_count(3)
    assert [line["id"] for line in _kept(output)] == ["m0", "m1", "m2"]
    page.locator("#questions a[href^='#keep-']").first.click()
    expect(drop).to_have_count(2)
    assert _kept(output)[0] == {**MACHINE[0], "reviewed": "yes"}
    page.locator("#questions a[href^='#edit-']").first.click()
    expect(page.locator("#pq-asked textarea")).to_have_value("Where do plums grow, 1?")
    expect(page.locator("#pq-asked textarea")).to_be_focused()
    expect(page.locator("#answers li")).to_have_count(1)
    page.locator("#answers a").click()
    expect(page.locator("#answers li")).to_have_count(0)
    page.fill("#pq-words textarea", "and in Deal")
    page.fill("#pq-asked textarea", "Where else?")
    page.click("#pq-save")
    expect(drop).to_have_count(1)
    assert (_kept(output)[1]["id"], _kept(output)[1]["question"]) == ("m1", "Where else?")
    assert _kept(output)[1]["answers"] == ["and in Deal"]
    page.reload()
    expect(page.locator("#questions li")).to_have_count(3)
    page.locator("#questions a[href^='#delete-']").first.click()
    expect(page.locator("#questions li")).to_have_count(2)
    assert [line["id"] for line in _kept(output)] == ["m0", "m2"]


def test_another_page_loses_nothing(browser: Browser, served: tuple[str, Path], page: Page, output: Path) -> None:
    """What one page wrote is in the file when the other writes, and what is gone is told."""
    with opened(browser, served[0]) as other:
        expect(other.locator("#questions li")).to_have_count(3)
        other.locator("#questions a[href^='#drop-']").first.click()
        expect(other.locator("#questions li")).to_have_count(2)
        page.locator("#questions a[href^='#keep-']").first.click()
        expect(page.locator(SAID)).to_contain_text("no longer in the file")
        page.fill("#pq-asked textarea", "What is green?")
        page.fill("#pq-words textarea", "Green pears")
        page.click("#pq-save")
        expect(page.locator(SAID)).to_contain_text("Saved as person-")
        assert [line["question"] for line in _kept(output)] == [
            "Where do plums grow, 1?", "Where do plums grow, 2?", "What is green?",
        ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_is_accessible(browser: Browser, served: tuple[str, Path], output: Path, scheme: str) -> None:
    """No sideways scrolling and no axe violation, empty and with all that it can show."""
    assert output.exists()
    with opened(browser, served[0], color_scheme=scheme) as page:
        looked_over(page)
        page.fill("#pq-words textarea", "Ann")
        page.click("#pq-add")
        expect(page.locator("#answers li")).to_have_count(1)
        page.fill("#pq-words textarea", "Kent")
        page.click("#pq-add")
        expect(page.locator("#pq-offered input")).to_have_count(3)
        expect(page.get_by_role("region", name="Article")).to_have_count(1)
        expect(page.get_by_role("status").filter(has_text="These words stand at 3 places.")).to_have_count(1)
        looked_over(page)
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        looked_over(page)


def test_hostile_text_shows_literally(browser: Browser, tmp_path: Path) -> None:
    """In the article, in the file and in what is typed: no element, no script, no request; a selection is exact."""
    path = tmp_path / "hostile.txt"
    path.write_text("\n\n".join(f"The word {text} is here" for text in HOSTILE), encoding="utf-8")
    article = Article(path.read_text(encoding="utf-8"))
    lines = [
        {"id": text, "question": text, "answers": [text], "evidence": [text], "source": "machine", "note": text}
        for text in HOSTILE
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with annotating(path, tmp_path / "q.jsonl") as address, opened(browser, address) as page:
        shown = page.locator("#article .pq-sentence").evaluate_all("all => all.map(one => one.textContent)")
        assert shown == [article.text[s.start : s.end] for s in split(article)]
        for number, text in enumerate(HOSTILE):
            expect(page.locator("#questions li strong").nth(number)).to_have_text(text)
        page.evaluate(
            """() => {
              const pane = document.querySelector('#article');
              const range = document.createRange();
              range.selectNodeContents(pane.querySelectorAll('.pq-sentence')[4]);
              document.getSelection().removeAllRanges();
              document.getSelection().addRange(range);
            }"""
        )
        words = shown[4]
        expect(page.locator("#pq-words textarea")).to_have_value(words)
        page.fill("#pq-asked textarea", HOSTILE[0])
        page.click("#pq-save")
        expect(page.locator("#questions li")).to_have_count(len(HOSTILE) + 1)
        markup = page.locator("#questions, #answers, #said, #article").locator("img, svg, script, form, table, code")
        expect(markup).to_have_count(0)
        record = _kept(tmp_path / "q.jsonl")[-1]
        assert (record["question"], record["answers"]) == (HOSTILE[0], [words])
