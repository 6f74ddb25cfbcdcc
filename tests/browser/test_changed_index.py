"""The chat while its index changes, as a reader and a publisher see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from index.article import Article
from index.build import build_index
from index.folder import save_index
from index.openvino_encoder import open_encoder
from index.revision import add_articles, replace_articles
from index.weights import DEFAULT_ENCODER
from tests.page import LOSE_ONE, ask, opened, until
from tests.server import forked

pytestmark = pytest.mark.slow

BEFORE = Article(
    "New bridge opens in Riverton\n\nThe bridge was opened in Riverton on 4 May. It replaces a ferry of 1821.",
    id="bridge",
)
AFTER = Article(
    "New bridge opens in Riverton\n\nIt rained all day. The bridge was opened in Riverton on 5 June.", id="bridge"
)
FERRY = Article("The ferry goes\n\nThe last captain of the ferry is Tom O’Hara.")
PIER = Article("The pier is painted\n\nThe painter of the pier is Eve Stone.")
WHEN = "When was the bridge opened?"


def test_a_correction_is_seen_without_a_restart(browser: Browser, tmp_path: Path) -> None:
    """In the page that is open, whose earlier citation still leads to what it quoted, and in the next one."""
    encoder, folder = open_encoder(DEFAULT_ENCODER), tmp_path / "index"
    save_index(build_index([BEFORE], encoder), folder)
    served = ["--index", str(folder), "--reader", "fast", "--port", "0", "--no-browser"]
    with forked("serve", *served) as address, opened(browser, address) as page:
        ask(page, WHEN)
        expect(page.locator("#chat mark")).to_contain_text("4 May")
        replace_articles(folder, {"none.txt": AFTER}, encoder)
        until(page, lambda: bool(page.request.get(f"{address}/api/articles/{AFTER.version}").ok))
        ask(page, WHEN)
        expect(page.locator("#chat mark").last).to_contain_text("5 June")
        page.locator("#chat a.pq-cite").last.click()
        expect(page.locator(".pq-cited")).to_have_text("The bridge was opened in Riverton on 5 June.")
        expect(page.locator("#article .pq-warning")).to_have_count(0)
        page.keyboard.press("Escape")
        page.evaluate(LOSE_ONE)
        page.locator("#chat a.pq-cite").first.click()
        expect(page.locator(".pq-cited")).to_have_text("The bridge was opened in Riverton on 4 May.")
        expect(page.locator("#article .pq-warning")).to_contain_text("This is the article as it was")
        add_articles(folder, {"ferry.txt": FERRY}, encoder)
        until(page, lambda: bool(page.request.get(f"{address}/api/articles/{FERRY.id}").ok))
        with opened(browser, address) as other:
            expect(other.locator("#article")).to_contain_text("2 articles. An answer opens the one that it quotes.")
            expect(other.locator("#choice")).to_be_visible()
            ask(other, "Who is the last captain of the ferry?")
            expect(other.locator("#chat mark")).to_contain_text("Tom O’Hara")
            expect(other.locator(".pq-title")).to_have_text("The ferry goes")
            other.get_by_role("button", name="New chat").click()
            expect(other.get_by_text("This is a new chat.")).to_be_visible()
            other.locator("#choice summary").click()
            other.get_by_role("checkbox", name="The ferry goes").check()
            add_articles(folder, {"pier.txt": PIER}, encoder)
            until(page, lambda: bool(page.request.get(f"{address}/api/articles/{PIER.id}").ok))
            ask(other, "Who is the painter of the pier?")
            other.locator("#chat .pq-elsewhere a").click()
            expect(other.locator("#choice summary")).to_have_text("Ask about: The pier is painted")
            expect(other.get_by_role("checkbox", checked=True)).to_have_accessible_name("The pier is painted")
            expect(other.locator("#chat mark").last).to_contain_text("Eve Stone")
            expect(other.locator(".pq-title")).to_have_text("The pier is painted")
            expect(other.locator("#choice [aria-current]")).to_have_accessible_name("Reading: The pier is painted")
            other.get_by_role("checkbox", name="The pier is painted").uncheck()
            expect(other.locator("#choice summary")).to_have_text("Ask about: all 3 articles")
