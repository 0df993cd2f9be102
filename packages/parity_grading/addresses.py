"""The addresses of the book and of its repository, and the code with which a notebook installs the library."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import yaml

MISSING = """\
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
NO_ADDRESS = """\
    print("The library of the course is not installed here. Open the notebook in the folder",
          "of the course, where `make lab` installs the library, or ask the person who gave",
          "you the notebook for the address of the library.")"""


@dataclass(frozen=True)
class Addresses:
    """The addresses of a published course, which are empty if they are unknown, and the repository's branch."""

    book: str
    repository: str
    branch: str

    def colab(self, notebook: str) -> str:
        """Return the address that opens a notebook of the repository in Colab, which is empty outside GitHub."""
        name = self.repository.partition("//github.com/")[2]
        return f"https://colab.research.google.com/github/{name}/blob/{self.branch}/{notebook}" if name else ""

    def install_code(self, figures: bool = False) -> str:
        """Return code that installs the library if it is missing, but not while a notebook is graded.

        The library comes as a ZIP archive, so that nobody needs git. ``figures`` adds what interactive figures need.
        """
        needed = '(find_spec("parity_lib") and find_spec("anywidget"))' if figures else 'find_spec("parity_lib")'
        archive, also = f"{self.repository}/archive/refs/heads/{self.branch}.zip", ', "anywidget"' if figures else ""
        code = MISSING + (INSTALL if self.repository else NO_ADDRESS)
        return code.format(needed=needed, archive=archive, also=also)


def addresses(root: Path) -> Addresses:
    """Return the addresses in ``_config.yml``, or the book's address in PARITY_BOOK if that file contains none."""
    config = root / "_config.yml"
    settings = (yaml.safe_load(config.read_text(encoding="utf-8")) if config.is_file() else None) or {}
    book = settings.get("html", {}).get("baseurl") or os.environ.get("PARITY_BOOK", "")
    repository = settings.get("repository", {})
    return Addresses(book.rstrip("/"), repository.get("url", "").rstrip("/"), repository.get("branch", "main"))
