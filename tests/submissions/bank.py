"""The banks of submissions for the book's exercises, and a runner that grades them without a kernel.

:mod:`tests.submissions.described` describes the files.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat

import parity_checks as checks
from parity_checks import core, rpc
from parity_checks.points import POINTS
from parity_teaching import authoring
from tests.submissions.described import (
    Outcome,
    Submission,
    complaints,
    fill_in,
    is_locked,
    outcome,
    read_all,
    said,
    solve,
)

__all__ = ["Outcome", "Submission", "complaints", "fill_in", "is_locked", "outcome", "said"]
ROOT = Path(__file__).resolve().parents[2]
TRAINED = {"final_parity", "last_valid", "end_loss", "train_step", "train_at_the_end"}
# Tests that take seconds, with the functions that they call.
LONG = {"trained-short-check": TRAINED, "trained-long-check": TRAINED, "learns-check": {"build_model"},
        "find-error-long-check": {"find_error"}}


def named(name: str) -> Submission:
    """Return the submission with a name such as ``unrolling/right_loops``."""
    return next(submission for submission in bank(name.partition("/")[0]) if submission.name == name)


def bank(exercise: str | None = None) -> list[Submission]:
    """Return all submissions, or those for one exercise, in the order of their names."""
    return [submission for name in sorted([exercise] if exercise else POINTS)
            for submission in read_all(ROOT / "solutions" / name / "bank")]


_read = functools.cache(authoring.read)


def published(exercise: str) -> authoring.Source:
    """Return a copy of the source of an exercise, which is parsed only once."""
    return copy.deepcopy(_read(ROOT / "solutions" / exercise / f"{exercise}.md"))


def notebook(submission: Submission) -> nbformat.NotebookNode:
    """Return the solution's notebook with the submission's cells; raise ValueError if one of them does not exist."""
    return solve(submission, published(submission.exercise))


@contextlib.contextmanager
def answers(nb: nbformat.NotebookNode) -> Iterator[dict[str, Any]]:
    """Run a notebook without its test cells, as grading does, and let the checks use its names in a ``with`` block."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    checks.bind(namespace)
    try:
        with mock.patch.object(checks, "grading", return_value=True):
            for cell in nb.cells:
                if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
                    _run(cell.source, namespace, cell.id)       # may fail, because a cell may expect another type
        yield namespace
    finally:
        checks.bind(None)


def grade(nb: nbformat.NotebookNode, leave_out: Collection[str] = (),
          asked: dict[str, set[str]] | None = None) -> dict[str, Outcome]:
    """Run a notebook's cells in one namespace, as a kernel would, and return the outcomes of its test cells.

    The calls of the checks are serialised and read again, as they are between a kernel and the tests. The names of the
    functions that each test calls are added to ``asked``.
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
            called = set()
            call = functools.partial(through_rpc, called)
            with core.remote_calls(call) if meta.get("grade") else contextlib.nullcontext():
                message, failure = _run(cell.source, namespace, cell.id)
            if meta.get("grade"):
                outcomes[cell.id] = Outcome(0 if failure else meta["points"], meta["points"], message,
                                            getattr(failure, "cause", ""))
                if asked is not None:
                    asked[cell.id] = called
    finally:
        checks.bind(None)
    return outcomes


def through_rpc(called: set[str], name: str, args: tuple, kwargs: dict) -> Any:
    """Call a remote function with a request and an answer as text, as between two processes."""
    called.update(arg for arg in args if isinstance(arg, str))
    return rpc.read(rpc.answer(rpc.request(name, args, kwargs)))


def _run(source: str, namespace: dict[str, Any], name: str) -> tuple[str, Exception | None]:
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            exec(compile(source, f"<{name}>", "exec"), namespace)
    except checks.CheckFailed as failure:
        return str(failure), failure
    except Exception as error:
        return f"not a check's own message: {type(error).__name__}: {error}", error
    return output.getvalue(), None


def score(submission: Submission, leave_out: Collection[str] = ()) -> dict[str, Outcome]:
    """Grade a submission without the test cells ``leave_out``."""
    return grade(notebook(submission), leave_out)


def unaffected(submission: Submission) -> set[str]:
    """Return the tests that would run the model answer, because they need no name that the submission changes."""
    if submission.added:
        return set()
    cells = [cell for nb in (notebook(submission), authoring.notebook(published(submission.exercise)))
             for cell in nb.cells if cell.id in submission.changed]
    try:
        names = set().union(*(bound_names(cell.source) for cell in cells))
    except SyntaxError:
        return set()
    names -= {"np", "nn", "torch"}
    return {test for test, needed in needed_names(submission.exercise).items() if not names & needed}


def bound_names(source: str) -> set[str]:
    """Return the names to which a cell gives a value, without those within its functions and classes."""
    names, nodes = set(), list(ast.parse(source).body)
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        else:
            nodes += ast.iter_child_nodes(node)
    return names


@functools.cache
def needed_names(exercise: str) -> dict[str, set[str]]:
    """Return the names that each test of an exercise needs: those of the model answer's functions that it calls, and
    all that these use.
    """
    nb, asked = authoring.notebook(published(exercise)), {}
    grade(nb, LONG, asked)
    # Other cells only show something, and all cells use what the first one imports.
    sources = [cell.source for cell in nb.cells if cell.cell_type == "code" and cell.id != "imports"
               and cell.metadata.get("nbgrader", {}).get("grade") is False]
    cells = [(bound_names(source), {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)})
             for source in sources]
    needed = asked | {test: set(names) for test, names in LONG.items() if test in {cell.id for cell in nb.cells}}
    for names in needed.values():
        for _ in cells:     # a function may use one of a later cell
            for bound, used in cells:
                if bound & names:
                    names |= used
    return needed
