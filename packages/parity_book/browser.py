"""Tools for controlling an installed Chromium browser with Playwright.

The browser prints the book and opens pages in tests.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "brave-browser")
CHANNELS = ("chrome", "msedge")     # Playwright knows where these are installed on every system
# Without these arguments, Chromium's own requests (such as for updates) would look like requests of a page.
ARGUMENTS = [
    "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability",
    "--disable-sync", "--no-first-run", "--no-pings", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
HELP = """No working Chromium or Chrome was found.
Install one in any of these ways, then try again:
  Debian:         apt-get install chromium           (as root)
  Fedora:         dnf install chromium               (as root)
  macOS:          brew install --cask chromium
  any system:     python -m playwright install chromium
                  (on Linux as root: python -m playwright install --with-deps chromium)
or give the path of an installed one: PARITY_BROWSER=/path/to/chrome"""


def candidates() -> Iterator[dict[str, Any]]:
    """Yield Playwright launch arguments for each browser that may be installed.

    An empty dict stands for Playwright's own Chromium.
    """
    if named := os.environ.get("PARITY_BROWSER"):
        yield {"executable_path": named}
        return
    yield from ({"executable_path": path} for path in filter(None, map(shutil.which, NAMES)))
    yield from ({"channel": channel} for channel in CHANNELS)
    yield {}


def start(play: Playwright) -> Browser | None:
    """Start the first browser that works.

    Returns None if no browser works. Some may not work: on Ubuntu, for example, chromium-browser may be a stub.
    """
    from playwright.sync_api import Error

    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    for browser in candidates():
        with suppress(Error):
            return play.chromium.launch(**browser, args=ARGUMENTS + ["--no-sandbox"] * is_root, timeout=60_000)
    return None


@contextmanager
def launch() -> Iterator[Browser]:
    """Start a browser and close it at the end of a ``with`` block.

    Raises FileNotFoundError, with instructions for installing a browser, if none starts.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = start(play)
        if browser is None:
            raise FileNotFoundError(HELP)
        try:
            yield browser
        finally:
            browser.close()
