"""Takes the two pictures of README.md from the built book: `python -m tests.readme`, after `make book`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Locator

from tests.browser import launch

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".github" / "readme"


def drifting(figure: Locator) -> None:
    """The trained GRU after a 1 and fifty zeros, beside the machine that was found in it."""
    figure.get_by_role("button", name="Read a 1").click()
    figure.get_by_role("button", name="50 zeros").click()


def falling(figure: Locator) -> None:
    """Guesses, and then all seeds of the four experiments."""
    for slider, presses in zip(figure.get_by_role("slider").all(), (20, 24, -15, 5), strict=True):
        slider.focus()
        for _ in range(abs(presses)):
            slider.press("ArrowRight" if presses > 0 else "ArrowLeft")
    figure.get_by_role("button", name="All", exact=True).click()


PICTURES = {"machine": ("what-did-it-learn", drifting), "seeds": ("the-experiment", falling)}


def main() -> int:
    """Write the pictures; 1 where the book is not built."""
    book = ROOT / "_build" / "html" / "book"
    if not book.is_dir():
        print("The book is not built: make book")
        return 1
    PLACE.mkdir(parents=True, exist_ok=True)
    with launch() as browser:
        for name, (page_name, act) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 1600}, reduced_motion="reduce")
            page.goto((book / f"{page_name}.html").as_uri())
            figure = page.locator(".widget-host[data-ready] .parity-widget").first
            figure.wait_for()
            act(figure)
            page.mouse.move(0, 0)
            page.evaluate("document.activeElement.blur()")
            figure.screenshot(path=PLACE / f"{name}.png")
            page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
