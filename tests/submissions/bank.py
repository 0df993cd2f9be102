"""The bank of submissions, one small file each, and a runner that grades them without a kernel.

A file ``tests/submissions/EXERCISE/right_*.py`` or ``wrong_*.py`` begins with a docstring: what the student did, then a
line ``loses:`` with YAML, ``{test cell: part of the message}``, for each test cell that must give no points. All other
test cells must give all their points. Each part ``# %% CELL`` replaces that cell of the solution, ``# %% CELL:
FUNCTION`` one function in it, and ``# %% added before CELL`` adds a cell.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

import parity_checks as checks
from parity_checks import core, rpc
from parity_grading import authoring

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
LONG = ("trained-short-check", "trained-long-check", "learns-check", "find-error-long-check")   # these train, or search


@dataclass(frozen=True)
class Submission:
    """A file of the bank: what the student did, the points that are lost, and the cells that differ."""

    path: Path
    story: str
    loses: dict[str, str]
    replaced: dict[str, str]
    added: list[tuple[str, str]]

    @property
    def exercise(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return f"{self.exercise}/{self.path.stem}"


@dataclass(frozen=True)
class Outcome:
    """The result of a test cell: its points, the most that it can give, and what it printed or the message."""

    points: float
    most: float
    message: str


def read(path: Path) -> Submission:
    """Parse a file of the bank."""
    text = path.read_text(encoding="utf-8")
    story, _, loses = ast.get_docstring(ast.parse(text)).partition("loses:")
    pieces = re.split(r"^# %% (.*)\n", text, flags=re.MULTILINE)[1:]
    replaced, added = {}, []
    for head, body in zip(pieces[::2], pieces[1::2], strict=True):
        if head.startswith("added before "):
            added.append((head.removeprefix("added before ").strip(), body.strip("\n")))
        else:
            replaced[head.strip()] = body.strip("\n")
    return Submission(path, " ".join(story.split()), yaml.safe_load(loses) or {}, replaced, added)


def named(name: str) -> Submission:
    """Return the submission with a name such as ``unrolling/right_loops``."""
    return read(HERE / f"{name}.py")


def bank(exercise: str | None = None) -> list[Submission]:
    """Return all submissions, or those for one exercise, in the order of their names."""
    return [read(path) for path in files(exercise)]


def files(exercise: str | None = None) -> list[Path]:
    """Return the files of all submissions, or of those for one exercise, in the order of their names."""
    paths = sorted(HERE.glob(f"{exercise or '*'}/*.py"))
    return [path for path in paths if path.stem.startswith(("right_", "wrong_"))]


_read = functools.cache(authoring.read)


def published(exercise: str) -> authoring.Source:
    """Return the source of an exercise, which is parsed only once."""
    return copy.deepcopy(_read(ROOT / "solutions" / f"{exercise}.md"))


def notebook(submission: Submission) -> nbformat.NotebookNode:
    """Return the solution's notebook with the submission's cells; raise ValueError if one of them does not exist."""
    nb = authoring.notebook(published(submission.exercise))
    known = {cell.id for cell in nb.cells}
    named = {head.partition(": ")[0] for head in submission.replaced}
    unknown = {*named, *(place for place, _ in submission.added), *submission.loses} - known
    if unknown:
        raise ValueError(f"{submission.name} names the cells {sorted(unknown)}; there are only {sorted(known)}")
    cells = []
    for cell in nb.cells:
        for i, (place, source) in enumerate(submission.added):
            if place == cell.id:
                cells.append(nbformat.v4.new_code_cell(source, id=f"added-{i}"))
        for head, source in submission.replaced.items():
            place, _, function = head.partition(": ")
            if place == cell.id:
                cell.source = _with_function(cell.source, function, source) if function else source
        cells.append(cell)
    nb.cells = cells
    return nb


def _with_function(cell: str, name: str, source: str) -> str:
    """Return the cell with ``source`` in the place of its function of this name."""
    lines = cell.split("\n")
    old = next(node for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return "\n".join([*lines[:old.lineno - 1], *source.split("\n"), *lines[old.end_lineno:]])


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
    """Make a call of a check by way of text, as between two processes."""
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


def score(submission: Submission, whole: bool = True) -> dict[str, Outcome]:
    """Grade a submission; if not ``whole``, leave out the long tests that a wrong submission should pass."""
    long = set(LONG) - set(submission.loses) if submission.loses and not whole else ()
    return grade(notebook(submission), long)


def complaints(submission: Submission, outcomes: dict[str, Outcome]) -> list[str]:
    """Return a line for each outcome that differs from what the submission's file expects."""
    differences = []
    for name, outcome in outcomes.items():
        fragment = submission.loses.get(name)
        if fragment is None and outcome.points != outcome.most:
            differences.append(f"{name} should give {outcome.most} points, but: {outcome.message}")
        elif fragment is not None and outcome.points:
            differences.append(f"{name} should give no points, but gave {outcome.points}")
        elif fragment is not None and fragment.lower() not in outcome.message.lower():
            differences.append(f"{name} should say {fragment!r}, but says: {outcome.message}")
    return differences
