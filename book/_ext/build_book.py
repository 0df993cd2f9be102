"""Builds the book in the current folder into _build/html; `parity book` runs this file.

It calls what Jupyter Book's own command calls, without the two screens of settings that the command prints.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from filelock import FileLock, Timeout

NOT_BEGUN = 2     # the exit status when a line has said already why nothing was built


def damaged_results(root: Path) -> str | None:
    """Which file of results cannot be read; a page or a claim would say so in two hundred lines."""
    for file in sorted(root.glob("parity_lib/**/results/*.json")):
        try:
            json.loads(file.read_text(encoding="utf8"))
        except ValueError as error:
            return f"{file.relative_to(root)} is cut short or damaged ({error}); `parity experiment` makes it again"
    return None


def first_cause(error: BaseException) -> BaseException:
    cause = error.__cause__ or error.__context__
    return first_cause(cause) if cause else error


def build(root: Path) -> bool:
    """Whether every page was built without a warning."""
    from jupyter_book.sphinx import build_sphinx  # takes seconds, for which nobody should wait to hear of a fault
    from sphinx.util.console import color_terminal, nocolor, strip_escape_sequences

    if not color_terminal():
        nocolor()
    overrides = {"external_toc_path": str(root / "_toc.yml"), "latex_individualpages": False, "nitpicky": True}
    result = build_sphinx(root, root / "_build" / "html", noconfig=True, path_config=root / "_config.yml",
                          confoverrides=overrides, warningiserror=True, keep_going=True, quiet=True)
    if isinstance(result, Exception):   # Sphinx has named it, but not what the failing cell said
        text = str(first_cause(result))
        print(text if color_terminal() else strip_escape_sequences(text), file=sys.stderr)
    return not result


def main() -> int:
    root = Path.cwd()
    lock = FileLock(root / "_build" / ".lock")
    fault = damaged_results(root)
    try:
        Path(lock.lock_file).parent.mkdir(exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        fault = f"another build is running in {root}; wait for its end"
    except OSError as error:
        fault = f"{root / '_build'} cannot be written: {error.strerror}"
    if fault:
        print(f"Error: {fault}", file=sys.stderr)
        return NOT_BEGUN
    with lock:
        return 0 if build(root) else 1


if __name__ == "__main__":
    sys.exit(main())
