"""Mutants of the model answers, graded in this process by the runner of the bank of submissions.

A mutant is a solution with one change in the answer to one task. It is killed if a test cell of that task gives no
points. If it survives, either it is equivalent to the solution, for a reason that ``equivalents.yaml`` gives, or a
check is too weak.
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
# Many changes leave these answers correct, because a test may use other cases, a search may keep more states, and the
# weights of saturated gates may be larger or smaller. The tests are tried on faulty versions of a script instead, and
# the search and the gates with the bank of submissions.
NOT_CHANGED = ("bug_hunt/tests", "bug_hunt/find-error", "lstm_comparison/memory-cell")


@dataclass(frozen=True)
class Mutant:
    """A solution with a changed cell: the description of the change, its number among equal ones, and the source."""

    exercise: str
    cell: str
    says: str
    number: int
    source: str

    @property
    def name(self) -> str:
        again = f" [{self.number}]" if self.number else ""
        return f"{self.exercise}/{self.cell}: {self.says}{again}"


def solution(exercise: str) -> nbformat.NotebookNode:
    """Return the notebook with the model answers."""
    return bank.authoring.notebook(bank.published(exercise))


def mutants(exercise: str) -> list[Mutant]:
    """Return all mutants of an exercise, in the order of its cells."""
    mutated = []
    for cell in solution(exercise).cells:
        if _is_answer(cell) and f"{exercise}/{cell.id}" not in NOT_CHANGED:
            counts: dict[str, int] = {}
            for change in changes(cell.source):
                number = counts[change.says] = counts.get(change.says, -1) + 1
                mutated.append(Mutant(exercise, cell.id, change.says, number, change.source))
    return mutated


def _is_answer(cell: nbformat.NotebookNode) -> bool:
    meta = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(meta.get("solution")) and not meta.get("grade")


def _is_test(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("grade"))


def notebook(mutant: Mutant) -> nbformat.NotebookNode:
    """Return the solution with this mutant, up to the test cells of its task and without other test cells."""
    nb, cells, reached = solution(mutant.exercise), [], False
    for cell in nb.cells:
        if _is_answer(cell):
            if reached:
                break
            if cell.id == mutant.cell:
                cell.source, reached = mutant.source, True
        if reached or not _is_test(cell):
            cells.append(cell)
    nb.cells = cells
    return nb


def survives(mutant: Mutant) -> bool:
    """Return whether every test cell of the mutant's task gives all its points."""
    with _limit(SECONDS):
        outcomes = bank.grade(notebook(mutant))
    return bool(outcomes) and all(outcome.points == outcome.most for outcome in outcomes.values())


@contextlib.contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """Stop a mutant that does not end with an error in its code, and again if it catches that error."""
    def ring(*_):
        raise TimeoutError(f"the mutant takes more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def equivalents() -> dict[str, str]:
    """Return the reason for each mutant that is a correct answer, by the mutant's name."""
    text = Path(__file__).with_name("equivalents.yaml").read_text(encoding="utf-8")
    return {name: group["reason"] for group in yaml.safe_load(text) or [] for name in group["mutants"]}
