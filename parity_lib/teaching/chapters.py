"""The book's numbered chapters, as exercises name them: number, title and minutes, from ``_toc.yml`` and the pages.

Minutes are counted, at the rates below, which *How to use this book* states.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from parity_lib.errors import require

WORDS_A_MINUTE, SECONDS_A_CODE_LINE, SECONDS_A_FIGURE, SECONDS_A_FORMULA = 150, 8, 45, 30
FIGURE = re.compile(r"^\s*(figures\.(?!table)\w+\(|[A-Z]\w*\(.*\)$)", re.MULTILINE)     # drawn, or a widget
TIME = re.compile(r"^- \*\*Time:\*\* (\d+) minutes\.$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A page of the book that has a number, with the minutes that it takes."""

    number: int
    page: str
    title: str
    minutes: int


def chapters(root: Path) -> dict[str, Chapter]:
    """The numbered chapters of the book in ``root``, in order, by the names of their pages.

    Raises ValueError, with the page, where one says no time.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    part = next(part for part in toc["parts"] if part.get("numbered"))
    found = {}
    for number, entry in enumerate(part["chapters"], start=1):
        text = (root / f"{entry['file']}.md").read_text(encoding="utf-8")
        page = Path(entry["file"]).name
        require(TIME.search(text) is not None, f"the time of {page}", None, "a line `- **Time:** 25 minutes.`")
        found[page] = Chapter(number, page, _title(text), reading_minutes(text))
    return found


@functools.lru_cache(maxsize=256)
def reading_minutes(text: str) -> int:
    """The minutes that a page takes, counted and rounded up to five.

    >>> reading_minutes("word " * 600 + "\\n\\n```{math}\\na\\n```\\n")
    5
    """
    seconds = 0.0
    for token in MarkdownIt().enable("table").use(front_matter_plugin).parse(text):
        if token.type == "inline":
            seconds += 60 / WORDS_A_MINUTE * len(token.content.split())
        elif token.type == "fence":
            seconds += _seconds_of_fence(token.info, token.content)
    return 5 * max(1, math.ceil(seconds / 60 / 5))


def _seconds_of_fence(info: str, content: str) -> float:
    if info.startswith("{math}"):
        return SECONDS_A_FORMULA
    if "remove-cell" in content:
        return 0
    figures = SECONDS_A_FIGURE * len(FIGURE.findall(content))
    shown = [line for line in content.splitlines() if line.strip() and not line.startswith(":")]
    return figures + (0 if "remove-input" in content else SECONDS_A_CODE_LINE * len(shown))


@functools.lru_cache(maxsize=256)
def _title(text: str) -> str:
    """The first heading of a page."""
    tokens = MarkdownIt().use(front_matter_plugin).parse(text)
    return next(after.content for token, after in itertools.pairwise(tokens) if token.tag == "h1")
