"""Find Chromium for the browser tests, or install it: `python -m tests.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SHELL = "chromium-headless-shell"
"""Chromium without its windows: the same pages for half the work."""
_NAMES = (_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of an installed Chromium or Chrome, Playwright's own included, or None."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).is_file() else None


def main() -> int:
    """Make sure that there is a Chromium; say in one line what is missing if there can be none."""
    if shutil.which(_SHELL):
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", _SHELL], check=False)
    elif not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"], check=False)
    try:
        found = find()
    except Error as error:
        found = None
        sys.stderr.write(f"{error}\n")
    if not found:
        sys.stderr.write("The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium).\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
