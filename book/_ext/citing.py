"""Functions that add a BibTeX entry to the footer of each page."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import yaml

NUMBER_OR_TAG = re.compile(r'<span class="section-number">.*?</span>|<[^>]*>')    # of a title


def bibtex(book: dict, year: str, page: str, title: str, address: str = "") -> str:
    """Return the BibTeX entry for a page of the book.

    The entry is for the whole book if there is no title. `book` is the content of CITATION.cff. The key of an entry is
    made of the page's name: exercises/unrolling/unrolling becomes exercises-unrolling.
    """
    parts = dict.fromkeys(page.removeprefix("book/").split("/"))
    name = "one-bit-of-memory" + f":{'-'.join(parts)}" * bool(title)
    authors = " and ".join("{" + author["name"] + "}" for author in book["authors"])
    fields = {"author": authors, "title": f"{title}, in: {book['title']}" if title else book["title"], "year": year,
              "note": f"Version {book['version']}", "url": address}
    lines = [f"  {key:<6} = {{{value}}}," for key, value in fields.items() if value]
    return "\n".join([f"@misc{{{name},", *lines, "}"])


def add_citation(app, pagename, templatename, context, doctree) -> None:
    """Add a collapsible BibTeX entry to the footer of a page."""
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
