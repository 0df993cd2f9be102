"""Functions that collect the figures of all pages in one archive, from which lecturers can take them.

Each figure becomes an SVG file that needs nothing from its page: it has a size, the colours of the light theme, and a
title with its caption and the credit that the licence asks for.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docutils import nodes

ARCHIVE = "_static/one-bit-of-memory-figures.zip"


def collect_figures(app, page: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Collect the numbered drawings of a page."""
    numbers = app.env.toc_fignumbers.get(page, {}).get("figure", {})
    for figure in doctree.findall(nodes.figure) if doctree else ():
        panels = re.findall("<svg.*?</svg>", "".join(raw.astext() for raw in figure.findall(nodes.raw)), re.DOTALL)
        if panels and figure["ids"] and (parts := numbers.get(label := figure["ids"][0])):
            number, caption = ".".join(map(str, parts)), next(figure.findall(nodes.caption)).astext()
            app.parity_figures[page, f"{number}-{label}"] = side_by_side(panels), f"Figure {number}: {caption}"


def side_by_side(panels: list[str]) -> str:
    """Combine the panels of a figure into one drawing."""
    if len(panels) == 1:
        return panels[0]
    sizes = [tuple(map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', panel).groups())) for panel in panels]
    left, parts = 0.0, []
    for (width, height), panel in zip(sizes, panels, strict=True):
        parts.append(re.sub('style="[^"]*"', f'x="{left}" width="{width}" height="{height}"', panel, count=1))
        left += width
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left} {max(height for _, height in sizes)}" '
            f'style="">{"".join(parts)}</svg>')


def on_its_own(svg: str, title: str) -> str:
    """Convert a drawing on a page to the text of a self-contained SVG file."""
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    size = f'width="{width}pt" height="{height}pt" style="stroke-linejoin: round"'
    svg = re.sub('style="[^"]*"', size, svg, count=1).replace(">", f"><title>{escape(title)}</title>", 1)
    svg = re.sub(r"var\(--pst-font[^,]*, ([^)]*)\)", r"\1", svg)
    return re.sub(r"var\(--[^#]*(#\w{6})\)+", r"\1", svg)


def write_figures(app) -> None:
    """Write the archive, with the same bytes whenever the figures are the same."""
    credit = f"{app.config.html_title} by {app.config.author}, CC BY 4.0"
    with ZipFile(Path(app.outdir) / ARCHIVE, "w", ZIP_DEFLATED) as archive:
        for (page, name), (svg, caption) in sorted(app.parity_figures.items()):
            entry = ZipInfo(f"{Path(page).name}/{name}.svg")       # with a fixed date
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, on_its_own(svg, f"{caption} ({credit})"), ZIP_DEFLATED)
