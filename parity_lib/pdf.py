"""The book on paper: all built pages in one PDF, with bookmarks, and links that stay inside.

:func:`join` makes one HTML file of the pages, which Chromium prints. What a page has that only a screen can use
(buttons, long tables that open, downloads) stays behind; ``pdf.css`` says how the rest lies on a sheet.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from parity_lib.errors import require
from parity_lib.version import __version__

if TYPE_CHECKING:
    from bs4 import Tag
    from playwright.sync_api import Browser, Page

NAME = "one-bit-of-memory"
SHEET = Path(__file__).with_suffix(".css")
STATE, VIEW = (f"application/vnd.jupyter.widget-{kind}+json" for kind in ("state", "view"))
SCREEN_ONLY = ("a.headerlink", ".parity-numbers", ".parity-notes", "a[download]", ".sd-summary-state-marker")
REFERRING = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls")
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
OWN = re.compile(r"^(file:|data:|blob:)")
# Nothing is printed before the last formula, picture and interactive figure is there, or has said why it is not.
READY = """async () => {
  while (window.MathJax && !MathJax.startup?.promise) await new Promise((done) => setTimeout(done, 20));
  await window.MathJax?.startup.promise;
  await Promise.all([...document.images].map((image) => image.decode()));
  await document.fonts.ready;
  while (document.querySelector(".widget-host:not([data-ready], :has([role=note]))"))
    await new Promise((done) => setTimeout(done, 20));
}"""
# A table that is wider than a sheet would be cut, and a box that is taller torn wherever it begins. Code and what comes
# of it stay together where that leaves less than half a sheet empty.
FIT = """([width, height]) => {
  for (const table of document.querySelectorAll("table"))
    for (let zoom = 0.95; zoom > 0.4 && table.getBoundingClientRect().right > width; zoom -= 0.05)
      table.style.zoom = zoom;
  for (const box of document.querySelectorAll("div.cell_input, figure"))
    if (box.offsetHeight > height) box.style.zoom = (height - 8) / box.offsetHeight;
  for (const cell of document.querySelectorAll("div.cell"))
    if (cell.offsetHeight < height / 2) cell.style.breakInside = "avoid";
}"""


WIDTH, HEIGHT = 720, 1133     # px of a sheet between its margins, as pdf.css and the scale below have them
SETTINGS = {"prefer_css_page_size": True, "print_background": True, "outline": True, "tagged": True, "scale": 0.85}
# Chromium knows on which page a place is only when the sheets are made, so they are made twice.
NUMBER = """(pages) => {
  for (const link of document.querySelectorAll(".paper-contents a"))
    link.querySelector(".number").textContent = pages[link.hash.slice(1)];
}"""


@dataclass
class Entry:
    """A page in the order of _toc.yml: its name, the caption of the part that it opens, how deep it stands."""

    page: str
    part: str = ""
    depth: int = 0


@dataclass
class Chapter:
    """A built page: its name, title and text; its drawings, which the text only numbers; and every id in it."""

    page: str
    title: str
    article: Tag
    head: Tag
    drawings: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    @property
    def place(self) -> str:
        """The id of its beginning in the joined file.

        >>> Chapter("book/data", "Data", None, None).place
        'book-data'
        """
        return self.page.replace("/", "-")

    def text(self) -> str:
        """The page with its drawings."""
        return re.sub(r"<svg>(\d+)</svg>", lambda number: self.drawings[int(number[1])], str(self.article))

    def anchor(self, name: str) -> str:
        """What becomes of an id of the page: other pages may have the same."""
        return f"{self.place}--{name}"


def contents(toc: dict) -> Iterator[Entry]:
    """Every page that _toc.yml names.

    >>> toc = {"root": "a", "parts": [{"caption": "P", "chapters": [{"file": "b", "sections": [{"file": "c"}]}]}]}
    >>> [(entry.page, entry.part, entry.depth) for entry in contents(toc)]
    [('a', '', 0), ('b', 'P', 0), ('c', '', 1)]
    """
    def below(entries: list[dict], caption: str, depth: int) -> Iterator[Entry]:
        for place, entry in enumerate(entries):
            yield Entry(entry["file"], "" if place else caption, depth)
            yield from below(entry.get("sections", []), "", depth + 1)

    yield Entry(toc["root"])
    for part in toc.get("parts", [toc]):
        yield from below(part.get("chapters", []), part.get("caption", ""), 0)


# --- one file of all pages ----------------------------------------------------------------------

def join(root: Path, html: Path) -> str:
    """The text of one HTML file with all built pages, for the folder that holds ``html``. They must have been built."""
    import yaml

    config, toc = (yaml.safe_load((root / name).read_text(encoding="utf-8")) for name in ("_config.yml", "_toc.yml"))
    entries = list(contents(toc))
    chapters = {entry.page: read(html, entry.page) for entry in entries}
    for chapter in chapters.values():
        leave_the_screen(chapter)
        stand_still(chapter)
        name_apart(chapter)
    for chapter in chapters.values():
        lead_inside(chapter, chapters, html.name)
    first = chapters[toc["root"]]
    views = any(chapter.article.find("script", type=VIEW) for chapter in chapters.values())
    running = "".join(f"@page {each.place} {{ @top-left {{ content: {_css_string(each.title)}; }} }}\n"
                      for each in chapters.values())
    return "\n".join([
        "<!DOCTYPE html>", '<html lang="en" data-theme="light" data-mode="light">', "<head>", '<meta charset="utf-8">',
        f"<title>{escape(config['title'])}</title>", *styles(first, html.name),
        f"<style>\n{SHEET.read_text(encoding='utf-8')}{running}</style>",
        *scripts(chapters.values(), html.name, views), "</head>",
        '<body class="on-paper"><main class="bd-main"><div class="bd-content"><div class="bd-article-container">',
        title_page(config, first, html.name), table_of_contents(entries, chapters),
        *(f'<div class="chapter" id="{each.place}" style="page: {each.place}">{each.text()}</div>'
          for each in chapters.values()),
        "</div></div></main></body></html>", ""])


def read(html: Path, page: str) -> Chapter:
    """A page as it was built."""
    from bs4 import BeautifulSoup

    file = html / f"{page}.html"
    require(file.is_file(), "the page", page, "built: run `parity book` first")
    text = file.read_text(encoding="utf-8")
    head, opening, rest = text.partition("<article")
    place, drawings = page.replace("/", "-"), []

    def set_aside(drawing: re.Match) -> str:
        drawings.append(renamed(drawing[0], f"{place}-{len(drawings)}--"))
        return f"<svg>{len(drawings) - 1}</svg>"

    body = DRAWING.sub(set_aside, opening + rest.partition("</article>")[0] + "</article>")
    article = BeautifulSoup(body, "html.parser").article
    for element in article.select(", ".join(SCREEN_ONLY)):
        element.decompose()
    return Chapter(page, " ".join(article.h1.get_text().split()), article,
                   BeautifulSoup(head.partition("<body")[0], "html.parser"), drawings)


def renamed(drawing: str, prefix: str) -> str:
    """A drawing with a prefix before each id that it uses, and without the others: Matplotlib names parts alike.

    >>> renamed('<svg id="f"><path id="a"/><use xlink:href="#a"/><g style="clip-path: url(#a)"/></svg>', "p-")
    '<svg><path id="p-a"/><use xlink:href="#p-a"/><g style="clip-path: url(#p-a)"/></svg>'
    """
    used = set(re.findall(r"""(?:url\(#|href="#)([^)"]+)[)"]""", drawing))
    drawing = re.sub(r' id="([^"]*)"', lambda name: f' id="{prefix}{name[1]}"' if name[1] in used else "", drawing)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", drawing)


def leave_the_screen(chapter: Chapter) -> None:
    """Open what is folded."""
    for details in chapter.article.find_all("details"):
        details["open"] = ""
    for image in chapter.article.find_all("img"):
        image.attrs.pop("loading", None)         # what is far down would not be loaded when the sheets are made


def stand_still(chapter: Chapter) -> None:
    """Put each interactive figure's picture in its place; one that has none is printed as it is drawn at first."""
    for view in chapter.article.find_all("script", type=VIEW):
        still = view.find_next_sibling("noscript")
        if still and still.img:
            caption = still.figcaption
            caption.string = caption.get_text().partition("] ")[2] + " On its page this figure is interactive."
            room = view.find_next_sibling(class_="widget-host")
            if room:
                room.decompose()
            view.replace_with(still.figure)
        if still:
            still.decompose()


def name_apart(chapter: Chapter) -> None:
    """Make all ids the page's own."""
    for element in chapter.article.find_all(id=True):
        chapter.ids.add(element["id"])
        element["id"] = chapter.anchor(element["id"])
    for element in chapter.article.find_all(lambda one: any(name in one.attrs for name in REFERRING)):
        for name in REFERRING:
            if name in element.attrs:
                words = element[name] if isinstance(element[name], list) else element[name].split()
                element[name] = " ".join(map(chapter.anchor, words))


def lead_inside(chapter: Chapter, chapters: dict[str, Chapter], folder: str) -> None:
    """Make links between pages lead to places in this file, and pictures come from the pages' folder."""
    for link in chapter.article.find_all("a", href=True):
        target = leads_to(link["href"], chapter, chapters)
        if target is None:                       # to something that is not on paper: the words remain
            link.unwrap()
        else:
            link["href"] = target
    for image in chapter.article.find_all("img", src=True):
        image["src"] = beside(image["src"], chapter.page, folder)


def leads_to(href: str, chapter: Chapter, chapters: dict[str, Chapter]) -> str | None:
    """Where a link of a page leads in the joined file; None where only the built pages have the place."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return href if parts.scheme in ("http", "https", "mailto") else None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(chapter.page), unquote(parts.path)))
    target = chapters.get(path.removesuffix(".html")) if parts.path else chapter
    if target is None:
        return None
    name = unquote(parts.fragment)
    return f"#{target.anchor(name)}" if name in target.ids else f"#{target.place}"


def beside(address: str, page: str, folder: str) -> str:
    """An address as a page writes it, seen from the folder above ``folder``.

    >>> beside("../_static/a.svg?v=1", "book/data", "html"), beside("data:,", "book/data", "html")
    ('html/_static/a.svg', 'data:,')
    """
    parts = urlsplit(address)
    if parts.scheme:
        return address
    return posixpath.normpath(posixpath.join(folder, posixpath.dirname(page), parts.path))


def styles(first: Chapter, folder: str) -> list[str]:
    return [f'<link rel="stylesheet" href="{beside(link["href"], first.page, folder)}">'
            for link in first.head.find_all("link", rel="stylesheet")]


def scripts(chapters: list[Chapter], folder: str, views: bool) -> Iterator[str]:
    """MathJax as the pages use it, and what draws the figures that have no still picture."""
    found: dict[str, str] = {}
    for chapter in chapters:
        for script in chapter.head.find_all("script"):
            source = script.get("src", "")
            if "window.MathJax" in script.get_text():
                found.setdefault("settings", str(script))
            elif "mathjax/" in source or "formulas.js" in source or (views and "widget-host" in source):
                address = beside(source, chapter.page, folder)
                found.setdefault(address, f'<script defer src="{address}"></script>')
            elif views and script.get("type") == STATE and chapter.article.find("script", type=VIEW):
                found[chapter.page] = str(script)
    yield from found.values()


def title_page(config: dict, first: Chapter, folder: str) -> str:
    """Title, what the book is about, who made it, and what may be done with it."""
    about = first.head.find("meta", attrs={"name": "description"})
    licence = config.get("html", {}).get("extra_footer", "")
    return f"""<section class="title-page"><img src="{folder}/_static/cover.svg" alt="">
<p class="title">{escape(config["title"])}</p>
<p class="subtitle">{escape(about["content"])}</p>
<p>{escape(config["author"])}<br>Version {__version__}, {escape(str(config["copyright"]))}</p>
<p class="small">{licence}</p></section>"""


def table_of_contents(entries: list[Entry], chapters: dict[str, Chapter]) -> str:
    """A line for each page; its number is filled in when it is known."""
    lines = ['<nav class="paper-contents" aria-labelledby="contents"><h1 id="contents">Contents</h1>']
    for entry in entries:
        chapter = chapters[entry.page]
        if entry.part:
            lines.append(f'<p class="part">{escape(entry.part)}</p>')
        lines.append(f'<p class="line depth-{entry.depth}"><a href="#{chapter.place}">{escape(chapter.title)}'
                     '<span class="number"></span></a></p>')
    return "\n".join([*lines, "</nav>"])


def _css_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- from the file to the sheets ----------------------------------------------------------------

def opened(browser: Browser, file: Path, theme: str = "light") -> Page:
    """The joined file in a browser, to its last formula, as paper has it, with every other host out of reach."""
    context = browser.new_context(color_scheme=theme, viewport={"width": WIDTH, "height": 1080})
    context.route(lambda url: not OWN.match(url), lambda route: route.abort())
    page = context.new_page()
    page.emulate_media(media="print", color_scheme=theme)
    page.goto(file.as_uri())
    page.evaluate(READY)
    page.evaluate(FIT, [WIDTH, HEIGHT])
    return page


def print_book(browser: Browser, root: Path) -> Path:
    """Print the built pages of the book in ``root``; the PDF's path. The joined file stays beside it."""
    folder = root / "_build"
    file, target = folder / f"{NAME}.html", folder / f"{NAME}.pdf"
    file.write_text(join(root, folder / "html"), encoding="utf-8")
    page = opened(browser, file)
    page.evaluate(NUMBER, page_numbers(page.pdf(**SETTINGS)))
    target.write_bytes(page.pdf(**SETTINGS))
    page.context.close()
    return target


def page_numbers(pdf: bytes) -> dict[str, int]:
    """On which page, counted from 1, each place is to which the contents lead."""
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(pdf))
    return {name.removeprefix("/"): reader.get_destination_page_number(place) + 1
            for name, place in reader.named_destinations.items()}
