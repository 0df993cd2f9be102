"""Mutants of the model answers, graded in this process by the runner of the hand-ins.

A mutant is a solution in which one place of one task is changed. It is killed where a test cell of that task gives no
points. What is left is either equivalent, with a reason and evidence in ``equivalents.yaml``, or a hole in a check.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

from tests.mutants.operators import changes
from tests.submissions import bank

SECONDS = 60
# Answers of which a changed one is often as right: a test that asks another question, a search of another breadth.
# For the tests of the bug hunt the faulty versions of the script are the mutants; the search has its hand-ins alone.
NOT_CHANGED = ("gradient_through_time/tests", "gradient_through_time/find-error")


@dataclass(frozen=True)
class Mutant:
    """One changed cell of one exercise's solution."""

    exercise: str
    cell: str
    says: str
    number: int     # among those of this cell with these words
    source: str

    @property
    def name(self) -> str:
        again = f" [{self.number}]" if self.number else ""
        return f"{self.exercise}/{self.cell}: {self.says}{again}"


def solution(exercise: str) -> nbformat.NotebookNode:
    """The notebook with the model answers."""
    return bank.authoring.notebook(bank.authoring.read(bank.ROOT / "solutions" / f"{exercise}.md"))


def mutants(exercise: str) -> list[Mutant]:
    """Every mutant of one exercise, in the order of its cells."""
    found = []
    for cell in solution(exercise).cells:
        if _is_answer(cell) and f"{exercise}/{cell.id}" not in NOT_CHANGED:
            counts: dict[str, int] = {}
            for change in changes(cell.source):
                number = counts[change.says] = counts.get(change.says, -1) + 1
                found.append(Mutant(exercise, cell.id, change.says, number, change.source))
    return found


def _is_answer(cell: nbformat.NotebookNode) -> bool:
    meta = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(meta.get("solution")) and not meta.get("grade")


def _is_test(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("grade"))


def notebook(mutant: Mutant) -> nbformat.NotebookNode:
    """The solution with this mutant, as far as the test cells of its task, and with no other test cells."""
    nb, cells, reached, others = solution(mutant.exercise), [], False, False
    for cell in nb.cells:
        if _is_answer(cell):
            others = reached
            if cell.id == mutant.cell:
                cell.source, reached = mutant.source, True
        if others:
            break
        if reached or not _is_test(cell):
            cells.append(cell)
    nb.cells = cells
    return nb


def survives(mutant: Mutant) -> bool:
    """Whether every test cell of its task gives all its points."""
    with _limit(SECONDS):
        outcomes = bank.grade(notebook(mutant))
    return bool(outcomes) and all(outcome.points == outcome.most for outcome in outcomes.values())


@contextlib.contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """A mutant may never end. The alarm is an error of its own code, which costs the points; it rings again."""
    def ring(*_):
        raise TimeoutError("too slow")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def equivalents() -> dict[str, str]:
    """The mutants that are right answers, each with its reason and the evidence for it."""
    text = Path(__file__).with_name("equivalents.yaml").read_text(encoding="utf-8")
    return {name: group["reason"] for group in yaml.safe_load(text) or [] for name in group["mutants"]}
