"""Make sure that the tests have a Chromium: `python -m tests.browser` finds one or installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

from playwright.sync_api import sync_playwright

from parity_book.browser import HELP, launch, start

__all__ = ["install", "installed_version", "launch", "main"]


def installed_version() -> str | None:
    """Return the version of the browser that the tests will use, or None if there is none."""
    with sync_playwright() as play:
        browser = start(play)
        return browser.version if browser else None


def ways_to_install() -> Iterator[list[list[str]]]:
    """Yield lists of commands; each list is one way to install a browser."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        yield [["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]]
        yield [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def install() -> str | None:
    """Try each way until a browser starts; return its version, or None."""
    for commands in ways_to_install():
        print("There is no browser. Trying: " + " && ".join(" ".join(command) for command in commands), flush=True)
        with suppress(OSError):
            for command in commands:
                subprocess.run(command, check=False)
        if version := installed_version():
            return version
    return None


def main() -> int:
    """Print the version of the browser; return 1 if there is none and none can be installed."""
    named = os.environ.get("PARITY_BROWSER")
    version = installed_version() or (None if named else install())
    if version is None:
        if named:
            print(f"PARITY_BROWSER is {named}, which is not a Chromium that starts.\n", file=sys.stderr)
        print(HELP, file=sys.stderr)
        return 1
    print(f"Browser for the tests: Chromium {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
