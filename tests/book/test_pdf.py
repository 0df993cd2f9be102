"""The book on paper: one PDF of all pages in order, with bookmarks, links that stay inside, and nothing cut."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

import pytest
from pypdf import PdfReader

from parity_lib import pdf

from .conftest import ROOT, pages_in_toc

pytestmark = [pytest.mark.book, pytest.mark.browser]

# What lies outside a sheet's margins, or is cut by a box that scrolls on a screen.
WIDE = """(width) => [...document.querySelectorAll("body *")].filter((one) => {
  const { left, right, width: own } = one.getBoundingClientRect();
  if (own === 0 || !one.checkVisibility() || one.closest("mjx-assistive-mml, svg *")) return false;
  const cut = getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
  // A formula holds a hidden copy of itself for screen readers, and long lines that it cuts to size.
  return right > width + 1 || left < -1 || (cut && !one.closest(".math"));
}).map((one) => `${one.closest(".chapter")?.id} ${one.tagName} ${one.textContent.trim().slice(0, 60)}`)"""


@pytest.fixture(scope="module")
def printed(html, browser):
    return pdf.print_book(browser, ROOT)


@pytest.fixture(scope="module")
def reader(printed):
    return PdfReader(printed)


@pytest.fixture(scope="module")
def joined(printed):
    return printed.with_suffix(".html").read_text(encoding="utf8")


@pytest.fixture(scope="module", params=["light", "dark"])
def sheet(printed, browser, request):
    """The joined file as it is printed, on a system that prefers either theme."""
    page = pdf.opened(browser, printed.with_suffix(".html"), request.param)
    yield page
    page.context.close()


def words(html: str) -> str:
    """The text of some HTML in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def article(html, name: str) -> str:
    """The text of a built page, as HTML."""
    return (html / f"{name}.html").read_text(encoding="utf8").partition("<article")[2].partition("</article>")[0]


def said(page) -> str:
    """The text of a sheet in one line, without ligatures."""
    return " ".join(unicodedata.normalize("NFKC", page.extract_text()).split())


def titles(html) -> dict[str, str]:
    """What stands over each page of the table of contents."""
    heading = re.compile(r'<h1>(.*?)<a class="headerlink"', re.DOTALL)
    return {name: words(heading.search(article(html, name))[1]) for name in pages_in_toc(ROOT)}


def pages_of_bookmarks(reader) -> dict[str, int]:
    """The page, counted from 0, of each bookmark of the first level after the table of contents."""
    chapters = [one for one in reader.outline if not isinstance(one, list)][1:]
    return {one.title: reader.get_destination_page_number(one) for one in chapters}


@pytest.mark.slow        # the whole book is printed for it
def test_each_chapter_has_a_bookmark_in_the_order_of_the_contents(reader, html):
    marks = pages_of_bookmarks(reader)
    assert list(marks) == list(titles(html).values())
    assert list(marks.values()) == sorted(marks.values())
    below = [one[0].title for one in reader.outline if isinstance(one, list)]
    assert "2.1. A network with a loop" in below
    assert reader.metadata.title == "One Bit of Memory"


@pytest.mark.slow        # the whole book is printed for it
def test_the_contents_name_the_pages(reader, html):
    contents = said(reader.pages[1])
    for title, page in pages_of_bookmarks(reader).items():
        assert re.search(rf"{re.escape(title)} ?{page + 1}\b", contents), title


@pytest.mark.slow        # the whole book is printed for it
def test_links_lead_to_places_inside_or_to_the_web(reader):
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    links = [note for note in notes if note["/Subtype"] == "/Link"]
    inside = [str(link["/Dest"]) for link in links if "/Dest" in link]
    outside = [str(link["/A"]["/URI"]) for link in links if "/Dest" not in link]
    assert len(inside) > 500
    assert set(inside) - set(reader.named_destinations) == set()
    assert [address for address in outside if not re.match(r"https?://|mailto:", address)] == []


@pytest.mark.slow        # the whole book is printed for it
def test_a_link_of_a_chapter_leads_to_the_other(reader, joined):
    assert '<a class="reference internal" href="#book-one-bit">' in joined
    place = reader.named_destinations["/book-one-bit"]
    assert reader.get_destination_page_number(place) == pages_of_bookmarks(reader)["1. One bit of memory"]
    assert re.search(r'href="#book-unrolling--equation-two-units"', joined)


