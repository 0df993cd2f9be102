"""Run the cells of an exercise without a kernel, as the exercise's page does in the reader's browser."""

from __future__ import annotations

import ast
import contextlib
import io
import traceback
from typing import Any

from parity_checks import core
from parity_checks.plain_data import CheckFailed, NotChecked, missing_package

LONGEST = 20_000        # characters of output that a page shows
ADVICE = "Write the code with NumPy, or work in the notebook."


def run(cells: list[tuple[str, str]]) -> tuple[bool, str]:
    """Run cells in a new namespace, and return whether the last one succeeded, with its output and its error.

    ``cells`` contains the name and the source of each cell. The output of the cell before the last one comes first. If
    that cell fails, the last one checks code that does not exist, so the earlier error takes the place of its error.
    The errors of other cells are ignored, as they are if a student runs the cells of a notebook one after another.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    core.bind(namespace)
    try:
        outcomes = [_run(name, source, namespace) for name, source in cells]
    finally:
        core.bind(None)
    (printed, earlier), (output, error) = [("", ""), *outcomes][-2:]
    error = error and (earlier or error)
    text = f"{printed}{output}{error}".rstrip()
    return not error, text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _run(name: str, source: str, namespace: dict[str, Any]) -> tuple[str, str]:
    """Run a cell, and return its output and its error."""
    output, error = io.StringIO(), ""
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            for statement in ast.parse(source, f"<{name}>").body:
                _execute(compile(ast.Module([statement], []), f"<{name}>", "exec"), namespace)
        except CheckFailed as failure:
            error = f"✗ {failure}"
        except NotChecked as failure:
            error = f"{failure} {ADVICE}"
        except BaseException as failure:
            package = missing_package(failure)
            error = f"This cell needs {package}, which is not installed here. {ADVICE}" if package else _shown(failure)
    return output.getvalue(), error


def _execute(code: Any, namespace: dict[str, Any]) -> None:
    """Execute a statement, unless it imports PyTorch where there is none: the next statement may not need it."""
    try:
        exec(code, namespace)
    except ModuleNotFoundError as missing:
        if missing.name != "torch":
            raise


def _shown(failure: BaseException) -> str:
    """Return a traceback that contains only the cells, and none of the functions that run them."""
    shown = traceback.TracebackException.from_exception(failure)
    shown.stack = traceback.StackSummary.from_list([frame for frame in shown.stack if frame.filename.startswith("<")])
    return "".join(shown.format())
