"""Run the code cells of every page, as Sphinx would, without building anything: `python -m tests.anywhere.pages`."""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
SECONDS_A_CELL = 600      # a busy machine is no error


def pages() -> list[Path]:
    """The pages with code cells, in the order of their names."""
    return [page for page in sorted((ROOT / "book").glob("*.md")) if "{code-cell}" in page.read_text(encoding="utf-8")]


def run(page: Path) -> str:
    """Run a page's cells in its folder: "" or what went wrong."""
    notebook = jupytext.read(page, fmt="md:myst")
    client = NotebookClient(notebook, timeout=SECONDS_A_CELL, startup_timeout=SECONDS_A_CELL, kernel_name="python3",
                            resources={"metadata": {"path": str(page.parent)}})
    try:
        client.execute()
    except CellExecutionError as error:
        return str(error)
    return ""


def main() -> int:
    """Run the pages whose names are given, or all; say which failed."""
    chosen = [page for page in pages() if page.stem in sys.argv[1:] or not sys.argv[1:]]
    wrong = {page.stem: text for page in chosen if (text := run(page))}
    for name, text in wrong.items():
        print(f"--- {name}\n{text}")
    print(f"{len(chosen) - len(wrong)} of {len(chosen)} pages passed" + (f"; not {', '.join(wrong)}" if wrong else ""))
    return int(bool(wrong) or not chosen)


if __name__ == "__main__":
    sys.exit(main())
