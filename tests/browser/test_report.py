"""The report in a real browser: opened from disk, and in a tab beside the chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from index.article import Article
from rag.evaluation.record import Asked, Outcome, Record, Run
from rag.evaluation.report.page import write_report
from rag.evaluation.saved import growing
from rag.question_sets.question import Place
from tests.conftest import ROOT, SEED
from tests.page import NARROW, WIDE, ask, looked_over, opened
from tests.server import serve

pytestmark = pytest.mark.slow
PICTURES = ROOT / "build" / "report"


def _run(article: Article, name: str, confidence: float) -> Run:
    """Two dozen questions of every outcome but the unjudged, each on words of the article."""
    outcomes = [outcome for outcome in Outcome if outcome is not Outcome.UNJUDGED]
    words = [match.span() for match in re.finditer(r"[A-Z]\w{4,}", article.text)]
    records = []
    for number in range(24):
        outcome = outcomes[number % len(outcomes)]
        answerable = outcome not in (Outcome.RIGHT_REFUSAL, Outcome.WRONG_ANSWER)
        refused = outcome in (Outcome.RIGHT_REFUSAL, Outcome.WRONG_REFUSAL)
        gold, given = (Place(article.id, *words[(number * step) % len(words)]) for step in (1, 3))
        if outcome is Outcome.RIGHT:
            given = gold
        start = article.text.rfind("\n", 0, given.start) + 1
        right = float(outcome is Outcome.RIGHT)
        records.append(
            Record(
                id=f"q{number}",
                question=f"Which word is number {number}?",
                asked=Asked.FOLLOW_UP if number % 7 == 0 else Asked.SINGLE,
                answerable=answerable,
                outcome=outcome,
                article=article.id,
                fields={"type": ("who", "when", "what")[number % 3]},
                answers=(article.text[gold.start : gold.end],) if answerable else (),
                gold=(gold,) if answerable else (),
                status="not_in_article" if refused else "answered",
                text="" if refused else article.text[given.start : given.end],
                confidence=min(1.0, confidence * (0.6 + 0.4 * right) + number % 10 / 50),
                spans=() if refused else (given,),
                citations=() if refused else (replace(given, start=start, end=given.end + 1),),
                read_by=name,
                timings_ms={"retrieve": 3.0 + number % 4, "read": 60.0 + number, "total": 64.0 + number},
                values={"evidence@1": right, "f1": right, "recall@1": right, "recall@5": 1.0, "paragraph.recall@1": 1.0}
                if answerable
                else {"refused": float(refused)},
            )
        )
    return Run(name, {"encoder": "MiniLM", "when": "2026-01-02"}, tuple(records))


@pytest.fixture(scope="module")
def file(seed: Article, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on two runs."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    runs = [_run(seed, "accurate", 0.8), _run(seed, "fast", 0.7)]
    path.write_text(write_report(runs, (), {seed.id: seed}), encoding="utf-8")
    return path


@contextmanager
def _from_disk(browser: Browser, file: Path, viewport: dict[str, int], scheme: str = "light") -> Iterator[Page]:
    """Open a file; any request, any word in the console and any script fails the test."""
    faults: list[str] = []
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: faults.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        yield page
        # the empty picture that keeps a browser from asking for one
        assert [fault for fault in faults if fault != "data:,"] == []


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def test_it_opens_from_disk_and_is_accessible(
    browser: Browser, file: Path, viewport: dict[str, int], scheme: str
) -> None:
    """With everything folded and with everything open; the plots are as wide as the page allows."""
    with _from_disk(browser, file, viewport, scheme) as page:
        expect(page.locator("h1")).to_have_text("accurate")
        looked_over(page)
        widths = page.locator("figure svg").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
        assert len(widths) == 7
        assert all(min(viewport["width"] - 40, 350) <= width <= viewport["width"] for width in widths)
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{viewport['width']}-{scheme}.png", full_page=True)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        looked_over(page)


def test_the_keyboard_opens_a_failure(browser: Browser, file: Path, seed: Article) -> None:
    """The skip link leads to the results; Enter on a question shows both marks, each with its word."""
    with _from_disk(browser, file, WIDE) as page:
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        failure = page.locator(".failure", has_text="Which word is number 3?").first
        expect(failure.locator("mark.gold").first).to_be_hidden()
        for _ in range(24):
            page.keyboard.press("Tab")
            if failure.locator("summary").evaluate("one => one === document.activeElement"):
                break
        page.keyboard.press("Enter")
        record = _run(seed, "accurate", 0.8).records[3]
        for mark, places in (("gold", record.gold), ("given", record.spans)):
            shown = failure.locator(f"mark.{mark}").first
            expect(shown).to_be_visible()
            expect(failure.locator(".tag", has_text=mark).first).to_be_visible()
            expect(shown).to_contain_text(seed.text[places[0].start : places[0].end])


@pytest.mark.chromium
def test_it_prints(browser: Browser, file: Path) -> None:
    """With what is folded: a PDF has more pages than what is open alone would fill."""
    with _from_disk(browser, file, WIDE) as page:
        page.emulate_media(media="print")
        expect(page.locator(".failure mark.gold").first).to_be_visible()
        assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(255, 255, 255)"
        pdf = page.pdf()
        assert pdf.startswith(b"%PDF-")
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) > 8


@pytest.fixture(scope="module")
def evaluated(seed: Article, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a chat with a tab for a run."""
    path = tmp_path_factory.mktemp("saved") / "run.jsonl"
    run = _run(seed, "accurate", 0.8)
    with growing(path, run.name, run.settings) as saved:
        saved.write(run.records)
    with serve(SEED, "--evaluation", str(path)) as address:
        yield address


def test_it_stands_in_a_tab_beside_the_chat(browser: Browser, evaluated: str) -> None:
    """The chat answers as without it, and the report fills its tab, on a telephone too."""
    with opened(browser, evaluated) as page:
        ask(page, "When was the Cuban Missile Crisis?")
        expect(page.locator("#chat mark").first).to_contain_text("1962")
        page.get_by_role("tab", name="Evaluation").click()
        report = page.frame_locator("iframe[title='Evaluation']")
        expect(report.locator("h1")).to_have_text("accurate")
        PICTURES.mkdir(parents=True, exist_ok=True)
        for viewport in (WIDE, NARROW):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            looked_over(page)
            box = page.locator("iframe[title='Evaluation']").bounding_box()
            assert box
            assert box["width"] >= viewport["width"] * 0.85
            assert box["height"] >= viewport["height"] * 0.5
            page.screenshot(path=PICTURES / f"tab-{viewport['width']}.png")
        page.get_by_role("tab", name="Chat").click()
        expect(page.locator("#chat mark").first).to_be_visible()