def test_no_id_stands_twice(joined):
    ids = re.findall(r'<[a-z][^<>]* id="([^"]+)"', re.sub(r"<script.*?</script>", "", joined, flags=re.DOTALL))
    assert len(ids) > 1000
    assert len(ids) == len(set(ids))


@pytest.mark.slow        # the whole book is printed for it
def test_every_page_is_there_to_its_last_sentence(reader, html):
    begins = [*pages_of_bookmarks(reader).values(), len(reader.pages)]
    for name, after in zip(pages_in_toc(ROOT), begins[1:], strict=True):
        sheets = "".join(said(reader.pages[number]) for number in (after - 2, after - 1))
        paragraphs = re.findall(r"<p[^>]*>(.*?)</p>", article(html, name), re.DOTALL)
        last = [words(one) for one in paragraphs if "math" not in one][-1]
        assert last.replace(" ", "")[-60:] in sheets.replace(" ", ""), (name, last)


@pytest.mark.slow        # the whole book is printed for it
def test_each_sheet_has_its_number_and_its_chapter(reader):
    for number in (20, len(reader.pages) - 1):
        assert str(number + 1) in reader.pages[number].extract_text().splitlines()[:3]
    first = pages_of_bookmarks(reader)["5. Training"]
    assert "5. Training" in reader.pages[first + 1].extract_text()


@pytest.mark.slow        # the whole book is printed for it
def test_nothing_is_wider_than_a_sheet_or_cut(sheet):
    assert sheet.evaluate(WIDE, pdf.WIDTH) == []


@pytest.mark.slow        # the whole book is printed for it
def test_no_box_of_code_and_no_figure_is_torn(sheet):
    boxes = sheet.locator("div.cell_input:visible, figure:visible, div.math:visible").evaluate_all(
        "all => all.map(one => [getComputedStyle(one).breakInside, one.getBoundingClientRect().height])")
    assert abs(pdf.HEIGHT - (297 - 22 - 20) / 25.4 * 96 / pdf.SETTINGS["scale"]) < 1      # as pdf.css has it
    assert abs(pdf.WIDTH - (210 - 24 - 24) / 25.4 * 96 / pdf.SETTINGS["scale"]) < 1
    assert len(boxes) > 300
    assert {rule for rule, _ in boxes} == {"avoid"}
    assert max(height for _, height in boxes) < pdf.HEIGHT


@pytest.mark.slow        # the whole book is printed for it
def test_paper_is_light_with_everything_open_and_set(sheet, html):
    assert sheet.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert sheet.evaluate("getComputedStyle(document.querySelector('article p')).color") == "rgb(34, 40, 50)"
    assert sheet.locator("details:not([open])").count() == 0
    assert sheet.locator(".math:not(:has(mjx-container)), mjx-merror").count() == 0
    assert sheet.locator(":is(button, input, select, nav:not(.paper-contents)):visible").count() == 0
    drawn = sum(article(html, name).count('<svg role="img"') for name in pages_in_toc(ROOT))
    assert sheet.locator("svg[role=img]:visible").count() == drawn
    assert sheet.locator("img:visible").evaluate_all("all => all.every(one => one.naturalWidth > 0)")


@pytest.mark.slow        # the whole book is printed for it
def test_an_interactive_figure_is_a_picture_or_what_it_shows_at_first(sheet, joined, html):
    views = sum(article(html, name).count('widget-view+json"') for name in pages_in_toc(ROOT))
    pictures = sheet.locator("figure.parity-still img:visible").count()
    assert pictures + sheet.locator(".widget-host[data-ready]:visible").count() == views
    assert joined.count("On its page this figure is interactive.") == pictures
    assert "needs JavaScript" not in joined


def test_nothing_is_fetched_from_elsewhere(joined):
    fetched = re.findall(r'<(?:script|link|img)\b[^>]*?(?:src|href)="([^"]*)"', joined)
    assert len(fetched) > 10
    assert [one for one in fetched if not re.match(r"html/|data:", one)] == []


