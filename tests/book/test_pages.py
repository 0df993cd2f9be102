"""Every page in a real browser, wide and narrow, light and dark: nothing is broken or asked of another host.

Each check is shown to fail on a small page that is wrong in that way alone.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from .conftest import ROOT, pages_in_toc

pytestmark = [pytest.mark.book, pytest.mark.browser]

GENERATED = ["genindex", "search"]
PAGES = [*pages_in_toc(ROOT), *GENERATED]
CHAPTER = "book/gates"      # with figures, formulas and claims; the longer tests look at all other pages
WIDE, NARROW = 1280, 390
CONTRAST = "color-contrast"
ALIKE = (".cell_input .highlight", "math")      # have the same colours on all pages, and take axe half of its time
INSPECT = (Path(__file__).parent / "inspect_page.js").read_text(encoding="utf8")
OWN = re.compile(r"^(http://127\.0\.0\.1:|file:|data:|blob:|about:)")
OTHER = re.compile(r"^(?!http://127\.0\.0\.1:|file:|data:|blob:|about:)")
READY = "document.fonts.ready.then(() => null)"
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
FOCUSABLE = """() => [...document.querySelectorAll("pre, .pst-scrollable-table-container")].every(box =>
    (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) === (box.tabIndex === 0))"""
AXE = Axe()


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that prints nothing, even if a page is closed before it has loaded them."""

    def log_message(self, *args) -> None:
        pass

    def copyfile(self, source, outputfile) -> None:
        with suppress(ConnectionError):
            super().copyfile(source, outputfile)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def opened(browser: Browser, width: int, theme: str) -> Iterator[BrowserContext]:
    """Yield a window without cookies or storage, in which every request to another host fails."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme,
                                  has_touch=width < 600, reduced_motion="reduce")
    context.route(OTHER, lambda route: route.abort())
    yield context
    context.close()


def watched(context: BrowserContext) -> tuple[Page, list[tuple[str, str]]]:
    """Return an empty page, and a list to which the problems of that page are added."""
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(("console", message.text)) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(("console", str(error))))
    page.on("request", lambda request: None if OWN.match(request.url) else wrong.append(("other host", request.url)))
    page.on("websocket", lambda socket: wrong.append(("other host", socket.url)))
    page.on("requestfailed", lambda request: wrong.append(("request", f"{request.failure} {request.url}")))
    page.on("response", lambda answer: wrong.append(("request", f"{answer.status} {answer.url}"))
            if answer.status >= 400 else None)
    return page, wrong


def visit(context: BrowserContext, address: str) -> tuple[Page, list[tuple[str, str]]]:
    """Load a page to its last formula; return it and its problems."""
    page, wrong = watched(context)
    page.goto(address, wait_until="load")
    page.evaluate(READY)
    return page, wrong


@cache
def anchors(file: Path) -> frozenset[str]:
    return frozenset(re.findall(r'\s(?:id|name)="([^"]+)"', file.read_text(encoding="utf8")))


def broken_links(page: Page, folder: Path) -> list[tuple[str, str]]:
    """Return the links within the book that lead nowhere."""
    wrong = []
    for href in set(page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")):
        parts = urlsplit(href)
        if not OWN.match(href) or parts.scheme not in ("http", "file"):
            continue
        path = Path(unquote(parts.path)) if parts.scheme == "file" else folder / unquote(parts.path).lstrip("/")
        file = path / "index.html" if path.is_dir() else path
        anchor = unquote(parts.fragment)
        if not file.is_file():
            wrong.append(("link", href))
        elif anchor and file.suffix == ".html" and anchor not in anchors(file):
            wrong.append(("link", f"{href} has no such place"))
    return wrong


def barriers(page: Page, only: str = "", without: str = "", within: str = "html",
             beside: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return the problems that axe-core finds, with one rule only or without one.

    The size of targets is not among axe's default rules.
    """
    rules = {"target-size": {"enabled": True}} | ({without: {"enabled": False}} if without else {})
    chosen = {"runOnly": [only]} if only else {"rules": rules}
    results = AXE.run(page, {"include": [within], "exclude": [*beside]}, options={
        "resultTypes": ["violations"], "preload": False, **chosen})
    return [("axe", f"{rule['id']}: {' '.join(node['html'].split())[:160]}")
            for rule in results.response["violations"] for node in rule["nodes"]]


