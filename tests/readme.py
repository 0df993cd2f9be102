"""Take the picture of README.md and that of shared links: `python -m tests.readme`, after `make book`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Locator

from tests.browser import launch

ROOT = Path(__file__).resolve().parents[1]
# The size that chats and timelines expect of a picture is 1200 x 630.
ALONE = """.alone { position: fixed; inset: 0 auto auto 0; z-index: 9999; width: 1200px; height: 630px;
  padding: 36px 60px; background: white; } .alone h1 { margin: 0 0 1rem; font-size: 56px; }
.alone .parity-widget { zoom: 1.5; margin: 0; padding: 0; border: 0; }
.alone :is(.pw-buttons, .pw-note, .pw-why) { display: none !important; }"""


def let_the_network_forget(figure: Locator) -> Locator:
    """Have the networks read a 1 and zeros, until the sixth one forgets."""
    figure.get_by_role("radio", name="No. 6").check()
    for name in ("1", "Fifty zeros"):
        figure.get_by_role("button", name=name, exact=True).click()
    return figure


def let_it_forget_alone(figure: Locator) -> Locator:
    """Have the network forget, and return a box with the title of the book and the figure without its buttons."""
    let_the_network_forget(figure)
    figure.page.add_style_tag(content=ALONE)
    figure.evaluate("""figure => {
      const alone = document.createElement("div");
      alone.className = "alone";
      alone.innerHTML = "<h1>One Bit of Memory</h1>";
      figure.before(alone);
      alone.append(figure);
    }""")
    return figure.page.locator(".alone")


# The page of each picture, the pixels of the picture for one of the page, and what happens first.
PICTURES = {ROOT / ".github/readme/forgot.png": ("index", 2, let_the_network_forget),
            ROOT / "book/_static/social.png": ("index", 1, let_it_forget_alone)}


def main() -> int:
    """Write the pictures; return 1 if the book is not built."""
    book = ROOT / "_build" / "html" / "book"
    if not book.is_dir():
        print("The book is not built. Run: make book")
        return 1
    with launch() as browser:
        for file, (page_name, scale, act) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 1600}, reduced_motion="reduce",
                                    device_scale_factor=scale)
            page.goto((book / f"{page_name}.html").as_uri())
            figure = page.locator(".widget-host[data-ready] .parity-widget").first
            figure.wait_for()
            picture = act(figure)
            page.mouse.move(0, 0)
            page.evaluate("document.activeElement.blur()")
            picture.screenshot(path=file)
            page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
