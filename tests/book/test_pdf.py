"""Test the printed book: all pages in order, bookmarks, internal links, and nothing that is cut off."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

import pytest
from pypdf import PdfReader

from parity_book import pdf

from .conftest import ROOT, pages_in_toc

pytestmark = [pytest.mark.book, pytest.mark.browser]

# Elements that reach over a sheet's margins, or that are cut off by a box that scrolls on a screen.
WIDE = """(width) => [...document.querySelectorAll("body *")].filter((element) => {
  const { left, right, width: own } = element.getBoundingClientRect();
  if (own === 0 || !element.checkVisibility() || element.closest("svg *")) return false;
  const cut = getComputedStyle(element).overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
  return right > width + 1 || left < -1 || (cut && !element.closest(".math"));
}).map((element) => [element.closest(".chapter")?.id, element.tagName, element.textContent.trim().slice(0, 60)])"""


@pytest.fixture(scope="module")
def reader(html, browser):
    return PdfReader(pdf.print_book(browser, ROOT))


@pytest.fixture(scope="module")
def joined(html, browser):
    """Join the pages as they are printed, on a system that prefers a dark theme, unlike the one above."""
    page = pdf.join(browser, ROOT, "dark")
    yield page
    page.context.close()


def words(html: str) -> str:
    """Return the text of some HTML in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def article(html, name: str) -> str:
    """Return the main part of a built page, as HTML."""
    return (html / f"{name}.html").read_text(encoding="utf8").partition("<article")[2].partition("</article>")[0]


def text_of(sheet) -> str:
    """Return the text of a sheet in one line, without ligatures."""
    return " ".join(unicodedata.normalize("NFKC", sheet.extract_text()).split())


def bookmarks(reader) -> dict[str, int]:
    """Return the page, counted from 0, of each bookmark of the first level after the table of contents."""
    chapters = [mark for mark in reader.outline if not isinstance(mark, list)][1:]
    return {mark.title: reader.get_destination_page_number(mark) for mark in chapters}


@pytest.mark.slow        # prints the whole book
def test_each_chapter_has_a_bookmark_and_a_line_in_the_contents(reader, html):
    heading = re.compile(r'<h1>(.*?)<a class="headerlink"', re.DOTALL)
    titles = [words(heading.search(article(html, name))[1]) for name in pages_in_toc(ROOT)]
    marks = bookmarks(reader)
    assert list(marks) == titles
    assert list(marks.values()) == sorted(marks.values())
    below = [mark[0].title for mark in reader.outline if isinstance(mark, list)]
    assert any(title.startswith("2.1. ") for title in below)
    assert reader.metadata.title == "One Bit of Memory"
    contents = " ".join(text_of(reader.pages[sheet]) for sheet in (1, 2))
    for title, page in marks.items():
        assert re.search(rf"{re.escape(title)} ?{page + 1}\b", contents), title


@pytest.mark.slow        # prints the whole book
def test_links_lead_to_places_inside_or_to_the_web(reader):
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    links = [note for note in notes if note["/Subtype"] == "/Link"]
    inside = [str(link["/Dest"]) for link in links if "/Dest" in link]
    outside = [str(link["/A"]["/URI"]) for link in links if "/Dest" not in link]
    assert len(inside) > 500
    assert set(inside) - set(reader.named_destinations) == set()
    assert [address for address in outside if not re.match(r"https?://|mailto:", address)] == []
    place = reader.named_destinations["/book-one-bit"]
    assert reader.get_destination_page_number(place) == list(bookmarks(reader).values())[
        pages_in_toc(ROOT).index("book/one-bit")]


@pytest.mark.slow        # prints the whole book
def test_every_page_is_there_to_its_last_sentence(reader, html):
    starts = [*bookmarks(reader).values(), len(reader.pages)]
    for name, after in zip(pages_in_toc(ROOT), starts[1:], strict=True):
        sheets = "".join(text_of(reader.pages[number]) for number in (after - 2, after - 1))
        paragraphs = re.findall(r"<p(?: [^>]*)?>(.*?)</p>", article(html, name), re.DOTALL)
        last = [words(paragraph) for paragraph in paragraphs if "math" not in paragraph][-1]
        assert last.replace(" ", "")[-60:] in sheets.replace(" ", ""), (name, last)


@pytest.mark.slow        # joins all pages, as the tests below do
def test_nothing_is_wider_than_a_sheet_or_cut_off(joined):
    assert joined.evaluate(WIDE, pdf.WIDTH) == []


