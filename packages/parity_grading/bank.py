"""Banks of correct and incorrect submissions for testing that exercises are graded correctly.

A file ``right_*.py`` or ``wrong_*.py`` begins with a docstring about the submission. It may end with a line ``loses:``
and YAML ``{test cell: part of the message}``, for each test cell that must give no points. All other test cells must
give all their points. Each part ``# %% CELL`` replaces that cell of the solution, ``# %% CELL: FUNCTION`` replaces one
function in it, and ``# %% added before CELL`` adds a cell. A part ``# %% CELL: OLD -> NEW`` replaces some words of the
cell, which must occur in it once. If nothing follows the arrow, the lines of the part take the place of the line that
contains the words. Cells have the names of their marks in the source, with underscores or with hyphens.
"""

from __future__ import annotations

import ast
import copy
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from parity_grading import authoring


@dataclass(frozen=True)
class Submission:
    """A submission from a bank, with its description, its expected failures, and the replaced and added cells."""

    path: Path
    story: str
    loses: dict[str, str]
    replaced: dict[str, str]
    added: list[tuple[str, str]]

    @property
    def exercise(self) -> str:
        """The name of the exercise."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """The name of the submission in the form ``EXERCISE/FILE``."""
        return f"{self.exercise}/{self.path.stem}"


@dataclass(frozen=True)
class Outcome:
    """The result of a test cell, with its points, the maximum number of points, and its output or failure message."""

    points: float
    most: float
    message: str


def read(path: Path) -> Submission:
    """Parse a file that describes a submission."""
    text = path.read_text(encoding="utf-8")
    story, _, loses = (ast.get_docstring(ast.parse(text)) or "").partition("loses:")
    pieces = re.split(r"^# %% (.*)\n", text, flags=re.MULTILINE)[1:]
    replaced, added = {}, []
    for heading, body in zip(pieces[::2], pieces[1::2], strict=True):
        if heading.startswith("added before "):
            added.append((_cell_id(heading.removeprefix("added before ")), body.strip("\n")))
        else:
            cell, colon, change = heading.strip().partition(": ")
            replaced[_cell_id(cell) + colon + change] = body.strip("\n")
    expected = {_cell_id(cell): message for cell, message in (yaml.safe_load(loses) or {}).items()}
    return Submission(path, " ".join(story.split()), expected, replaced, added)


def _cell_id(name: str) -> str:
    return name.strip().replace("_", "-")


def read_all(folder: Path) -> list[Submission]:
    """Return the submissions in a folder, sorted by file name."""
    return [read(path) for path in sorted(folder.glob("*.py")) if path.stem.startswith(("right_", "wrong_"))]


def solve(submission: Submission, source: authoring.Source) -> NotebookNode:
    """Apply a submission's changes to the solution notebook. Raise ValueError if it names an unknown cell."""
    nb = authoring.notebook(source)
    known = {cell.id for cell in nb.cells}
    named = {heading.partition(": ")[0] for heading in submission.replaced}
    unknown = {*named, *(cell_id for cell_id, _ in submission.added), *submission.loses} - known
    if unknown:
        raise ValueError(f"{submission.name} names the cells {sorted(unknown)}; there are only {sorted(known)}")
    cells = []
    for cell in nb.cells:
        for i, (cell_id, source) in enumerate(submission.added):
            if cell_id == cell.id:
                cells.append(new_code_cell(source, id=f"added-{i}"))
        for heading, source in submission.replaced.items():
            cell_id, _, change = heading.partition(": ")
            if cell_id == cell.id:
                cell.source = _changed(cell.source, change, source)
        cells.append(cell)
    nb.cells = cells
    return nb


def _changed(cell: str, change: str, source: str) -> str:
    """Apply a change to the source of a cell. Raise ValueError unless the words to replace occur exactly once."""
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
    """Return the source of a cell with the function ``name`` replaced by ``source``."""
    lines = cell.split("\n")
    old = next(node for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return "\n".join([*lines[:old.lineno - 1], *source.split("\n"), *lines[old.end_lineno:]])


def fill_in(release: NotebookNode, solved: NotebookNode) -> NotebookNode:
    """Return a released notebook in which the answer cells are replaced by those of a solved notebook."""
    submission, work = copy.deepcopy(release), {cell.id: cell for cell in solved.cells}
    for cell in submission.cells:
        if not is_locked(cell) and cell.id in work:
            cell.source = re.sub(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", "", work[cell.id].source, flags=re.MULTILINE)
    ids = {cell.id for cell in submission.cells}
    for place, cell in enumerate(solved.cells):
        if cell.id not in ids:      # the student added it in front of this cell
            following = next(later.id for later in solved.cells[place + 1:] if later.id in ids)
            submission.cells.insert([cell.id for cell in submission.cells].index(following), copy.deepcopy(cell))
    return submission


def is_locked(cell: NotebookNode) -> bool:
    """Return True if nbgrader overwrites a student's changes to a cell."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks) and not marks["solution"]


def said(cell: NotebookNode) -> str:
    """Return the printed output and error message of a cell as text."""
    return "\n".join(output.get("text", "") or output.get("evalue", "") for output in cell.outputs)


def complaints(submission: Submission, outcomes: dict[str, Outcome]) -> list[str]:
    """Return a message for each outcome that differs from the submission's expected outcome."""
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
