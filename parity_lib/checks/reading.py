"""Where a message sends its reader: a section of the book, in words and as a link that opens."""

from __future__ import annotations

import html
import os
import re
import sys
from pathlib import Path

PLACE = re.compile(r"\(book/([\w-]+)\.html(#[\w-]+)?\)")


def section(see: str) -> str:
    """Where a section stands in the book, as a student can find it.

    >>> section("packing#the-last-real-step")
    'the chapter "packing", section "the last real step" (book/packing.html#the-last-real-step)'
    """
    page, _, anchor = see.partition("#")
    words = f', section "{anchor.replace("-", " ")}"' if anchor else ""
    return f'the chapter "{page}"{words} (book/{page}.html{"#" + anchor if anchor else ""})'


def address(page: str, anchor: str) -> str | None:
    """What a link to a section leads to from the notebook's folder, or None where no book is found.

    In this order: the book at the address in the environment's ``PARITY_BOOK``, the
    built pages in a folder above this one, their sources there.
    """
    if base := os.environ.get("PARITY_BOOK"):
        return f"{base.rstrip('/')}/book/{page}.html{anchor}"
    for ups, folder in enumerate([Path.cwd(), *Path.cwd().parents]):
        for place in (f"_build/html/book/{page}.html", f"book/{page}.md"):
            if (folder / place).is_file():
                return "../" * ups + place + anchor
    return None


def offer_link(message: str) -> None:
    """In a notebook that is not being graded, show a link to the section that a message names."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    found = PLACE.search(message)
    if found is None or not hasattr(shell, "kernel") or os.environ.get("NBGRADER_EXECUTION"):
        return
    page, anchor = found[1], found[2] or ""
    if (link := address(page, anchor)) is not None:
        from IPython.display import HTML, display
        words = f"{page}{': ' if anchor else ''}{anchor[1:]}".replace("-", " ")
        display(HTML(f'<a href="{html.escape(link)}" target="_blank" rel="noopener">Read {words}</a>'))