@pytest.mark.slow
def test_paper_is_light_with_every_box_open_and_every_formula_set(joined, html):
    assert joined.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    text = "document.querySelectorAll('article p')[1]"      # after the subtitle, which is lighter
    assert joined.evaluate(f"getComputedStyle({text}).color") == "rgb(34, 40, 50)"
    assert joined.locator("details:not([open])").count() == 0
    assert joined.locator(".math:not(:has(math))").count() == 0
    assert joined.locator(":is(button, input, select, nav:not(.paper-contents)):visible").count() == 0
    drawn = sum(len(re.findall('<svg [^>]*role="img"', article(html, name))) for name in pages_in_toc(ROOT))
    assert joined.locator("svg[role=img]:visible").count() == drawn
    assert joined.locator("img:visible").evaluate_all("all => all.every(image => image.naturalWidth > 0)")


@pytest.mark.slow
def test_ids_are_unique_and_interactive_figures_are_pictures(joined, html):
    ids = joined.locator("[id]").evaluate_all("all => all.map(element => element.id)")
    assert len(ids) > 1000
    assert len(ids) == len(set(ids))
    views = sum(article(html, name).count('widget-view+json"') for name in pages_in_toc(ROOT))
    assert joined.locator("figure.parity-still:visible").count() == views
    pictures = sum(article(html, name).count("_static/still/") for name in pages_in_toc(ROOT))
    assert joined.locator("figure.parity-still img:visible").count() == pictures >= views / 2    # others are sentences
    assert joined.get_by_text("On its page this figure is interactive.").count() == views
    assert joined.locator(".widget-host").count() == 0
    assert joined.get_by_text("needs JavaScript").count() == 0


# --- books of small pages ---

PAGE = """<html><head><meta name="description" content="d"></head><body><nav><a href="b.html">B</a></nav><article
class="bd-article"><h1 id="top">{title}<a class="headerlink" href="#top">#</a></h1>{text}</article></body></html>"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def book(browser, folder, **texts: str):
    """Join a book of small pages; an underscore in a name stands for a folder."""
    html = folder / "_build/html"
    (html / "sub").mkdir(parents=True)
    (html / "_static").mkdir()
    for name in ("cover", "p"):
        (html / f"_static/{name}.svg").write_text(DOT)
    for name, text in texts.items():
        (html / f"{name.replace('_', '/')}.html").write_text(PAGE.format(title=name.upper(), text=text))
    first, *later = (name.replace("_", "/") for name in texts)
    (folder / "_config.yml").write_text("title: T & U\nauthor: A\ncopyright: '1'\n")
    chapters = ", ".join(f"{{file: {name}}}" for name in later)
    (folder / "_toc.yml").write_text(f"root: {first}\nchapters: [{chapters}]\n")
    return pdf.join(browser, folder)


def test_ids_and_links_of_two_pages_do_not_collide(browser, tmp_path):
    page = book(browser, tmp_path, sub_a=(
        '<p id="x"><a href="b.html#x">1</a><a href="#x">2</a><a href="b.html#y">3</a></p>'
        '<svg id="unused"><clipPath id="c"/><path clip-path="url(#c)"/></svg>'
        '<svg><clipPath id="c"/><use href="#c"/></svg>'), sub_b=(
        '<p id="x"><a href="a.html">4</a><a href="../c.ipynb">5</a><a href="https://e.org/">6</a></p>'
        '<label for="x">7</label><img src="../_static/p.svg">'))
    addresses = page.locator(".chapter a").evaluate_all("all => all.map(a => [a.textContent, a.getAttribute('href')])")
    assert dict(addresses) == {"1": "#sub-b--x", "2": "#sub-a--x", "3": "#sub-b", "4": "#sub-a", "6": "https://e.org/"}
    html = page.content()
    for part in ('<p id="sub-a--x">', '<p id="sub-b--x">', 'url(#sub-a-0--c)', '<use href="#sub-a-1--c">',
                 '<label for="sub-b--x">', "_build/html/_static/p.svg"):
        assert part in html
    assert "unused" not in html
    assert page.locator("nav:not(.paper-contents)").count() == 0
    assert page.title() == "T & U"
    page.context.close()


def test_a_page_that_is_not_built_is_named(browser, tmp_path):
    book(browser, tmp_path, a="", b="").context.close()
    (tmp_path / "_build/html/b.html").unlink()
    with pytest.raises(ValueError, match="the page b has not been built; run `parity book` first"):
        pdf.join(browser, tmp_path)
