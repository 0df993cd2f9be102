"""Follow-through credit: a task that builds on a wrong earlier one is tried with a right one, so a slip costs once.

Chapter: *For instructors*. ``c.Execute.follow_through = True`` turns it on. When a test fails and an earlier one has
failed, the cells up to it are run once more in a kernel of their own; after each solution of a failed task the model
answer to it is run, in its place. A task's own solution is always the student's. Of that kernel nothing is kept but
whether the test passes: no output of it reaches the hand-in, in which a model answer might be printed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution


class FollowThrough:
    """What has failed so far in one hand-in, and what to run for another try."""

    def __init__(self, cells: list[NotebookNode], reference: dict[str, str]) -> None:
        self.cells, self.reference = cells, reference
        self.own = solved_by(cells)
        self.failed: list[str] = []

    def failing(self, test: NotebookNode) -> bool:
        """Note whether a test has failed; what it stood for is lent to the tests after it."""
        failed = any(one.output_type == "error" for one in test.outputs)
        if failed:
            self.failed.append(_name(test))
        return failed

    def lent(self, test: NotebookNode, asked: set[str]) -> dict[str, set[str]]:
        """The failed earlier solutions on which a failed test may hang, each with its names that the test leads to.

        Those that the test is about are not among them: the last before it and, where it asks for none of their
        names, each that defines what it asks for. None, where nothing that the test asks for leads to an earlier one.
        """
        about = set(self.own[_name(test)])
        if not asked & self._defined(about):
            about |= {name for name in self.reference if asked & self._defined({name})}
        earlier = {name for one in self.failed if one != _name(test) for name in self.own[one]} - about
        reached = self._reached(asked)
        found = {name: self._defined({name}) & reached for name in self.reference if name in earlier}
        return found if any(found.values()) else {}

    def sources(self, test: NotebookNode, lent: Iterable[str], worked: Iterable[str]) -> Iterator[str]:
        """What to run before another try: the student's cells that ended, and what is lent after its place."""
        for cell in self.cells[:next(place for place, cell in enumerate(self.cells) if cell is test)]:
            if cell.cell_type == "code" and not is_test(cell) and cell.source in worked:
                yield cell.source
            if _name(cell) in lent:
                yield self.reference[_name(cell)]

    def _defined(self, solutions: set[str]) -> set[str]:
        """The names that the model answers to these define."""
        return {name for one in solutions for name in defined(self.reference.get(one, ""))}

    def _reached(self, asked: set[str]) -> set[str]:
        """The names that stand in the cells that define what was asked for, and so on."""
        leads = [(defined(cell.source), used(cell.source)) for cell in self.cells
                 if cell.cell_type == "code" and not is_test(cell)]
        reached, more = set(), set(asked)
        while more - reached:
            reached |= more
            more = {name for names, uses in leads if names & reached for name in uses}
        return reached


def is_test(cell: NotebookNode) -> bool:
    """A test cell: graded, and not written by the student."""
    return bool(is_grade(cell) and not is_solution(cell))


def _name(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def solved_by(cells: list[NotebookNode]) -> dict[str, tuple[str, ...]]:
    """The solution cells that each test cell is about: those between it, or tests that stand together, and a test."""
    found, own, tested = {}, [], True
    for cell in cells:
        if cell.cell_type != "code":
            continue
        if is_test(cell):
            found[_name(cell)], tested = tuple(own), True
        elif is_solution(cell):
            own = [_name(cell)] if tested else [*own, _name(cell)]
            tested = False
    return found


def reference(source: Path) -> dict[str, str]:
    """The model answers in code, by their cells. Raises ValueError where nbgrader's source is not there."""
    if not source.is_file():
        raise ValueError(f"Execute.follow_through is set, and {source} is missing")
    return {_name(cell): cell.source for cell in nbformat.read(source, as_version=4).cells
            if cell.cell_type == "code" and is_solution(cell)}


def defined(source: str) -> set[str]:
    """The names that a cell binds at its top: functions, classes, imports and variables."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^(?:(?:async )?def |class )?(\w+)", source, re.MULTILINE))
    names = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        else:
            names |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return names


def used(source: str) -> set[str]:
    """The names that stand in a cell, also as text that is one word; not those in the text of documentation."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source))
    return {one.id for one in nodes if isinstance(one, ast.Name)} | {
        one.attr for one in nodes if isinstance(one, ast.Attribute)} | {
        one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def credited(before: list[NotebookNode], after: list[NotebookNode], names: set[str]) -> list[NotebookNode]:
    """A passed second try as outputs: what the first said, why it costs nothing, and a part of the points if it is one.

    Nothing that was said in the second try is in it, unless it is a number.
    """
    said = next(one for one in before if one.output_type == "error").evalue
    right = " and ".join(f"a right `{name}`" for name in sorted(names))
    text = (f"As handed in: {said}\n\nWith {right} in the place of yours this test passes. So this slip costs its own "
            "task only, and the points of this one are yours.\n")
    return [new_output("stream", text=text), *(one for one in after if one.output_type == "execute_result"
                                                  and re.fullmatch(r"[\d.]+", one.data.get("text/plain", "")))]
