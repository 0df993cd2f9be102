"""The fixture that opens widgets in a page."""

import pytest

from tests.figures.widgets.static_page import write_page


@pytest.fixture
def show(browser, tmp_path):
    """Open a page with some widgets. At the end it must not have logged an error or made a request to a host."""
    pages = []

    def open_page(*widgets, width=1280, theme="light", less_motion=True):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme,
                                      reduced_motion="reduce" if less_motion else "no-preference")
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.route(lambda url: not url.startswith(("file:", "blob:")), lambda route: route.abort())
        page.goto(write_page(tmp_path / f"page{len(pages)}.html", *widgets, theme=theme))
        page.wait_for_function(f"document.querySelectorAll('.widget-host[data-ready]').length === {len(widgets)}")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        assert page.complaints == []
        page.context.close()