@pytest.mark.parametrize("wrong", [
    '<div style="width: 3000px">x</div>', '<div style="overflow: hidden"><p style="width: 3000px">x</p></div>',
    '<p style="margin-left: -50px">x</p>', '<div style="overflow-x: auto"><pre style="width: 3000px">x</pre></div>'])
def test_what_is_too_wide_would_be_found(browser, wrong):
    page = browser.new_page(viewport={"width": pdf.WIDTH, "height": 900})
    page.set_content("<body style='margin: 0'><div class=chapter id=a><p>sound</p></div></body>")
    assert page.evaluate(WIDE, pdf.WIDTH) == []
    page.set_content(f"<body style='margin: 0'><div class=chapter id=a>{wrong}</div></body>")
    assert page.evaluate(WIDE, pdf.WIDTH) != []
    page.close()


# Small pages

PAGE = """<html><head><meta name="description" content="d"><link rel="stylesheet" href="_static/x.css?v=1">{state}
<script src="_static/widget-host.js"></script></head><body><nav><a href="b.html">B</a></nav><article class="bd-article">
<h1 id="top">{title}<a class="headerlink" href="#top">#</a></h1>{text}</article></body></html>"""


def book(folder, **texts: str):
    """A book of small pages, and the joined file's text."""
    html = folder / "_build/html"
    (html / "sub").mkdir(parents=True)
    for name, text in texts.items():
        state, _, text = text.rpartition("|||")
        (html / f"{name.replace('_', '/')}.html").write_text(PAGE.format(title=name.upper(), text=text, state=state))
    first, *others = (name.replace("_", "/") for name in texts)
    (folder / "_config.yml").write_text("title: T & U\nauthor: A\ncopyright: '1'\n")
    chapters = ", ".join(f"{{file: {name}}}" for name in others)
    (folder / "_toc.yml").write_text(f"root: {first}\nchapters: [{chapters}]\n")
    return pdf.join(folder, html)


def test_ids_and_links_of_two_pages_do_not_collide(tmp_path):
    text = book(tmp_path, a='<p id="x"><a href="sub/b.html#x">1</a><a href="#x">2</a><a href="sub/b.html#y">3</a></p>',
                sub_b='<p id="x"><a href="../a.html">4</a><a href="../c.ipynb">5</a><a href="https://e.org">6</a></p>'
                '<label for="x">7</label><img src="../_static/p.svg">')
    assert '<p id="a--x">' in text
    assert '<p id="sub-b--x">' in text
    assert [re.search(rf'<a href="([^"]*)">{n}</a>', text)[1] for n in (1, 2, 3, 4, 6)] == [
        "#sub-b--x", "#a--x", "#sub-b", "#a", "https://e.org"]
    assert "5" in text
    assert ">5</a>" not in text
    assert '<label for="sub-b--x">' in text
    assert '<img src="html/_static/p.svg"/>' in text
    assert "<nav><a" not in text
    assert "<title>T &amp; U</title>" in text


def test_a_figure_without_a_picture_is_drawn_by_its_own_script(tmp_path):
    state = '<script type="application/vnd.jupyter.widget-state+json">{"state": {}}</script>|||'
    view = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "m"}</script><noscript><figure>'
    end = "<figcaption>[No script.] It moves.</figcaption></figure></noscript>"
    alone = book(tmp_path / "alone", a=state + view + end)
    assert "widget-view" in alone
    assert "widget-state" in alone
    assert "widget-host.js" in alone
    drawn = book(tmp_path / "drawn", a=f'{state}{view}<img src="_static/p.svg" loading="lazy">{end}')
    assert "widget-" not in drawn
    assert '<figure><img src="html/_static/p.svg"/><figcaption>It moves. On its page' in drawn


def test_what_only_a_screen_can_use_stays_behind_and_the_folded_is_open(tmp_path):
    text = book(tmp_path, a='<details class="parity-numbers">1000 rows</details><details><p>folded</p></details>')
    assert "1000 rows" not in text
    assert '<details open="">' in text
    assert "headerlink" not in text


def test_a_page_that_is_not_built_is_named(tmp_path):
    book(tmp_path, a="", b="")
    (tmp_path / "_build/html/b.html").unlink()
    with pytest.raises(ValueError, match="the page must be built: run `parity book` first, but it is 'b'"):
        pdf.join(tmp_path, tmp_path / "_build/html")
