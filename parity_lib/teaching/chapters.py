"""The book's numbered chapters, as exercises name them: number, title and minutes, from ``_toc.yml`` and the pages."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from parity_lib.errors import require

TIME = re.compile(r"^- \*\*Time:\*\* (\d+) minutes\.$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A page of the book that has a number, with the minutes that it says it takes."""

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
        time = TIME.search(text)
        page = Path(entry["file"]).name
        require(time is not None, f"the time of {page}", None, "a line `- **Time:** 25 minutes.`")
        found[page] = Chapter(number, page, _title(text), int(time[1]))
    return found


def _title(text: str) -> str:
    """The first heading of a page."""
    tokens = MarkdownIt().use(front_matter_plugin).parse(text)
    return next(after.content for token, after in itertools.pairwise(tokens) if token.tag == "h1")
