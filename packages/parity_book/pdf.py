"""Tools for printing the built book to a single PDF.

The PDF has bookmarks and internal links. `pdf.js` joins the pages in a browser, `pdf.css` defines their layout on
paper, and Chromium prints them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pypdf import PdfReader

from parity_lib.version import __version__

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAME = "one-bit-of-memory"
WIDTH, HEIGHT = 720, 1133     # the printable area of a sheet in px, given the margins in pdf.css and the scale below
SETTINGS: dict[str, Any] = {"prefer_css_page_size": True, "print_background": True, "outline": True, "tagged": True,
                            "scale": 0.85}
LOCAL_URL = re.compile(r"^(file:|data:|blob:)")
JOIN, SHEET = (Path(__file__).with_suffix(suffix).read_text(encoding="utf8") for suffix in (".js", ".css"))
# Shrink tables that are wider than a sheet and boxes that are higher, and keep code together with its output if that
# leaves less than a third of a sheet empty.
FIT = """([width, height]) => {
  for (const table of document.querySelectorAll("table"))
    for (let zoom = 0.95; zoom > 0.4 && table.getBoundingClientRect().right > width; zoom -= 0.05)
      table.style.zoom = zoom;
  for (const box of document.querySelectorAll("div.cell_input, figure"))
    if (box.offsetHeight > height) box.style.zoom = (height - 8) / box.offsetHeight;
  for (const cell of document.querySelectorAll("div.cell"))
    if (cell.offsetHeight < height / 3) cell.style.breakInside = "avoid";
}"""
MOST_TIMES = 4
NUMBER = """(pages) => {
  for (const link of document.querySelectorAll(".paper-contents a"))
    link.querySelector(".number").textContent = pages[link.hash.slice(1)];
}"""


def contents(toc: dict) -> Iterator[dict[str, Any]]:
    """Yield every page of the book in the order of the table of contents, given as the content of _toc.yml.

    ``part`` is the caption of the part that begins with the page, and ``depth`` is 1 for subpages.

    >>> toc = {"root": "a", "parts": [{"caption": "P", "chapters": [{"file": "b", "sections": [{"file": "c"}]}]}]}
    >>> [tuple(page.values()) for page in contents(toc)]
    [('a', '', 0), ('b', 'P', 0), ('c', '', 1)]
    """
    def walk(entries: list[dict], caption: str, depth: int) -> Iterator[dict[str, Any]]:
        for position, entry in enumerate(entries):
            yield {"name": entry["file"], "part": "" if position else caption, "depth": depth}
            yield from walk(entry.get("sections", []), "", depth + 1)

    yield from walk([{"file": toc["root"]}], "", 0)
    for part in toc.get("parts", [toc]):
        yield from walk(part.get("chapters", []), part.get("caption", ""), 0)


def cover(config: dict, first_page: str, home: str) -> str:
    """Return the HTML of the title page."""
    about = re.findall(r'<meta[^>]*name="description"[^>]*>', first_page)[0]
    return f"""<section class="title-page"><img src="{home}/_static/cover.svg" alt="">
<p class="title">{escape(config["title"])}</p>
<p class="subtitle">{re.findall(r'content="([^"]*)"', about)[0]}</p>
<p>{escape(config["author"])}<br>Version {__version__}, {escape(str(config["copyright"]))}</p>
<p class="small">The web pages also contain the code of the figures and the conditions of the claims.</p>
<p class="small">{config.get("html", {}).get("extra_footer", "")}</p></section>"""


def join(browser: Browser, root: Path, theme: Literal["light", "dark"] = "light") -> Page:
    """Combine all pages of the built book into a single browser page.

    It is laid out for paper. This page cannot load anything from the network. Raises ValueError if a page has not been
    built.
    """
    import yaml

    html = root / "_build" / "html"
    config, toc = (yaml.safe_load((root / name).read_text(encoding="utf8")) for name in ("_config.yml", "_toc.yml"))
    pages = []
    for page in contents(toc):
        file = html / f"{page['name']}.html"
        if not file.is_file():
            raise ValueError(f"the page {page['name']} has not been built; run `parity book` first")
        pages.append(page | {"html": file.read_text(encoding="utf8")})
    context = browser.new_context(color_scheme=theme, viewport={"width": WIDTH, "height": 1080})
    context.route(lambda url: not LOCAL_URL.match(url), lambda route: route.abort())
    page = context.new_page()
    page.emulate_media(media="print", color_scheme=theme)
    page.goto((html / f"{toc['root']}.html").as_uri())
    page.evaluate(JOIN, {"home": html.as_uri(), "pages": pages, "title": config["title"],
                         "cover": cover(config, pages[0]["html"], html.as_uri()), "sheet": SHEET})
    page.evaluate(FIT, [WIDTH, HEIGHT])
    return page


def print_book(browser: Browser, root: Path) -> Path:
    """Print the built book to a PDF and return its path.

    `root` is the folder of the book, and the PDF is in its folder _build. The page numbers in the table of contents are
    known only after printing, so the book is printed again until they stay the same, which usually takes two times.
    Each time it is loaded anew, because Chromium may break the pages of a document that it has already printed in other
    places. Raises RuntimeError if the numbers still change after ``MOST_TIMES``.
    """
    target, numbers = root / "_build" / f"{NAME}.pdf", None
    for _ in range(MOST_TIMES):
        page = join(browser, root)
        if numbers:
            page.evaluate(NUMBER, numbers)
        pdf = page.pdf(**SETTINGS)
        page.context.close()
        printed, numbers = numbers, page_numbers(pdf)
        if numbers == printed:
            target.write_bytes(pdf)
            return target
    raise RuntimeError(f"the page numbers of the PDF still change after it was printed {MOST_TIMES} times")


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Return the page number of each link target in a PDF, counted from 1."""
    reader = PdfReader(BytesIO(pdf))
    return {name.removeprefix("/"): reader.get_destination_page_number(place) + 1  # type: ignore[operator]
            for name, place in reader.named_destinations.items()}
