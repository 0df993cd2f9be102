"""Functions that collect the figures of all pages in one archive, from which lecturers can take them.

Each figure becomes an SVG file that needs nothing from its page: it has a size and the colours of the light theme. An
index shows all of them with their captions.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docutils import nodes

ARCHIVE = "_static/one-bit-of-memory-figures.zip"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
INDEX = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Figures</title>
<style>img { max-width: 100% }</style>
"""


def collect_figures(app, page: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Collect the numbered drawings of a page."""
    numbers = app.env.toc_fignumbers.get(page, {}).get("figure", {})
    for figure in doctree.findall(nodes.figure) if doctree else ():
        drawing = re.search("<svg.*</svg>", "".join(raw.astext() for raw in figure.findall(nodes.raw)), re.DOTALL)
        if drawing and figure["ids"] and (parts := numbers.get(label := figure["ids"][0])):
            number, caption = ".".join(map(str, parts)), next(figure.findall(nodes.caption)).astext()
            app.parity_figures[page, f"{number}-{label}"] = drawing[0], f"Figure {number}: {caption}"


def on_its_own(svg: str, credit: str) -> str:
    """Return a drawing of a page as a file. Where DejaVu Sans is missing, Verdana is used, which is as wide."""
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    size = f'width="{width}pt" height="{height}pt" style="stroke-linejoin: round"'
    svg = re.sub('style="[^"]*"', size, svg, count=1).replace(">", f"><title>{escape(credit)}</title>", 1)
    svg = re.sub(r"var\(--[^#]*(#\w{6})\)+", r"\1", svg)
    return svg.replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")


def write_figures(app) -> None:
    """Write the archive, with the same bytes whenever the figures are the same."""
    credit, pages = f"{app.config.html_title} by {app.config.author}, CC BY 4.0", list(app.env.collect_relations())
    files, index = {}, (f'{INDEX}<h1>Figures of {escape(credit)}</h1><p>You may use and change them if you give this '
                        f'credit; see <a href="{LICENCE}">the licence</a>. They are made for a light background.</p>')
    for page, name in sorted(app.parity_figures, key=lambda key: pages.index(key[0])):
        (svg, caption), file = app.parity_figures[page, name], f"{Path(page).name}/{name}.svg"
        files[file] = on_its_own(svg, f"{caption.partition(':')[0]} of {credit}")
        alt = re.search('aria-label="([^"]*)"', svg)[1]
        index += (f'<figure><img src="{file}" alt="{alt}">'
                  f"<figcaption>{escape(caption)} <code>{file}</code></figcaption></figure>\n")
    with ZipFile(Path(app.outdir) / ARCHIVE, "w", ZIP_DEFLATED) as archive:
        for file, text in {"index.html": index, **files}.items():
            entry = ZipInfo(file)       # with a fixed date
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text, ZIP_DEFLATED)