def examine(context: BrowserContext, address: str, folder: Path,
            beside: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """Load a page once and return its problems: wide, narrow, and in the dark theme.

    Its colours do not depend on the width, and nothing else depends on the theme. The colours of the parts in
    ``beside`` are not compared.
    """
    page, wrong = visit(context, address)
    problems = {}
    colours, all_else = {"only": CONTRAST, "beside": beside}, {"without": CONTRAST}
    for place, theme, width, rules in (("wide", "light", WIDE, (all_else, colours)),
                                       ("narrow", "light", NARROW, (all_else,)), ("dark", "dark", WIDE, (colours,))):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        with suppress(PlaywrightTimeout):       # the theme makes boxes that scroll focusable a while after a change
            page.wait_for_function(FOCUSABLE, timeout=5000)
        problems[place] = look(page, folder, theme)
        for chosen in rules:
            problems[place] += barriers(page, **chosen)
    page.close()
    problems["wide"] += wrong
    return problems


def look(page: Page, folder: Path, theme: str = "light") -> list[tuple[str, str]]:
    """Return the problems of an open page that axe-core has no rule for."""
    page.evaluate(FRAMES)
    return [*broken_links(page, folder), *map(tuple, page.evaluate(INSPECT, theme))]


@pytest.fixture(scope="module")
def site(html) -> Iterator[str]:
    with served(html) as address:
        yield address


def check_page(browser, site, html, name: str) -> None:
    with opened(browser, WIDE, "light") as context:
        problems = examine(context, f"{site}/{name}.html", html, () if name == CHAPTER else ALIKE)
    assert not any(problems.values()), listing(problems)


def test_a_chapter(browser, site, html):
    check_page(browser, site, html, CHAPTER)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*PAGES} - {CHAPTER}))
def test_every_other_page(browser, site, html, name):
    check_page(browser, site, html, name)


def listing(wrong: dict[str, list[tuple[str, str]]]) -> str:
    """Return a line for each problem of each page, without repetitions."""
    lines = [f"{name}: {check}: {detail}" for name, found in wrong.items() for check, detail in dict.fromkeys(found)]
    return "\n".join([f"{dict(Counter(check for found in wrong.values() for check, _ in found))}", *lines])


def test_pages_from_a_folder_without_a_server(browser, html):
    wrong = {}
    with opened(browser, WIDE, "light") as context:
        for name in [PAGES[0], "book/unrolling", "book/training", "exercises/unrolling/unrolling", "search"]:
            page, problems = visit(context, (html / f"{name}.html").as_uri())
            wrong[name] = [*look(page, html), *problems]
            page.close()
    assert not any(wrong.values()), listing(wrong)


def test_index_html_leads_to_the_first_page_and_describes_it(browser, site, html):
    door = (html / "index.html").read_text(encoding="utf8")
    assert re.search(r'<meta property="og:description" content="[^"]+" />', door)
    with opened(browser, 1280, "light") as context:
        page, wrong = watched(context)
        page.goto(f"{site}/index.html", wait_until="commit")
        page.wait_for_url(f"**/{PAGES[0]}.html")
        assert page.locator("h1:visible").count() == 1
    assert not [problem for problem in wrong if problem[0] != "request"]    # requests of index.html are cancelled


def test_no_two_pages_have_the_same_title_or_description(html):
    def all_of(pattern: str) -> list[str]:
        return [re.search(pattern, (html / f"{name}.html").read_text(encoding="utf8"), re.DOTALL)[1] for name in PAGES]
    for pattern in (r"<title>(.*?)</title>", r'property="og:title" content="([^"]*)"',
                    r'property="og:description" content="([^"]*)"'):
        twice = [text for text, count in Counter(all_of(pattern)).items() if count > 1]
        assert not twice, f"{pattern}: {twice}"


@pytest.mark.parametrize("from_folder", [True, False])
def test_search_results_show_the_text_around_the_words(browser, site, html, from_folder):
    with opened(browser, 1280, "light") as context:
        page, wrong = visit(context, f"{html.as_uri() if from_folder else site}/search.html?q=parity+padding")
        page.wait_for_selector("#search-results p.search-summary:has-text('found')")
        results = page.locator("#search-results li:not(:has(span)) .context")      # names of functions have none
        page.wait_for_function("document.querySelectorAll('#search-results .context').length > 5")
        excerpts = results.all_inner_texts()
    assert not wrong
    assert all("parit" in text.lower() or "pad" in text.lower() for text in excerpts), excerpts
    assert not [text for text in excerpts if re.search("Contents|To say to a friend\\s+Check yourself|\\d#", text)]
    assert all(len(text) < 300 for text in excerpts)


def test_search_results_with_equal_scores_are_in_the_order_of_the_book(browser, site):
    with opened(browser, 1280, "light") as context:
        page, _ = visit(context, f"{site}/search.html?q=network+state")
        page.wait_for_selector("#search-results p.search-summary:has-text('found')")
        found = [(PAGES.index(urlsplit(link.get_attribute("href")).path.removesuffix(".html")),
                  round(float(link.get_attribute("data-score"))))
                 for link in page.locator("#search-results li > a").all()]
    scores = {score for _, score in found}
    assert len(scores) < len(found) / 3
    for score in scores:
        places = [place for place, of_page in found if of_page == score]
        assert places == sorted(places)


