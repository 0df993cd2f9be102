"""The banks of submissions for the book's exercises, and a runner that grades them without a kernel.

:mod:`parity_grading.bank` describes the files. A correct submission does not replace words, because each is written in
a style of its own.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat

import parity_checks as checks
from parity_checks import core, rpc
from parity_grading import authoring
from parity_grading.bank import Outcome, Submission, complaints, fill_in, is_locked, read, read_all, said, solve

__all__ = ["Outcome", "Submission", "complaints", "fill_in", "is_locked", "read", "said"]
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
TRAINED = {"final-parity", "last-valid", "end-loss", "train-step", "train-at-the-end"}
# Tests that take seconds, with the cells that they depend on.
LONG = {"trained-short-check": TRAINED, "trained-long-check": TRAINED, "learns-check": {"build-model"},
        "find-error-long-check": {"find-error"}}


def named(name: str) -> Submission:
    """Return the submission with a name such as ``unrolling/right_loops``."""
    return read(HERE / f"{name}.py")


def bank(exercise: str | None = None) -> list[Submission]:
    """Return all submissions, or those for one exercise, in the order of their names."""
    return [submission for folder in sorted(HERE.glob(exercise or "*/")) for submission in read_all(folder)]


_read = functools.cache(authoring.read)


def published(exercise: str) -> authoring.Source:
    """Return a copy of the source of an exercise, which is parsed only once."""
    return copy.deepcopy(_read(ROOT / "solutions" / f"{exercise}.md"))


def notebook(submission: Submission) -> nbformat.NotebookNode:
    """Return the solution's notebook with the submission's cells; raise ValueError if one of them does not exist."""
    return solve(submission, published(submission.exercise))


def grade(nb: nbformat.NotebookNode, leave_out: Collection[str] = ()) -> dict[str, Outcome]:
    """Run a notebook's cells in one namespace, as a kernel would, and return the outcomes of its test cells.

    The calls of the checks are serialised and read again, as they are between a kernel and the tests.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outcomes = {}
    checks.bind(namespace)
    try:
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            meta = cell.metadata.get("nbgrader", {})
            if cell.id in leave_out:
                continue
            with core.remote_calls(through_rpc) if meta.get("grade") else contextlib.nullcontext():
                message, failed = _run(cell.source, namespace, cell.id)
            if meta.get("grade"):
                outcomes[cell.id] = Outcome(0 if failed else meta["points"], meta["points"], message)
    finally:
        checks.bind(None)
    return outcomes


def through_rpc(name: str, args: tuple, kwargs: dict) -> Any:
    """Call a remote function with a request and an answer as text, as between two processes."""
    return rpc.read(rpc.answer(rpc.request(name, args, kwargs)))


def _run(source: str, namespace: dict[str, Any], name: str) -> tuple[str, bool]:
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            exec(compile(source, f"<{name}>", "exec"), namespace)
    except checks.CheckFailed as failure:
        return str(failure), True
    except Exception as error:
        return f"not a check's own message: {type(error).__name__}: {error}", True
    return output.getvalue(), False


def score(submission: Submission, leave_out: Collection[str] = ()) -> dict[str, Outcome]:
    """Grade a submission without the test cells ``leave_out``."""
    return grade(notebook(submission), leave_out)


def unaffected(submission: Submission) -> set[str]:
    """Return the long tests that would run the model answer, because the submission changes no cell they depend on."""
    changed = {heading.partition(": ")[0] for heading in submission.replaced}
    return set() if submission.added else {test for test, cells in LONG.items() if not changed & cells}
