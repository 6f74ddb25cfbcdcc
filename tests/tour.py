"""Pictures of a conversation of five turns: `python -m tests.tour FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import chromium
from tests.conftest import SEED
from tests.page import NARROW, WIDE, ask
from tests.server import started

TURNS = (
    "hello",
    "Who is Yuri Borisov?",
    "And where does his trip end?",
    "How much did it cost?",
    "And Ryabkov, who is he?",
)


def main(folder: Path) -> None:
    """Ask five questions, wide and light, then narrow and dark, and take a picture after each."""
    folder.mkdir(parents=True, exist_ok=True)
    with started(SEED) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        for name, size in (("light", WIDE), ("dark", NARROW)):
            page = browser.new_page(
                viewport=size,  # type: ignore[arg-type]
                color_scheme=name,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            page.goto(address)
            for number, question in enumerate(TURNS, start=1):
                ask(page, question)
                page.get_by_test_id("user").last.scroll_into_view_if_needed()
                page.screenshot(path=folder / f"{name}-{size['width']}-{number}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
