"""Correct and incorrect submissions as the files of a bank describe them.

*Exercises of your own* in the book describes the two forms of a submission, a file and a row of ``wrong.yaml``. The
words before the arrow of an edit must occur in the cell once. If the text ends with the arrow, or goes on below it, the
lines below take the place of the line that contains the words. A text without an arrow in its first line, or one that
begins with a function, replaces the cell. ``CELL: FUNCTION`` in place of the name of a cell defines one of its
functions again, at its end.
"""

import ast
import copy
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from parity_teaching import authoring


@dataclass(frozen=True)
class Submission:
    """A submission from a bank, with its description, its expected failures, and the changed and added cells."""

    path: Path                  # without a suffix; for a row of ``wrong.yaml``, that of a file in its place
    story: str
    loses: dict[str, str]       # ids of causes, or "", by the test cells that give no points
    replaced: dict[str, str] = field(default_factory=dict)
    edits: list[tuple[str, str]] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)

    @property
    def changed(self) -> set[str]:
        """The names of the cells that the submission replaces or edits."""
        return {heading.partition(": ")[0] for heading in self.replaced} | {cell for cell, _ in self.edits}

    @property
    def exercise(self) -> str:
        """The name of the exercise."""
        return self.path.parents[1].name

    @property
    def name(self) -> str:
        """The name of the submission in the form ``EXERCISE/FILE``."""
        return f"{self.exercise}/{self.path.stem}"


@dataclass(frozen=True)
class Outcome:
    """The points of a test cell, their maximum, its output or failure message, and the id of the failure's cause."""

    points: float
    most: float
    message: str
    cause: str = ""


def read(path: Path) -> Submission:
    """Parse a file that describes a submission."""
    text = path.read_text(encoding="utf-8")
    story, _, loses = (ast.get_docstring(ast.parse(text)) or "").partition("loses:")
    pieces = re.split(r"^# %% (.*)\n", text, flags=re.MULTILINE)[1:]
    return _submission(path.with_suffix(""), " ".join(story.split()), yaml.safe_load(loses),
                       zip(pieces[::2], pieces[1::2], strict=True))


def read_rows(path: Path) -> list[Submission]:
    """Parse a file ``wrong.yaml``."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return [_submission(path.with_name(f"wrong_{name}"), row.pop("story"), row.pop("loses"),
                        [(cell, text) for cell, texts in row.items()
                         for text in (texts if isinstance(texts, list) else [texts])]) for name, row in rows.items()]


def _submission(path: Path, story: str, loses: dict[str, str | None] | None,
                pieces: Iterable[tuple[str, str]]) -> Submission:
    submission = Submission(path, story, {_cell_id(cell): cause or "" for cell, cause in (loses or {}).items()})
    for heading, text in pieces:
        cell, colon, function = heading.partition(": ")
        if heading.startswith("added before "):
            submission.added.append((_cell_id(heading.removeprefix("added before ")), text.strip("\n")))
        elif re.match(r"(?!def .*:$).* ->", text, re.MULTILINE):
            submission.edits.append((_cell_id(cell), text))
        else:
            submission.replaced[_cell_id(cell) + colon + function] = text.strip("\n")
    return submission


def _cell_id(name: str) -> str:
    return name.strip().replace("_", "-")


def read_all(folder: Path) -> list[Submission]:
    """Return the submissions in a folder, sorted by name."""
    files = [read(path) for path in folder.glob("*.py") if path.stem.startswith(("right_", "wrong_"))]
    return sorted(files + read_rows(folder / "wrong.yaml"), key=lambda submission: submission.path)


def solve(submission: Submission, source: authoring.Source) -> NotebookNode:
    """Apply a submission's changes to the solution notebook. Raise ValueError if it names an unknown cell."""
    nb = authoring.notebook(source)
    known = {cell.id for cell in nb.cells}
    unknown = {*submission.changed, *(cell_id for cell_id, _ in submission.added), *submission.loses} - known
    if unknown:
        raise ValueError(f"{submission.name} names the cells {sorted(unknown)}; there are only {sorted(known)}")
    cells = []
    for cell in nb.cells:
        for i, (cell_id, source) in enumerate(submission.added):
            if cell_id == cell.id:
                cells.append(new_code_cell(source, id=f"added-{i}"))
        for heading, source in submission.replaced.items():
            cell_id, _, function = heading.partition(": ")
            if cell_id == cell.id:
                cell.source = f"{cell.source}\n\n\n{source}" if function else source
        for cell_id, edit in submission.edits:
            if cell_id == cell.id:
                cell.source = _edited(cell.source, edit)
        cells.append(cell)
    nb.cells = cells
    return nb


def _edited(cell: str, edit: str) -> str:
    """Apply an edit to the source of a cell. Raise ValueError unless the words to replace occur exactly once."""
    old, _, new = edit.partition(" ->")
    if cell.count(old) != 1:
        raise ValueError(f"{old!r} must occur once in the cell, but it occurs {cell.count(old)} times: {cell}")
    if new and not new.startswith("\n"):
        return cell.replace(old, new.strip())
    lines = cell.split("\n")
    place = next(i for i, line in enumerate(lines) if old in line)
    indent = lines[place].removesuffix(lines[place].lstrip())
    return "\n".join([*lines[:place], textwrap.indent(new.strip("\n"), indent), *lines[place + 1:]])


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


def outcome(cell: NotebookNode, points: float, most: float) -> Outcome:
    """Return the outcome of a graded test cell. The name of its error ends with the id of the cause."""
    names = [output.ename.partition(": ") for output in cell.outputs if output.output_type == "error"]
    return Outcome(points, most, said(cell), names[0][2] if names else "")


def said(cell: NotebookNode) -> str:
    """Return the printed output and error message of a cell as text."""
    return "\n".join(output.get("text", "") or output.get("evalue", "") for output in cell.outputs)


def complaints(submission: Submission, outcomes: dict[str, Outcome]) -> list[str]:
    """Return a message for each outcome that differs from the submission's expected outcome."""
    differences = []
    for name, outcome in outcomes.items():
        cause = submission.loses.get(name)
        if cause is None and outcome.points != outcome.most:
            differences.append(f"{name} should give {outcome.most} points, but: {outcome.message}")
        elif cause is not None and outcome.points:
            differences.append(f"{name} should give no points, but gave {outcome.points}")
        elif cause is not None and cause != outcome.cause:
            differences.append(f"{name} should name the cause {cause or '~'}, but it names {outcome.cause or '~'}: "
                               f"{outcome.message}")
    return differences
