"""Broken and hostile submissions, and the points that each of them deserves.

A file ``submissions/NAME.py`` is one submission of *Unrolling*. Its docstring says what the student did. It defines

- ``KIND``: the mechanism, such as ``"channel"``;
- ``LOSES``: the test cells that give no points; all others give full points. ``"ungraded"`` if it cannot be graded;
- ``STOCK``: the same for ``nbgrader autograde``, if that differs;
- either ``CELLS``, new sources of the solution's cells by id (``SOLUTION`` in them stands for the old source); or
  ``CODE``, which runs in place of the first answer while no task is solved, so that ``LOSES`` is all of them; or
  ``hand_in(folder, notebook)``, which gets the solved notebook and an empty folder, and returns the submitted notebook
  or writes the submission into the folder;
- ``SAYS``, optionally: a part of the feedback, or of the row of ``parity grade``.
"""

import ast
import json
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.exercises import course

HERE = Path(__file__).parent / "submissions"
EXERCISE = "unrolling"
TESTS = {"parity-check": 2, "rnn-step-check": 2, "unroll-check": 3, "two-unit-weights-check": 4}
UNGRADED = "ungraded"
ALL = tuple(TESTS)
UNSOLVED = {"parity": "", "rnn-step": "", "unroll": "", "two-unit-weights": ""}
# Source of a function for submissions that search the sandbox. The libraries can lie anywhere, also below a folder that
# must not be visible otherwise, so the folders that lead to them and the libraries themselves are no leak.
FOREIGN = '''
import os, sys, parity_lib
libraries = [sys.prefix, sys.base_prefix, os.path.dirname(parity_lib.__file__), *filter(None, sys.path)]
libraries += [os.path.realpath(path) for path in libraries]

def foreign(place):
    """Return what can be seen at this path and belongs to no library."""
    if any((place + "/").startswith(path + "/") for path in libraries):
        return []
    if any(path.startswith(place.rstrip("/") + "/") for path in libraries):
        return [name for child in os.listdir(place) for name in foreign(os.path.join(place, child))]
    return [place] if os.path.lexists(place) else []
'''


@dataclass(frozen=True)
class Hostile:
    """A submission: its name, story and mechanism, the points it deserves, and a function that writes it."""

    name: str
    story: str
    kind: str
    loses: tuple[str, ...] | str
    stock: tuple[str, ...] | str
    says: str
    write: Callable[[Path, NotebookNode], None]

    def points(self, stock: bool = False) -> dict[str, float] | None:
        """Return the points of each test cell; None if it cannot be graded."""
        loses = self.stock if stock else self.loses
        return None if loses == UNGRADED else {test: 0 if test in loses else most for test, most in TESTS.items()}


def read(path: Path) -> Hostile:
    """Read a file of the bank. Raise ValueError if it sets an unknown name, or an unknown test cell."""
    known = runpy.run_path(str(path))
    own = {node.targets[0].id for node in ast.parse(path.read_text(encoding="utf8")).body
           if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper()}
    if unknown := own - {"KIND", "LOSES", "STOCK", "CELLS", "CODE", "SAYS"}:
        raise ValueError(f"{path.name} sets {', '.join(sorted(unknown))}, which has no meaning")
    if code := known.get("CODE"):
        known |= {"LOSES": ALL, "CELLS": UNSOLVED | {"parity": FOREIGN * ("foreign(" in code) + code}}
    loses = known["LOSES"]
    for group in (loses, known.get("STOCK", loses)):
        if group != UNGRADED and not set(group) <= set(TESTS):
            raise ValueError(f"{path.name}: there are only the test cells {', '.join(TESTS)}")

    def write(folder: Path, notebook: NotebookNode) -> None:
        if "hand_in" not in known:
            with_cells(folder, notebook, known["CELLS"])
        elif (submitted := known["hand_in"](folder, notebook)) is not None:
            dump(folder, submitted)

    return Hostile(path.stem, " ".join(known["__doc__"].split()), known["KIND"], loses, known.get("STOCK", loses),
                   known.get("SAYS", ""), write)


def with_cells(folder: Path, notebook: NotebookNode, cells: dict[str, str]) -> None:
    """Write the notebook with these sources in place."""
    left = dict(cells)
    for cell in notebook.cells:
        if cell.id in left:
            cell.source = left.pop(cell.id).replace("SOLUTION", cell.source)
    if left:
        raise ValueError(f"there are no cells {', '.join(left)}")
    save(folder, notebook)


def save(folder: Path, notebook: NotebookNode) -> None:
    """Write a notebook under the name of the exercise."""
    nbformat.write(notebook, folder / f"{EXERCISE}.ipynb")


def dump(folder: Path, notebook: dict) -> None:
    """Write anything that JSON can express under that name."""
    (folder / f"{EXERCISE}.ipynb").write_text(json.dumps(notebook), encoding="utf8")


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell with this id."""
    return next(cell for cell in notebook.cells if cell.id == name)


def bank() -> list[Hostile]:
    """Return all submissions, sorted by name."""
    return [read(path) for path in sorted(HERE.glob("*.py"))]


def named(name: str) -> Hostile:
    """Return the submission with this name."""
    return read(HERE / f"{name}.py")


def hand_in(root: Path, submission: Hostile) -> None:
    """Write a submission into the course in ``root``, for a student with its name."""
    folder = root / "submitted" / submission.name / EXERCISE
    folder.mkdir(parents=True)
    submission.write(folder, course.solution(EXERCISE))
