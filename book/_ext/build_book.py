"""A script that builds the book as HTML.

It builds the book in the current folder into _build/html, and `parity book` runs it. It calls the same function as
Jupyter Book's own command, without the settings that the command prints. With the option --runtime, the book includes
the files in _build/runtime, which run Python in the pages.
"""

from __future__ import annotations

import sys
from pathlib import Path

from filelock import FileLock, Timeout


def build(root: Path) -> bool:
    """Build all pages of the book and return True if there was no warning."""
    from jupyter_book.sphinx import build_sphinx  # takes seconds, which an early error need not wait for
    from sphinx.util.console import color_terminal, nocolor

    if not color_terminal():
        nocolor()
    runtime = (root / "_build" / "runtime").glob("*.js") if "--runtime" in sys.argv else []
    overrides = {"external_toc_path": str(root / "_toc.yml"), "latex_individualpages": False, "nitpicky": True,
                 "parity_runtime": {file.stem: file.stat().st_size for file in sorted(runtime)}}
    return not build_sphinx(root, root / "_build" / "html", noconfig=True, path_config=root / "_config.yml",
                            confoverrides=overrides, warningiserror=True, keep_going=True, quiet=True,
                            freshenv=True)


def main() -> int:
    """Build the book unless another build is running, and return the exit status."""
    root = Path.cwd()
    try:
        (root / "_build").mkdir(exist_ok=True)
        with FileLock(root / "_build" / ".lock", timeout=0):
            return 0 if build(root) else 1
    except Timeout:
        print(f"Another build is running in {root}. Wait until it ends.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
