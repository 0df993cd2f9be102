"""A page with saved widgets, as Jupyter Book makes them, and what tests do with the widgets in it."""

import json
from pathlib import Path

from ipywidgets.embed import dependency_state, embed_data, escape_script

from parity_figures.picture import SHEET
from parity_figures.widgets.base import EXPORT, FOLDER, IMPORT

STATIC = Path(__file__).parents[3] / "book" / "_static"
PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>A page with widgets</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
html[data-theme=dark] {{ --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af;
  --pst-color-background: #14181e; --pst-color-border: #48566b; background: #14181e; }}
{colours}</style>
<script type="application/vnd.jupyter.widget-state+json">{state}</script>
<script>{host}</script></head>
<body>{views}</body></html>"""


def in_one_scope(*names: str) -> str:
    """Return the text of JavaScript modules, so that a test can call their functions."""
    texts = [(FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in names]
    return EXPORT.sub(r"\1", IMPORT.sub("", "\n".join(texts)))


def page_html(state: dict, views: list[dict], theme: str = "light") -> str:
    """Return the HTML for the saved ``state`` and one view for each of ``views``."""
    tag = '<script type="application/vnd.jupyter.widget-view+json">{}</script>'
    host = (STATIC / "widget-host.js").read_text(encoding="utf-8")
    return PAGE.format(
        theme=theme, state=escape_script(json.dumps(state)), colours=SHEET, host=host,
        views="\n".join(tag.format(escape_script(json.dumps(view))) for view in views))


def write_page(path: Path, *widgets, theme: str = "light") -> str:
    """Write a page that shows ``widgets`` in this order and return its file:// address."""
    data = embed_data(list(widgets), state=dependency_state(list(widgets), drop_defaults=False))
    path.write_text(page_html(data["manager_state"], data["view_specs"], theme), encoding="utf-8")
    return path.as_uri()


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def click(page, *names: str) -> None:
    for name in names:
        button(page, name).click()


def choose(page, label: str) -> None:
    page.get_by_role("combobox", name="Network").select_option(label=label)


def bits_field(page):
    return page.get_by_role("textbox", name="Bits")


def count(page) -> str:
    return page.locator(".pw-count").inner_text()


def number(text: str) -> float:
    """Read a number as the widgets write it."""
    plain = text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--"))
    return float(plain.replace(" × 10", "e"))


def table(page) -> list[list[str]]:
    """Open the table of numbers and return its rows, the column names first."""
    details = page.locator("details", has=page.get_by_text("The numbers", exact=True))
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    details.locator("th").first.wait_for()
    return details.locator("tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
