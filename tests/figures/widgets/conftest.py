"""The fixtures that open pages with widgets."""

from contextlib import contextmanager

import pytest

from tests.figures.widgets.static_page import in_one_scope, write_page

# The same "random" numbers in each run: x -> 16807 x mod (2^31 - 1), the generator of Park and Miller (1988).
SEEDED = "let x = 1; Math.random = () => (x = (16807 * x) % 2147483647) / 2147483647;"


@contextmanager
def pages_of(browser):
    """Return a function that opens a file:// address, with seeded random numbers.

    At the end no page must have logged an error or made a request to a host.
    """
    pages = []

    def open_page(address, **options):
        page = browser.new_context(**options).new_page()
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.route(lambda url: not url.startswith(("file:", "blob:")), lambda route: route.abort())
        page.add_init_script(SEEDED)
        page.goto(address)
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
        assert page.complaints == []


@pytest.fixture
def open_file(browser):
    """Open a file:// address in a page of its own."""
    with pages_of(browser) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def page_of_modules(browser, tmp_path_factory):
    """Return a function that opens one page for all tests of a file, with JavaScript modules and other code."""
    with pages_of(browser) as open_page:
        def open_modules(*names, code=""):
            file = tmp_path_factory.mktemp("modules") / "page.html"
            file.write_text(f"<!doctype html><meta charset=utf-8><script>{in_one_scope(*names)}\n{code}</script>",
                            encoding="utf-8")
            return open_page(file.as_uri())

        yield open_modules


@pytest.fixture
def show(open_file, tmp_path):
    """Open a page with some widgets; ``address`` is appended to its address."""
    def show_widgets(*widgets, width=1280, theme="light", less_motion=True, address=""):
        file = write_page(tmp_path / "page.html", *widgets, theme=theme)
        page = open_file(file + address, viewport={"width": width, "height": 900}, color_scheme=theme,
                         reduced_motion="reduce" if less_motion else "no-preference")
        page.wait_for_function(f"document.querySelectorAll('.widget-host[data-ready]').length === {len(widgets)}")
        return page

    return show_widgets
