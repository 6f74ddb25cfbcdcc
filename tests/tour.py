"""A newcomer's way through the chat, in pictures and with times: `python -m tests.tour FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, expect, sync_playwright
from rich.console import Console
from rich.table import Table

from tests import chromium
from tests.conftest import ROOT, SEED
from tests.page import NARROW, QUESTION, WIDE, ask, settled
from tests.server import started

PASTED = ROOT / "tests" / "data" / "documents" / "article.txt"
SEEDS, FOLLOWING = "Who is Yuri Borisov?", "And where does his trip end?"
"""Asked of the article that the chat is about."""


@dataclass(frozen=True, slots=True)
class Tour:
    """The steps of one window.

    :param folder: Where the pictures go.
    :param name: Of the window; a picture's name begins with it.
    :param narrow: Whether chat and article have a tab each.
    :param times: Of each step, the seconds it took; filled step by step.
    """

    folder: Path
    name: str
    narrow: bool
    times: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, page: Page, name: str) -> Iterator[None]:
        """Take the time of a step, then a picture of where it led."""
        began = perf_counter()
        yield
        self.times[name] = perf_counter() - began
        page.screenshot(path=self.folder / f"{self.name}-{len(self.times):02}-{name.replace(' ', '-')}.png")

    def turn(self, page: Page, tab: str) -> None:
        """Show the chat or the article, where only one of them is seen."""
        if self.narrow:
            page.get_by_role("tab", name=tab).click()

    def own(self, page: Page, address: str) -> None:
        """Open the chat, bring an article, and ask about it."""
        with self.step(page, "open"):
            page.goto(address)
            expect(page.locator("#article[tabindex]")).to_be_attached()
            expect(page.locator(QUESTION)).to_be_visible()
        with self.step(page, "paste an article"):
            self.turn(page, "Article")
            page.get_by_role("button", name="Add your own document").click()
            page.get_by_label("Or paste a text").fill(PASTED.read_text(encoding="utf-8"))
            page.get_by_role("button", name="Ask about this text").click()
            expect(page.locator(".pq-asked")).to_contain_text("New bridge opens in Riverton")
            expect(page.locator("#article")).to_contain_text("New bridge opens in Riverton")
            expect(page.locator(QUESTION)).to_be_focused()
        with self.step(page, "ask"):
            ask(page, "Who opened the bridge?")
        with self.step(page, "follow up"):
            ask(page, "And how much did it cost?")
        with self.step(page, "click a citation"):
            page.locator("#chat blockquote a.pq-cite").last.click()
            expect(page.locator("#article .pq-cited")).to_be_in_viewport()
        page.keyboard.press("Escape")
        with self.step(page, "ask what is not there"):
            ask(page, "How deep is the river?")
        with self.step(page, "find a word"):
            page.get_by_role("button", name="Find in the article").click()
            page.keyboard.type("ferry")
            expect(page.locator(".pq-find-count")).to_contain_text("1 of")
        page.keyboard.press("Escape")

    def shared(self, page: Page) -> None:
        """Ask about the article of the chat, and give an answer away: copied, by a link, and on paper."""
        self.turn(page, "Article")
        page.get_by_role("radio", name="What this chat is about", exact=True).check()
        self.turn(page, "Chat")
        with self.step(page, "ask about the other article"):
            ask(page, SEEDS)
            ask(page, FOLLOWING)
        with self.step(page, "copy"):
            page.locator("#chat .pq-copy > summary").last.click()
            page.get_by_role("button", name="Copy as Markdown").last.click()
            expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        page.get_by_role("button", name="Copy link to this answer").last.click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        friend = page.context.new_page()
        with self.step(friend, "open a shared link"):
            friend.goto(page.evaluate("navigator.clipboard.readText()"))
            expect(friend.get_by_test_id("user").last).to_have_text(FOLLOWING)
            settled(friend)
            expect(friend.locator("#article .pq-cited")).to_contain_text("Borisov’s stopover")
        friend.close()
        with self.step(page, "print"):
            page.pdf(path=self.folder / f"{self.name}.pdf")
            page.emulate_media(media="print")
        page.emulate_media(media="screen")

    def again(self, page: Page) -> None:
        """Reload, close the page, and come back."""
        with self.step(page, "reload"):
            page.reload()
            expect(page.get_by_test_id("user").last).to_have_text(FOLLOWING)
        address = page.url
        later = page.context.new_page()
        page.close()
        with self.step(later, "come back"):
            later.goto(address)
            expect(later.locator("#article[tabindex]")).to_be_attached()
            later.get_by_role("button", name="History", exact=True).click()
            expect(later.get_by_role("dialog").get_by_role("listitem")).to_have_count(1)
        with self.step(later, "open it again"):
            later.get_by_role("dialog").get_by_role("listitem").get_by_text(SEEDS).click()
            expect(later.get_by_test_id("user").last).to_have_text(FOLLOWING)
        with self.step(later, "choose a bigger text"):
            later.get_by_role("button", name="Display").click()
            later.get_by_label("Large", exact=True).check()


def main(folder: Path) -> None:
    """Go the way twice: wide and light, then narrow and dark. Tell what each step took on this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    tours = []
    with started(SEED, "--uploads") as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        for scheme, size in (("light", WIDE), ("dark", NARROW)):
            tour = Tour(folder, f"{scheme}-{size['width']}", size is NARROW)
            tours.append(tour)
            page = browser.new_context(
                viewport=size,  # type: ignore[arg-type]
                color_scheme=scheme,  # type: ignore[arg-type]
                has_touch=tour.narrow,
                reduced_motion="reduce",
                permissions=["clipboard-read", "clipboard-write"],
            ).new_page()
            tour.own(page, address)
            tour.shared(page)
            tour.again(page)
        browser.close()
    table = Table("step", *(f"{tour.name}, s" for tour in tours))
    for name in tours[0].times:
        table.add_row(name, *(f"{tour.times[name]:.1f}" for tour in tours))
    Console().print(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
