"""Measure the pages as a browser shows them: `python -m tests.vitals [--loads 5] [--network] [--out FILE.json]`.

The chat, the frame of `/embed` and a page with the widget are loaded cold, wide and narrow, several times; the medians
are told. The command fails if one misses its goal.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright
from rich.console import Console
from rich.table import Table

from index.article import read_article
from tests import chromium
from tests.conftest import SEED
from tests.host import site
from tests.page import NARROW, WIDE, until
from tests.server import started

GOALS = {"paint": 0.5, "ready": 1.5, "shift": 0.02, "answering": 0.02}
"""What a median may be at most: seconds, and layout shift."""
QUESTION = "Who did Putin phone first?"
_QUIET = 500
"""Milliseconds after which a page is taken to rest."""
_NETWORK = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
"""Lighthouse's for a desktop: milliseconds, and bytes in a second."""
_WATCH = """(() => {
  const vitals = window.vitals = { paint: null, ready: null, shift: 0 };
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (name === "first-contentful-paint") vitals.paint = startTime / 1000;
    }
  }).observe({ type: "paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) vitals.shift += value;
  }).observe({ type: "layout-shift", buffered: true });
  const seen = (one) => Boolean(one?.checkVisibility({ visibilityProperty: true }));
  const look = () => {
    if (READY) vitals.ready = performance.now() / 1000;
    else requestAnimationFrame(look);
  };
  document.addEventListener("DOMContentLoaded", look);
})()"""
"""Keeps what the browser tells of a page, and when it is ready: looked for at each frame."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A page to be measured.

    :param path: Its address.
    :param ready: JavaScript: whether the question box can be used, and the article is there.
    :param ask: JavaScript: asks as `question` without a key or a click, which would excuse what moves.
    :param answered: JavaScript: whether the answer is shown.
    """

    path: str
    ready: str
    ask: str
    answered: str


KINDS = {
    "chat": Kind(
        "/",
        # the article has its place in the order of the keyboard once the page's script acts
        """seen(document.querySelector("#question textarea:not(:disabled)"))
          && document.querySelector("#article[tabindex]")?.textContent.length > 1000
          && (innerWidth < 900 || seen(document.querySelector("#article p")))""",
        """const box = document.querySelector("#question textarea");
          box.value = question;
          box.dispatchEvent(new Event("input", { bubbles: true }));
          setTimeout(() => document.querySelector("#question .submit-button").click())""",
        'document.querySelector("#chat .pq-acts")',
    ),
    "embed": Kind(
        "/embed",
        'seen(document.querySelector("#question"))',
        """document.querySelector("#question").value = question;
          document.querySelector("#ask").requestSubmit()""",
        'document.querySelector("#log .answer")',
    ),
    "widget": Kind(
        "/page.html",
        'seen(document.querySelector("pull-quote")?.shadowRoot.querySelector(".launcher"))',
        "Pullquote.open(); Pullquote.ask(question)",
        """document.querySelector("pull-quote").shadowRoot.querySelector(".quote")""",
    ),
}


@dataclass(frozen=True, slots=True)
class Vitals:
    """What one load took, or the medians of several.

    :param paint: Seconds until something is shown (first contentful paint).
    :param ready: Seconds until the page can be used.
    :param shift: Layout shift until then, and a moment longer.
    :param answering: Layout shift while a question is answered.
    :param kilobytes: What came over the network before the question, headers included; 1000 bytes each.
    :param requests: How many the page sent before the question.
    """

    paint: float
    ready: float
    shift: float
    answering: float
    kilobytes: float
    requests: float


class Traffic:
    """Counts what a page sends and gets.

    :param session: Chromium's own protocol, for this page.
    """

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0.0
        self.requests = 0
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._came)
        session.send("Network.enable")

    def _sent(self, event: Mapping[str, Any]) -> None:
        self.requests += not event["request"]["url"].startswith(("data:", "blob:"))

    def _came(self, event: Mapping[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]


def visit(browser: Browser, address: str, kind: Kind, size: Mapping[str, int], network: bool = False) -> Vitals:
    """Load a page with an empty cache, ask a question, and tell what was seen."""
    with browser.new_context(viewport=size) as context:  # type: ignore[arg-type]  # such a mapping
        page = context.new_page()
        session = context.new_cdp_session(page)
        traffic = Traffic(session)
        if network:
            session.send("Network.emulateNetworkConditions", _NETWORK)
        page.add_init_script(_WATCH.replace("READY", kind.ready))
        page.goto(address + kind.path)
        until(page, "vitals.ready !== null && vitals.paint !== null")
        page.wait_for_timeout(_QUIET)
        loaded = page.evaluate("({ ...vitals })")
        kilobytes, requests = traffic.bytes / 1000, traffic.requests
        page.evaluate(f"question => {{ {kind.ask} }}", QUESTION)
        until(page, f"Boolean({kind.answered})")
        page.wait_for_timeout(_QUIET)
        moved = page.evaluate("vitals.shift") - loaded["shift"]
    return Vitals(loaded["paint"], loaded["ready"], loaded["shift"], moved, kilobytes, requests)


def medians(visits: list[Vitals]) -> Vitals:
    """The median of each number."""
    return Vitals(*(median(getattr(one, field.name) for one in visits) for field in fields(Vitals)))


def missed(vitals: Vitals) -> list[str]:
    """Name the numbers that miss their goal."""
    return [name for name, most in GOALS.items() if getattr(vitals, name) > most]


def main() -> int:
    """Measure, print a table, and tell by the exit status whether the goals are met."""
    parser = argparse.ArgumentParser(prog="python -m tests.vitals", description=__doc__)
    parser.add_argument("--loads", type=int, default=5, help="cold loads of each page (5)")
    parser.add_argument("--network", action="store_true", help="as over a network of 40 ms and 10 Mbit/s")
    parser.add_argument("--only", choices=KINDS, help="one page alone")
    parser.add_argument("--out", type=Path, help="file for the numbers of every load, as JSON")
    given = parser.parse_args()
    kinds = {name: kind for name, kind in KINDS.items() if given.only in (None, name)}
    found: dict[str, list[Vitals]] = {}
    with (
        site(read_article(SEED)) as pages,
        started(SEED, "--reader", "fast", "--uploads", "--allow-origin", pages.origin) as (chat, _),
        sync_playwright() as playwright,
    ):
        pages.chat = chat
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        for name, kind in kinds.items():
            address = pages.origin if name == "widget" else chat
            visit(browser, address, kind, WIDE)  # what the server does once is done
            for size in (WIDE, NARROW):
                found[f"{name} {size['width']}"] = [
                    visit(browser, address, kind, size, given.network) for _ in range(given.loads)
                ]
        browser.close()
    table = Table("page", "first paint, s", "ready, s", "shift", "shift, answering", "kB", "requests", "missed")
    late = False
    for name, visits in found.items():
        middle = medians(visits)
        late |= bool(missed(middle))
        table.add_row(
            name,
            f"{middle.paint:.2f}",
            f"{middle.ready:.2f}",
            f"{middle.shift:.3f}",
            f"{middle.answering:.3f}",
            f"{middle.kilobytes:.0f}",
            f"{middle.requests:.0f}",
            ", ".join(missed(middle)) or "-",
        )
    Console().print(table)
    if given.out:
        numbers = {name: [asdict(one) for one in visits] for name, visits in found.items()}
        given.out.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
