"""A Chromium for the tests: whichever a machine has, or one installed where that can be done.

`launch()` gives a running browser; `python -m tests.browser` sees to it that there is one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

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
HELP = """No Chromium or Chrome was found that starts, and the tests open pages in one.
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
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for path in candidates(play):
        with suppress(Error):
            return play.chromium.launch(
                executable_path=path, args=ARGUMENTS + ["--no-sandbox"] * root, timeout=60_000)
    return None


@contextmanager
def launch() -> Iterator[Browser]:
    """A running browser, closed at the end."""
    with sync_playwright() as play:
        browser = start(play)
        if browser is None:
            raise RuntimeError(HELP)
        try:
            yield browser
        finally:
            browser.close()


def found() -> str | None:
    """The version of the browser that the tests will use, if there is one."""
    with sync_playwright() as play:
        browser = start(play)
        if browser is None:
            return None
        version = browser.version
        browser.close()
        return version


def ways_to_install() -> Iterator[list[list[str]]]:
    """Lists of commands to try, each list one way."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        yield [["apt-get", "update", "-q"],
               ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]]
        yield [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def install() -> str | None:
    """Try each way until a browser starts."""
    for commands in ways_to_install():
        print("No browser yet. Trying: " + " && ".join(" ".join(command) for command in commands), flush=True)
        with suppress(OSError):
            for command in commands:
                subprocess.run(command, check=False)
        if version := found():
            return version
    return None


def main() -> int:
    named = os.environ.get("PARITY_BROWSER")
    version = found() or (None if named else install())
    if version is None and named:
        print(f"PARITY_BROWSER names {named}, which is no Chromium that starts.\n", file=sys.stderr)
    if version is None:
        print(HELP, file=sys.stderr)
        return 1
    print(f"Browser for the tests: Chromium {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
