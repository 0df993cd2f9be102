"""Tools for estimating the reading times of the book's chapters.

The numbers and titles of the chapters come from ``_toc.yml`` and the pages. The reading time of every page is computed
with one formula, which *How to use this book* states.
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

WORDS_A_MINUTE, CODE_LINES_A_MINUTE = 180, 6    # and a minute for each figure, widget or question
FIGURE = re.compile(r"^\s*(figures\.(?!table)\w+\(|[A-Z]\w*\([^`]*?\)$)", re.MULTILINE)     # a figure or a widget
QUESTION = re.compile(r"^:::+\{(?:guess|dropdown)\}", re.MULTILINE)
HIDDEN = re.compile(r"(?:hide|remove)-(?:input|cell)")
TIME = re.compile(r"^- \*\*Time:\*\* (\d+) minutes\.$", re.MULTILINE)
PARSER = MarkdownIt().enable("table").use(front_matter_plugin)


@dataclass(frozen=True)
class Chapter:
    """A numbered chapter of the book with its reading time in minutes."""

    number: int
    title: str
    minutes: int


def chapters(root: Path) -> dict[str, Chapter]:
    """Return the numbered chapters in the order of ``_toc.yml``, keyed by page name."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    part = next(part for part in toc["parts"] if part.get("numbered"))
    numbered = {}
    for number, entry in enumerate(part["chapters"], start=1):
        text, page = (root / f"{entry['file']}.md").read_text(encoding="utf-8"), Path(entry["file"]).name
        require(TIME.search(text) is not None, f"the time of {page}", None, "a line `- **Time:** 25 minutes.`")
        numbered[page] = Chapter(number, *title_and_minutes(text))
    return numbered


@functools.lru_cache(maxsize=256)
def title_and_minutes(text: str) -> tuple[str, int]:
    """Return the title of a page and its reading time in minutes, rounded up to a multiple of five.

    >>> title_and_minutes("# Data\\n\\n" + "word " * 600 + "\\n\\n```{math}\\na\\n```\\n")
    ('Data', 5)
    """
    tokens = PARSER.parse(text)
    title = next((after.content for token, after in itertools.pairwise(tokens) if token.tag == "h1"), "")
    words = sum(len(token.content.split()) for token in tokens if token.type == "inline")
    cells = [token.content for token in tokens if token.type == "fence" and not token.info.startswith("{math}")]
    figures = sum(len(FIGURE.findall(cell)) for cell in cells if "remove-cell" not in cell)
    lines = sum(bool(line.strip()) and not line.startswith(":") for cell in cells if not HIDDEN.search(cell)
                for line in cell.splitlines())
    minutes = words / WORDS_A_MINUTE + lines / CODE_LINES_A_MINUTE + figures + len(QUESTION.findall(text))
    return title, 5 * max(1, math.ceil(minutes / 5))
