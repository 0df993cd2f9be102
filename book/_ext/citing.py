"""How a page is cited, and the picture that a chat or a timeline shows beside a link to it."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import numpy as np
import yaml
from matplotlib.patches import Rectangle

from parity_lib import figures
from parity_lib.figures.picture import INK

PICTURE = "_static/social.png"
NUMBER_OR_TAG = re.compile(r'<span class="section-number">.*?</span>|<[^>]*>')    # of a title
WIDE, HIGH = 1200, 630      # px, the size that readers of og:image show whole


def bibtex(book: dict, year: str, page: str, title: str, address: str = "") -> str:
    """The entry for a page of the book that CITATION.cff describes; the book's own where `title` is empty."""
    parts = dict.fromkeys(page.removeprefix("book/").split("/"))    # exercises/unrolling/unrolling: two are enough
    name = "one-bit-of-memory" + f":{'-'.join(parts)}" * bool(title)
    authors = " and ".join("{" + one["name"] + "}" for one in book["authors"])
    fields = {"author": authors, "title": f"{title}, in: {book['title']}" if title else book["title"], "year": year,
              "note": f"Version {book['version']}", "url": address}
    lines = [f"  {key:<6} = {{{value}}}," for key, value in fields.items() if value]
    return "\n".join([f"@misc{{{name},", *lines, "}"])


def add_citation(app, pagename, templatename, context, doctree) -> None:
    """Put a line into the footer of each page that opens to its entry for a bibliography."""
    file = Path(app.srcdir) / "CITATION.cff"
    if not (doctree and file.is_file()):
        return
    book = yaml.safe_load(file.read_text(encoding="utf8"))
    title = NUMBER_OR_TAG.sub("", context["title"]) if pagename != app.config.root_doc else ""
    base = app.config.html_baseurl
    address = base.rstrip("/") + "/" + app.builder.get_target_uri(pagename) if base else ""
    entry = escape(bibtex(book, app.config.copyright, pagename, title, address), quote=False)
    context["theme_extra_footer"] = (
        context.get("theme_extra_footer") or "") + (
        f'<details class="cite-page"><summary>Cite this page</summary><pre>{entry}</pre></details>')


def draw_picture(app, exception) -> None:
    """Draw the picture that links to the book bring along; only a book with an address is linked to."""
    if exception or not app.config.html_baseurl or app.builder.name != "html":
        return
    bits = np.random.default_rng(5).integers(2, size=12)
    figure, axes = figures.canvas(WIDE / 100, HIGH / 100)
    figure.set_facecolor("white")
    for values, height, colours, name in ((bits, 1.0, (INK, INK), "bits"),
                                          (bits.cumsum() % 2, 0.0, (figures.EVEN, figures.ODD), "odd so far?")):
        for place, value in enumerate(values):
            axes.add_patch(square(place, height, colours[value], filled=value == 1))
        axes.text(-0.4, height + 0.4, name, ha="right", va="center", fontsize=22)
    axes.text(-0.4, 2.9, app.config.html_title, fontsize=46, fontweight="bold")
    axes.set(xlim=(-3.2, 12.4), ylim=(-1, 4.6), aspect="equal")
    axes.axis("off")
    figure.savefig(Path(app.outdir) / PICTURE, dpi=100)


def square(place: float, height: float, colour: str, filled: bool) -> Rectangle:
    return Rectangle((place, height), 0.8, 0.8, edgecolor=colour, facecolor=colour if filled else "white", linewidth=3)
