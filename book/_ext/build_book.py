"""A script that builds the book as HTML.

It builds the book in the current folder into _build/html, and `parity book` runs it. It calls the same function as
Jupyter Book's own command, without the settings that the command prints. With the option --runtime, the book includes
the files in _build/runtime, which run Python in the pages.
"""

from __future__ import annotations

import sys
from pathlib import Path

from filelock import FileLock, Timeout

NOT_STARTED = 2     # exit status if the script has printed why it builds nothing


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
                            confoverrides=overrides, warningiserror=True, keep_going=True, quiet=True)


def main() -> int:
    """Build the book unless another build is running, and return the exit status."""
    root = Path.cwd()
    lock = FileLock(root / "_build" / ".lock")
    problem = None
    try:
        Path(lock.lock_file).parent.mkdir(exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        problem = f"another build is running in {root}. Wait until it ends."
    except OSError as error:
        problem = f"{root / '_build'} cannot be written: {error.strerror}"
    if problem:
        print(f"Error: {problem}", file=sys.stderr)
        return NOT_STARTED
    with lock:
        return 0 if build(root) else 1


if __name__ == "__main__":
    sys.exit(main())
