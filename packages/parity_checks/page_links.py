"""Links from error messages to the sections of the book that explain the mistakes."""

import html
import os
import re
import sys

PLACE = re.compile(r'"([^"]*)"(?: of "[^"]*")? \(book/([\w-]+\.html(?:#[\w-]+)?)\)')
TITLES = {"one-bit": "One bit of memory", "unrolling": "Unrolling a recurrent network", "data": "Generating the data",
          "packing": "Packing strings of different lengths", "training": "Training",
          "gradient": "The gradient through time", "gates": "Gates",
          "a-network-that-writes": "A network that writes"}


def section(see: str) -> str:
    """Return a readable reference to a section of the book.

    The text names the section and the chapter and contains the address. ``see`` has the form ``"page#title"``.

    >>> section("packing#The last real step")
    'the section "The last real step" of "Packing strings of different lengths" (book/packing.html#the-last-real-step)'
    """
    page, _, title = see.partition("#")
    words = f'the section "{title}" of ' if title else "the chapter "
    anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
    return f'{words}"{TITLES.get(page, page)}" (book/{page}.html{"#" * bool(title)}{anchor})'


def offer_link(message: str) -> None:
    """Display, in the notebook, a link to the section of the book named in a message.

    The address of the book is in ``PARITY_BOOK``. Without it there is no link, because Jupyter would show the source of
    the page.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    place, book = PLACE.search(message), os.environ.get("PARITY_BOOK")
    if not place or not book or not hasattr(shell, "kernel") or os.environ.get("NBGRADER_EXECUTION"):
        return
    from IPython.display import HTML, display

    link, words = html.escape(f"{book.rstrip('/')}/book/{place[2]}"), html.escape(place[1], quote=False)
    display(HTML(f'<a href="{link}" target="_blank" rel="noopener">Read "{words}"</a>'))
