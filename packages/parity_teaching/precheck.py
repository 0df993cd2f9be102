"""Tools for checking a notebook before it is handed in, without nbgrader and without a clone of the repository.

The notebook runs in an ordinary kernel, because the code is the student's own. Long training runs are skipped.
"""

import contextlib
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parity_checks.answers import NOT_WRITTEN
from parity_checks.points import cells_near, points_in_words, points_of_checks
from parity_grading.untrusted import NotebookCell, printable, read_cells, visible
from parity_lib.errors import require

GRACE = 10                  # seconds that an interrupted cell has to stop
EXAMPLE = 'my_id = "s1234567"'
PLAIN = ("CheckFailed", "Timeout")     # errors whose text needs no name before it
NOT_RUN = "its test did not run, because the test is missing or an earlier cell stopped the notebook"
ANSI_CODE = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class CheckedNotebook:
    """The result of checking a notebook: a table of the tasks, and advice on what to do next."""

    table: list[str]
    advice: list[str]

    def lines(self) -> Iterator[str]:
        """Yield the lines printed by `parity check`, without control characters."""
        advice = [f"  next {number}: {text}" for number, text in enumerate(self.advice, start=1)]
        yield from map(printable, [*self.table, *advice, "  Not complete yet." if advice else "  Complete."])


def check_notebook(path: Path, seconds: int) -> CheckedNotebook:
    """Run a student's notebook, with a time limit for each cell. Raise ValueError if it is not a notebook."""
    require(path.is_file(), "file", str(path), "an existing notebook")
    try:
        cells = read_cells(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{error}; open it in JupyterLab and save it again") from None
    exercises = cells_near(path.resolve().parent)
    known = {cell.name for cell in cells} - {"imports", ""}
    shared = {name: sum(cell["id"] in known for cell in expected) for name, expected in exercises.items()}
    exercise = max(shared, key=lambda name: shared[name])
    if not shared[exercise]:
        return CheckedNotebook([f"{path}: no exercise"], [
            f"This notebook contains no cell of an exercise ({', '.join(exercises)}). If you copied the tasks into a "
            "new notebook, copy your code back into the notebook that you were given."])
    expected, result = exercises[exercise], CheckedNotebook([f"{path}: {exercise}"], [])
    if path.name != f"{exercise}.ipynb":
        result.advice.append(f"Rename the file to {exercise}.ipynb, because it may not be found under another name.")
    result.advice += _cell_advice(cells, expected)
    code = [cell for cell in cells if cell.cell_type == "code"]
    errors = run_cells(path, code, seconds)
    messages = {code[number].name: error for number, error in errors.items()}
    tests = {cell["id"]: cell["check"] for cell in expected if cell["kind"] == "test"}
    reached, points = 0, points_of_checks(expected)
    for cell, check in tests.items():
        most = points[check]
        if message := messages.get(cell, NOT_RUN):
            first = message.splitlines()[0]
            result.advice.append(first if first.startswith(f"`{check}`") else f"`{check}`: {first}")
        reached += 0 if message else most
        result.table.append(f"  {f'{0 if message else most} of {most}':8} {check:28} {'not ' * bool(message)}passed")
    for number, error in errors.items():
        cell = code[number].name
        # The check of a task that is not written yet reports NotImplementedError itself.
        if error and cell not in tests and not error.startswith("NotImplementedError"):
            result.advice.append(f"Code cell {number + 1}{f' (`{cell}`)' if cell else ''} fails: "
                                 f"{error.splitlines()[0]}")
    result.table += [f"    read   {cell['id']:28} {_length(cells, cell['id'])}"
                     for cell in expected if cell["kind"] == "answer"]
    words = points_in_words(expected)
    result.table.append(f"  {reached} of {sum(points.values())} points in the public checks" + (
        f", and your instructor can give {words} more for written answers" if words else "")
        + ". Grading tries new cases of the same kind.")
    return result


def _cell_advice(cells: list[NotebookCell], expected: list[dict]) -> Iterator[str]:
    """Yield advice about missing, duplicated, empty or unchanged cells."""
    for cell in expected:
        name, count = cell["id"], sum(other.name == cell["id"] for other in cells)
        if count == 0:
            yield (f"The cell `{name}` is missing, with everything that you may have written in it. Copy it from the "
                   "notebook that you were given, because a new cell has another name.")
        elif count > 1:
            yield f"The cell `{name}` occurs {count} times. Keep one of them; a copy of a cell has the same name."
        elif cell["kind"] == "answer" and _length(cells, name) == "empty":
            yield f"The answer `{name}` is empty."
    if any(EXAMPLE in cell.source for cell in cells if cell.cell_type == "code"):
        yield "Replace the example id s1234567 with your own id, because your numbers depend on it."


def _length(cells: list[NotebookCell], name: str) -> str:
    """Describe the length of a written answer as a number of words, or return "empty"."""
    text = next((visible(cell.source).strip() for cell in cells if cell.name == name), "")
    words = len(text.split())
    return "empty" if text in NOT_WRITTEN else f"{words} word{'s' * (words != 1)}"


def run_cells(path: Path, code: list[NotebookCell], seconds: int) -> dict[int, str]:
    """Run code cells one after another and return their errors, or "", by the position of the cell.

    The run ends at a cell that stops the kernel. Later cells and empty cells are left out.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbformat.v4 import new_code_cell, new_notebook

    from parity_lib.progress import progress_bar

    errors: dict[int, str] = {}

    def before_cell(cell: dict, cell_index: int) -> None:
        errors[cell_index] = "the kernel stopped or could not be interrupted in this cell; no later cell was run"

    def after_cell(cell: dict, cell_index: int, execute_reply: dict) -> None:
        reply = execute_reply["content"]
        bar.update()
        text = "" if reply["status"] != "error" else reply["evalue"] if reply["ename"] in PLAIN else (
            f"{reply['ename']}: {reply['evalue']}")
        errors[cell_index] = ANSI_CODE.sub("", text)

    client = NotebookClient(
        new_notebook(cells=[new_code_cell(cell.source) for cell in code]), kernel_name="python3", allow_errors=True,
        timeout=seconds, interrupt_on_timeout=True, iopub_timeout=GRACE, raise_on_iopub_timeout=True,
        error_on_timeout={"ename": "Timeout", "evalue": f"it ran longer than {seconds} seconds", "traceback": []},
        on_cell_execute=before_cell, on_cell_executed=after_cell, log=logging.Logger("silent", logging.CRITICAL),
        resources={"metadata": {"path": str(path.resolve().parent)}})
    with progress_bar(len(code), None, desc=path.name, unit="cell") as bar:
        with contextlib.suppress(CellTimeoutError, DeadKernelError):
            client.execute(env=os.environ | {"NBGRADER_EXECUTION": "validate"}, stderr=subprocess.DEVNULL)
    return errors
