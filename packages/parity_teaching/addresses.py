"""The web addresses and chapters of the published course, as given in `_config.yml` and `_toc.yml`.

Links in notebooks, feedback pages and reports, the code with which a notebook installs the library, and the tables that
repeat the titles and reading times of chapters get them here.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

INSTALL_IF_MISSING = """\
# The library of the course may be missing here, for example in Colab.
import os
from importlib.util import find_spec

if not {needed} and "NBGRADER_EXECUTION" not in os.environ:
"""
INSTALL = """\
    import subprocess
    import sys
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet",
                    "one-bit-of-memory @ {archive}"{also}], check=True)"""
SAY_HOW_TO_INSTALL = """\
    print("The library of the course is not installed here. Open the notebook in the folder",
          "of the course, where `make lab` installs the library, or ask the person who gave",
          "you the notebook for the address of the library.")"""
TITLE = re.compile(r"^# (.*\S)", re.MULTILINE)
READING_TIME = re.compile(r"^- \*\*Time:\*\* (\d+) minutes\.$", re.MULTILINE)


@dataclass(frozen=True)
class Addresses:
    """The web addresses of a published course, each empty if unknown, and the branch of its repository."""

    book: str
    repository: str
    branch: str

    def colab(self, notebook: str) -> str:
        """Return the address that opens a repository notebook in Colab, or "" if the repository is not on GitHub."""
        name = self.repository.partition("//github.com/")[2]
        return f"https://colab.research.google.com/github/{name}/blob/{self.branch}/{notebook}" if name else ""

    def install_code(self, figures: bool = False) -> str:
        """Return code that installs the library without git if it is missing, and anywidget if ``figures`` is true."""
        needed = '(find_spec("parity_lib") and find_spec("anywidget"))' if figures else 'find_spec("parity_lib")'
        archive, also = f"{self.repository}/archive/refs/heads/{self.branch}.zip", ', "anywidget"' if figures else ""
        code = INSTALL_IF_MISSING + (INSTALL if self.repository else SAY_HOW_TO_INSTALL)
        return code.format(needed=needed, archive=archive, also=also)


def addresses(root: Path) -> Addresses:
    """Return the addresses in ``_config.yml``, with PARITY_BOOK as the book's address if the file gives none."""
    config = root / "_config.yml"
    settings = (yaml.safe_load(config.read_text(encoding="utf-8")) if config.is_file() else None) or {}
    book = settings.get("html", {}).get("baseurl") or os.environ.get("PARITY_BOOK", "")
    repository = settings.get("repository", {})
    return Addresses(book.rstrip("/"), repository.get("url", "").rstrip("/"), repository.get("branch", "main"))


@dataclass(frozen=True)
class Chapter:
    """A numbered chapter of the book with its reading time in minutes."""

    number: int
    title: str
    minutes: int


def chapters(root: Path) -> dict[str, Chapter]:
    """Return the chapters of the course (the first numbered part) in the order of ``_toc.yml``, keyed by page name."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    part = next(part for part in toc["parts"] if part.get("numbered"))
    numbered = {}
    for number, entry in enumerate(part["chapters"], start=1):
        text = (root / f"{entry['file']}.md").read_text(encoding="utf-8")
        title, time = TITLE.search(text), READING_TIME.search(text)
        if title is None or time is None:
            raise ValueError(f"{entry['file']}.md needs a title and a line `- **Time:** 25 minutes.`")
        numbered[Path(entry["file"]).name] = Chapter(number, title[1], int(time[1]))
    return numbered
