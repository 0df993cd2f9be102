"""A Chromium: whichever a machine has. It prints the book, and the tests open pages in it.

Playwright drives it, which the extra ``pdf`` installs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
         "microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser")
MAC = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium",
       "Microsoft Edge.app/Contents/MacOS/Microsoft Edge")
WINDOWS = ("Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe",
           "Microsoft/Edge/Application/msedge.exe")
# Chromium has errands of its own (updates, probes). They would look like a page that asks another host.
ARGUMENTS = [
    "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability",
    "--disable-sync", "--no-first-run", "--no-pings", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
HELP = """No Chromium or Chrome was found that starts.
Get one in any of these ways, then try again:
  Debian:         apt-get install chromium           (as root)
  Fedora:         dnf install chromium               (as root)
  macOS:          brew install --cask chromium
  anywhere:       python -m playwright install chromium
                  (on Linux as root: python -m playwright install --with-deps chromium)
or name one that stands elsewhere: PARITY_BROWSER=/path/to/chrome"""


def candidates(play: Playwright) -> Iterator[str]:
    """Every place where a Chromium may stand on this machine, the likeliest first."""
    if named := os.environ.get("PARITY_BROWSER"):
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    folders = [Path("/Applications"), Path.home() / "Applications"]
    roots = [Path(os.environ[name]) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
             if os.environ.get(name)]
    places = [folder / app for folder in folders for app in MAC] + [root / exe for root in roots for exe in WINDOWS]
    places.append(Path(play.chromium.executable_path))
    yield from (str(place) for place in places if place.is_file())


def start(play: Playwright) -> Browser | None:
    """The first browser that starts. Ubuntu's /usr/bin/chromium-browser may be a stub that does not."""
    from playwright.sync_api import Error

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for path in candidates(play):
        with suppress(Error):
            return play.chromium.launch(
                executable_path=path, args=ARGUMENTS + ["--no-sandbox"] * root, timeout=60_000)
    return None


@contextmanager
def launch() -> Iterator[Browser]:
    """A running browser, closed at the end. Raises FileNotFoundError where none starts, with the ways to get one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = start(play)
        if browser is None:
            raise FileNotFoundError(HELP)
        try:
            yield browser
        finally:
            browser.close()
