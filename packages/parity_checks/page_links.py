"""Links from error messages to the sections of the book that explain the mistakes."""

import html
import os
import re
import sys

PLACE = re.compile(r"\(book/([\w-]+)\.html(#[\w-]+)?\)")
TITLES = {"one-bit": "One bit of memory", "unrolling": "Unrolling a recurrent network", "data": "Generating the data",
          "packing": "Packing strings of different lengths", "training": "Training",
          "gradient": "The gradient through time", "gates": "Gates"}
SPELLINGS = {"numpy": "NumPy", "pytorch": "PyTorch", "lstm": "LSTM"}     # words that an anchor has in lower case


def section(see: str) -> str:
    """Return a readable reference to a section of the book.

    The text names the section and the chapter and contains the address. ``see`` has the form ``"page#anchor"``.

    >>> section("packing#the-last-real-step")
    'the section "The last real step" of "Packing strings of different lengths" (book/packing.html#the-last-real-step)'
    """
    page, _, anchor = see.partition("#")
    words = f'the section "{_title(anchor)}" of ' if anchor else "the chapter "
    return f'{words}"{TITLES.get(page, _title(page))}" (book/{page}.html{"#" + anchor if anchor else ""})'


def _title(anchor: str) -> str:
    """Turn an anchor or the name of a page into a title."""
    words = " ".join(SPELLINGS.get(word, word) for word in anchor.split("-"))
    return words[:1].upper() + words[1:]


def offer_link(message: str) -> None:
    """Display a link in the notebook to the section of the book that a message names.

    The address of the book is in ``PARITY_BOOK``. Without it there is no link, because Jupyter would show the source of
    the page.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    place, book = PLACE.search(message), os.environ.get("PARITY_BOOK")
    if not place or not book or not hasattr(shell, "kernel") or os.environ.get("NBGRADER_EXECUTION"):
        return
    from IPython.display import HTML, display

    page, anchor = place[1], place[2] or ""
    link = html.escape(f"{book.rstrip('/')}/book/{page}.html{anchor}")
    words = html.escape(_title(anchor[1:]) if anchor else TITLES.get(page, _title(page)), quote=False)
    display(HTML(f'<a href="{link}" target="_blank" rel="noopener">Read "{words}"</a>'))
