"""Make the README's picture: `python -m tests.screenshot FILE.png`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests import chromium
from tests.conftest import SEED
from tests.server import started


def main(target: Path) -> None:
    """Ask a question and a question that the article does not answer, follow the citation, take the picture."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with started(SEED) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 1120}, reduced_motion="reduce")
        page.goto(address)
        for question, shown in (
            ("Who did Putin phone first?", "#chat mark"),
            ("how do I cook arepas?", "#chat .pq-refusal"),
        ):
            page.fill("#question textarea", question)
            page.press("#question textarea", "Enter")
            expect(page.locator(shown)).to_be_visible(timeout=60_000)
        page.locator("#chat a.pq-cite").first.click()
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=target, style="#chat .bubble-wrap { scrollbar-width: none }")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
