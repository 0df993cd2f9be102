"""A Chromium for the tests: the one that a machine has, or one installed where that can be done.

`python -m tests.browser` sees to it that there is one; `parity_lib.browser` finds it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

from playwright.sync_api import sync_playwright

from parity_lib.browser import HELP, launch, start

__all__ = ["found", "install", "launch", "main"]


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
