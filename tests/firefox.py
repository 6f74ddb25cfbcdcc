"""Run the browser tests in Firefox: `python -m tests.firefox [TESTS AND OPTIONS OF PYTEST]`.

This is the Firefox that people have, driven by WebDriver BiDi. Playwright can do that, but not its version 1.65: that
begins with a command that Firefox 153, which Debian has, does not know. So an older one is put into `build/`, for these
tests alone. A line is printed for each test, and the exit code is pytest's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, BrowserContext, Playwright

ROOT = Path(__file__).parent.parent
_PLAYWRIGHT = "playwright==1.63.0"
_UNPACKED = ROOT / "build" / "firefox" / _PLAYWRIGHT
_NAMES = ("firefox-esr", "firefox")
_TESTS = ("tests/browser", "--ignore=tests/browser/test_deploy.py")
"""That one is about nginx, which it needs."""
_ASKED = "PULLQUOTE_TESTS_IN_FIREFOX"
_SECONDS = 2400


class _Firefox:
    """Stands for a browser; has one for light pages and one for dark pages, which BiDi cannot choose for a page."""

    def __init__(self, playwright: Playwright, path: str) -> None:
        self._playwright, self._path = playwright, path
        self._browsers: dict[bool, Browser] = {}

    def new_context(self, **options: Any) -> BrowserContext:
        """Open a context in the browser that has its colours."""
        dark = options.get("color_scheme") == "dark"
        if dark not in self._browsers:
            self._browsers[dark] = self._launch(dark=dark)
        return self._browsers[dark].new_context(**options)

    def close(self) -> None:
        """Close what was opened."""
        for browser in self._browsers.values():
            browser.close()

    def _launch(self, *, dark: bool) -> Browser:
        preferences: dict[str, str | float | bool] = {
            "layout.css.prefers-color-scheme.content-override": 0 if dark else 1,
            "ui.prefersReducedMotion": 1,
            # the pages of tests/data/hosts have no icon, and forbid what they do not have
            "browser.chrome.site_icons": False,
            # else keys and clicks do not reach a frame of another site
            "fission.autostart": False,
            # they take no room, as on a telephone
            "ui.useOverlayScrollbars": 1,
        }
        return self._playwright.firefox.launch(
            channel="moz-firefox", executable_path=self._path, firefox_user_prefs=preferences, timeout=120_000
        )


def asked() -> bool:
    """Tell whether the tests are to run in Firefox."""
    return _ASKED in os.environ


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """Run a headless Firefox until the tests are over."""
    path = find()
    assert path, "no Firefox: run python -m tests.firefox"
    opened = _Firefox(playwright, path)
    try:
        yield cast(Browser, opened)
    finally:
        opened.close()


def find() -> str | None:
    """Return the path of an installed Firefox, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def main() -> int:
    """Make sure that there is a Firefox, and run the tests in it."""
    if not find() and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "firefox-esr"], check=False)
    if not find():
        sys.stderr.write("These tests need Firefox. Install it (Debian: sudo apt-get install firefox-esr).\n")
        return 1
    if not _UNPACKED.is_dir():
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", _UNPACKED, _PLAYWRIGHT], check=True)
    path = os.pathsep.join(filter(None, [str(_UNPACKED), os.environ.get("PYTHONPATH")]))
    # pytest ends what it started, also when the time is over
    how = ["-v", "-m", "not chromium", "--tb=short", f"--session-timeout={_SECONDS}"]
    command = ["pytest", *how, *(sys.argv[1:] or _TESTS)]
    environment = {**os.environ, "PYTHONPATH": path, _ASKED: "1"}
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
