"""Take the two pictures of README.md from the built book: `python -m tests.readme`, after `make book`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Locator

from tests.browser import launch

ROOT = Path(__file__).resolve().parents[1]
PICTURES_FOLDER = ROOT / ".github" / "readme"


def let_the_gru_drift(figure: Locator) -> None:
    """Have the trained GRU read a 1 and fifty zeros, next to the state machine that was extracted from it."""
    figure.get_by_role("button", name="Read a 1").click()
    figure.get_by_role("button", name="50 zeros").click()


def show_all_seeds(figure: Locator) -> None:
    """Guess the success rates, then show all seeds of the four experiments."""
    for slider, presses in zip(figure.get_by_role("slider").all(), (20, 24, -15, 5), strict=True):
        slider.focus()
        for _ in range(abs(presses)):
            slider.press("ArrowRight" if presses > 0 else "ArrowLeft")
    figure.get_by_role("button", name="All", exact=True).click()


PICTURES = {"machine": ("what-did-it-learn", let_the_gru_drift), "seeds": ("the-experiment", show_all_seeds)}


def main() -> int:
    """Write the pictures; return 1 if the book is not built."""
    book = ROOT / "_build" / "html" / "book"
    if not book.is_dir():
        print("The book is not built. Run: make book")
        return 1
    PICTURES_FOLDER.mkdir(parents=True, exist_ok=True)
    with launch() as browser:
        for name, (page_name, act) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 1600}, reduced_motion="reduce")
            page.goto((book / f"{page_name}.html").as_uri())
            figure = page.locator(".widget-host[data-ready] .parity-widget").first
            figure.wait_for()
            act(figure)
            page.mouse.move(0, 0)
            page.evaluate("document.activeElement.blur()")
            figure.screenshot(path=PICTURES_FOLDER / f"{name}.png")
            page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
