"""Builds of small books in processes that need not import Sphinx, which takes longer than such a build."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
from pathlib import Path

IMPORTED_ONCE = [__name__, "jupyter_book.sphinx", "sphinx_book_theme", "sphinx_design", "sphinxcontrib.bibtex"]


def build_quickly(folder: Path) -> tuple[int, str]:
    """Build a book as `parity book` does and return the exit status and the output."""
    log = folder / "build.log"
    processes = multiprocessing.get_context("forkserver")      # Windows has none
    processes.set_forkserver_preload(IMPORTED_ONCE)
    process = processes.Process(target=_build, args=(folder, log, dict(os.environ)))
    process.start()
    process.join()
    return process.exitcode, log.read_text(encoding="utf8")


def _build(folder: Path, log: Path, environment: dict[str, str]) -> None:
    """Run the script that builds a book, as `python` would, with its output in a file."""
    os.environ.clear()      # the server of processes has the environment of the first build
    os.environ.update(environment)
    os.chdir(folder)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    script = folder / "book" / "_ext" / "build_book.py"
    sys.path.insert(0, str(script.parent))
    runpy.run_path(str(script), run_name="__main__")