def test_no_page_names_another_host_for_a_file_that_it_loads(html):
    """Check also addresses that the browser did not happen to load."""
    inline = re.compile(r"<(?:script|style)\b(?![^>]*(?:jupyter|ld\+json))[^>]*>(.*?)</(?:script|style)>", re.DOTALL)
    fetched = re.compile(r'<(?:script|link|img|iframe|source|video|audio)\b[^>]*?(?:src|href)="((?:https?:)?//[^"]+)"')
    for file in html.rglob("*.html"):
        text = file.read_text(encoding="utf8")
        assert not fetched.findall(text), file
        for script in inline.findall(text):
            assert not re.search(r"https?://(?!www\.w3\.org/)", script), f"{file}: {script[:200]}"


# --- each check can fail ---

HEAD = """<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>A page</title>
<meta name="description" content="d"><meta property="og:title" content="t"><meta property="og:description" content="d">
<meta property="og:type" content="article"><meta name="twitter:card" content="summary"><link rel="icon" href="data:,">
</head><body style="margin: 0; background: white; color: black">"""
SOUND = HEAD + """<header><input type="search" aria-label="Search"></header>
<main><article><h1 id="top">Sound</h1><p>Text, and a
<a href="#top">link</a>.</p><span class="math"><math><mi>x</mi></math></span>
<div style="overflow-x: auto; mask-image: linear-gradient(to right, #000, transparent)" tabindex="0"><pre
style="width: 3000px">wide</pre></div></article></main></body></html>"""


def with_this(text: str) -> str:
    """Return the sound page with an addition."""
    return SOUND.replace("</article>", text + "</article>")


DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
WRONG = {
    "console": [with_this("<script>console.error('x')</script>"), with_this("<script>undefinedName()</script>")],
    "other host": [with_this('<img alt="A dot" src="https://example.org/dot.png">'),
                   with_this("<script>fetch('http://192.0.2.1/x').catch(() => 0)</script>")],
    "request": [with_this('<script src="missing.js"></script>')],
    "link": [with_this('<a href="missing.html">x</a>'), with_this('<a href="#missing">x</a>')],
    "overflow": [with_this('<div style="width: 3000px">x</div>')],
    "cut off": [with_this('<div style="overflow: hidden"><table style="width: 3000px"><tr><td>x</table></div>')],
    "edge": [with_this('<div style="overflow-x: auto" tabindex="0"><pre style="width: 3000px">wide</pre></div>')],
    "image": [with_this('<img alt="A dot" src="missing.png">')],
    "search": [with_this('<input type="search" aria-label="Search"><input type="search" aria-label="Search">'),
               SOUND.replace("<article>", '<input type="search" aria-label="Search again"><article>'),
               SOUND.replace('<input type="search" aria-label="Search">', "")],
    "alt": [with_this(f'<img src="{DOT}">'), with_this(f'<img alt="" src="{DOT}">'),
            with_this(f'<img alt="../_images/figure.png" src="{DOT}">'),
            with_this("<figure><svg><path d='M0 0h9v9z'/></svg></figure>"), with_this("<canvas></canvas>")],
    "heading": [with_this("<h1>Another</h1>")],
    "metadata": [re.sub(rf'<meta (?:name|property)="{key}"[^>]*>', "", SOUND)
                 for key in ("description", "og:title", "og:description", "og:type", "twitter:card")],
    "math": [with_this('<span class="math">\\(x\\)</span>'),
             with_this('<span class="math"><math><mtext>\\unknown</mtext></math></span>')],
    "theme": [SOUND.replace('data-theme="light"', 'data-theme="dark"')],
    "axe": [with_this('<p style="color: #888">pale</p>'), with_this(f'<img src="{DOT}">'), SOUND.replace("h1", "h2"),
            SOUND.replace("A page", ""), SOUND.replace('lang="en"', ""),
            with_this('<button style="font-size: 8px; padding: 0">a</button>' * 2)],
}


@pytest.mark.slow
def test_every_check_can_fail(browser, tmp_path):
    """A sound page passes all checks, and each wrong page fails its check."""
    with served(tmp_path) as address, opened(browser, NARROW, "light") as context:
        def failed(text: str, with_axe: bool) -> set[str]:
            (tmp_path / "page.html").write_text(text, encoding="utf8")
            anchors.cache_clear()
            page, wrong = visit(context, f"{address}/page.html")
            problems = [*look(page, tmp_path), *(barriers(page) if with_axe else []), *wrong]
            page.close()
            return {check for check, _ in problems}
        assert failed(SOUND, with_axe=True) == set()
        assert set(re.findall(r'say\("([a-z ]+)"', INSPECT)) < set(WRONG)
        for check, pages in WRONG.items():
            for text in pages:
                assert check in failed(text, check == "axe"), f"not noticed as {check}: {text}"


def test_an_address_of_another_host_is_noticed(tmp_path):
    for text in ('<script src="https://example.org/x.js"></script>',
                 '<link rel="stylesheet" href="//example.org/x.css">',
                 "<script>load('https://example.org/x.js')</script>",
                 "<style>@import 'http://example.org/x.css'</style>"):
        (tmp_path / "page.html").write_text(text, encoding="utf8")
        with pytest.raises(AssertionError):
            test_no_page_names_another_host_for_a_file_that_it_loads(tmp_path)
