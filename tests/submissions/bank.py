"""The bank of submissions, one small file each, and a runner that grades them without a kernel.

A file ``tests/submissions/EXERCISE/right_*.py`` or ``wrong_*.py`` begins with a docstring about the submission. It
may end with a line ``loses:`` and YAML ``{test cell: part of the message}``, for each test cell that must give no
points. All other test cells must give all their points. Each part ``# %% CELL`` replaces that cell of the solution,
``# %% CELL: FUNCTION`` replaces one function in it, and ``# %% added before CELL`` adds a cell. A part
``# %% CELL: OLD -> NEW`` replaces some words of the cell, which must occur in it once. If nothing follows the arrow,
the lines of the part take the place of the line that contains the words. Correct submissions do not use this, because
each is written in a style of its own.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import io
import re
import textwrap
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
TRAINED = {"final-parity", "last-valid", "end-loss", "train-step", "train-at-the-end"}
# Tests that take seconds, with the cells that they depend on.
LONG = {"trained-short-check": TRAINED, "trained-long-check": TRAINED, "learns-check": {"build-model"},
        "find-error-long-check": {"find-error"}}


@dataclass(frozen=True)
class Submission:
    """A file of the bank: a description, the test cells that give no points, and the replaced and added cells."""

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
    """The result of a test cell: its points, the maximum, and the text that it printed or its failure's message."""

    points: float
    most: float
    message: str


def read(path: Path) -> Submission:
    """Parse a file of the bank."""
    text = path.read_text(encoding="utf-8")
    story, _, loses = ast.get_docstring(ast.parse(text)).partition("loses:")
    pieces = re.split(r"^# %% (.*)\n", text, flags=re.MULTILINE)[1:]
    replaced, added = {}, []
    for heading, body in zip(pieces[::2], pieces[1::2], strict=True):
        if heading.startswith("added before "):
            added.append((heading.removeprefix("added before ").strip(), body.strip("\n")))
        else:
            replaced[heading.strip()] = body.strip("\n")
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
    """Return a copy of the source of an exercise, which is parsed only once."""
    return copy.deepcopy(_read(ROOT / "solutions" / f"{exercise}.md"))


def notebook(submission: Submission) -> nbformat.NotebookNode:
    """Return the solution's notebook with the submission's cells; raise ValueError if one of them does not exist."""
    nb = authoring.notebook(published(submission.exercise))
    known = {cell.id for cell in nb.cells}
    named = {heading.partition(": ")[0] for heading in submission.replaced}
    unknown = {*named, *(cell_id for cell_id, _ in submission.added), *submission.loses} - known
    if unknown:
        raise ValueError(f"{submission.name} names the cells {sorted(unknown)}; there are only {sorted(known)}")
    cells = []
    for cell in nb.cells:
        for i, (cell_id, source) in enumerate(submission.added):
            if cell_id == cell.id:
                cells.append(nbformat.v4.new_code_cell(source, id=f"added-{i}"))
        for heading, source in submission.replaced.items():
            cell_id, _, change = heading.partition(": ")
            if cell_id == cell.id:
                cell.source = _changed(cell.source, change, source)
        cells.append(cell)
    nb.cells = cells
    return nb


def _changed(cell: str, change: str, source: str) -> str:
    """Return the cell with a part of a submission; raise ValueError unless the words to replace occur in it once."""
    if not change:
        return source
    old, arrow, new = (word.strip() for word in change.partition(" ->"))
    if not arrow:
        return _with_function(cell, change, source)
    if cell.count(old) != 1:
        raise ValueError(f"{old!r} must occur once in the cell, but it occurs {cell.count(old)} times: {cell}")
    if new:
        return cell.replace(old, new)
    lines = cell.split("\n")
    place = next(i for i, line in enumerate(lines) if old in line)
    indent = lines[place].removesuffix(lines[place].lstrip())
    return "\n".join([*lines[:place], textwrap.indent(source, indent), *lines[place + 1:]])


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
