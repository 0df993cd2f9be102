"""A page with saved widgets in it, as Jupyter Book makes them, for the browser tests of every widget."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ipywidgets.embed import dependency_state, embed_data, escape_script

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "book" / "_static"
PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>A page with widgets</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
html[data-theme=dark] {{ --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af;
  --pst-color-background: #14181e; --pst-color-border: #48566b; background: #14181e; }}
{colours}</style>
<script type="application/vnd.jupyter.widget-state+json">{state}</script>
<script>{scripts}</script></head>
<body>{views}</body></html>"""


def page_html(state: dict, views: list[dict], theme: str = "light", scripts: Sequence[str] = ()) -> str:
    """The HTML for saved ``state`` and one view for each entry of ``views``, with further scripts of the book."""
    tag = '<script type="application/vnd.jupyter.widget-view+json">{}</script>'
    colours = (ROOT / "packages" / "parity_figures" / "colours.css").read_text(encoding="utf-8")
    texts = [(STATIC / name).read_text(encoding="utf-8") for name in ("widget-host.js", *scripts)]
    return PAGE.format(
        theme=theme, state=escape_script(json.dumps(state)), colours=colours, scripts="\n".join(texts),
        views="\n".join(tag.format(escape_script(json.dumps(view))) for view in views))


def write_page(path: Path, *widgets, theme: str = "light", scripts: Sequence[str] = ()) -> str:
    """Write a page that shows ``widgets`` in this order; returns its file:// address."""
    data = embed_data(list(widgets), state=dependency_state(list(widgets), drop_defaults=False))
    path.write_text(page_html(data["manager_state"], data["view_specs"], theme, scripts), encoding="utf-8")
    return path.as_uri()
