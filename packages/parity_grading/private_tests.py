"""Tools for trying an instructor's private tests on correct answers.

A faulty test is found before it can cost a student points. The correct answers are the model answer and, in a clone of
the repository, ``tests/submissions/EXERCISE/right_*.py``. They are the course's own code and run in this process. Tests
are tried again only if they or the answers have changed.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import inspect
import os
import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import torch
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade

from parity_checks import core, reporting, rpc
from parity_checks.plain_data import CheckFailed
from parity_grading.timeout import TooSlow, stopped_after

CALL = re.compile(r"\bcheck\.private\(\s*\"\w+\",\s*\"(\w+)\"\s*\)")
PIECE = re.compile(r"^# %% (.*)\n", re.MULTILINE)
LONGEST = 60        # seconds for one test of one answer


def try_on_correct_answers(coursedir: CourseDirectory, name: str) -> None:
    """Check that an instructor's private tests accept correct answers.

    Raise ValueError if a test in ``private/NAME.py`` rejects a correct answer, stops or is never called. Do nothing if
    there is no such file, or if nothing has changed since the tests passed.
    """
    path = reporting.private_file(name)
    if not path.is_file():
        return
    path = path.resolve()
    source = Path(coursedir.format_path(coursedir.source_directory, ".", name), f"{name}.ipynb").resolve()
    if not source.is_file():
        raise ValueError(f"{path.name} cannot be tried on a correct answer, because {source} is missing")
    bank = sorted((source.parents[2] / "tests" / "submissions" / name).glob("right_*.py"))
    digest = hashlib.sha256()
    for used in (path, source, *bank, *sorted(Path(core.__file__).parent.rglob("*.py"))):
        digest.update(used.name.encode() + hashlib.sha256(used.read_bytes()).digest())
    record = path.with_name(f".{name}.tried")
    if record.is_file() and record.read_text(encoding="ascii", errors="replace") == digest.hexdigest():
        return
    solution = nbformat.read(source, as_version=4)
    tests = _load(path, {task for cell in solution.cells if is_grade(cell) for task in CALL.findall(cell.source)})
    _try(path, tests, "the model answer", sources(solution))
    for file in bank:
        _try(path, tests, f"{name}/{file.name}", sources(solution, file.read_text(encoding="utf-8")))
    with contextlib.suppress(OSError):      # a colleague's folder may be read-only; then the tests are tried each time
        record.write_text(digest.hexdigest(), encoding="ascii")


def _load(path: Path, tasks: set[str]) -> dict[str, Callable]:
    """Load the private tests from a file, keyed by task.

    Raise ValueError if the file cannot be loaded or contains a test of an unknown task.
    """
    try:
        module = reporting.load_private(path)
    except Exception as error:
        raise ValueError(f"{path} cannot be loaded, so nobody was graded: {_describe(path, error)}") from None
    for name, value in vars(module).items():
        if name in tasks and not callable(value):
            raise ValueError(f"{path}: {name} must be a function, but it is {value!r}")
        own = inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        if own and name not in tasks and list(inspect.signature(value).parameters) == ["call"]:
            raise ValueError(f"nobody was graded, because {path} contains a test of `{name}`, which is not a task; the "
                             f"tasks are {', '.join(sorted(tasks))}")
    return {task: getattr(module, task) for task in sorted(tasks) if hasattr(module, task)}


def _describe(path: Path, error: Exception) -> str:
    """Describe an error by its type, message and line number.

    The line is the one in ``path`` where the error occurred.
    """
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    return type(error).__name__ + (f": {error}" if str(error) else "") + (f" (line {line})" if line else "")


def sources(solution: NotebookNode, submission: str = "") -> list[str]:
    """Return the code cells of a solution with the changes from a submission.

    The tests of the solution are left out. The submission consists of parts.

    A part ``# %% CELL`` replaces a cell, and ``# %% CELL: FUNCTION`` replaces a function in it. Another cell is added
    by ``# %% added before CELL``.
    """
    pieces = PIECE.split(submission)[1:]
    cells = []
    for cell in solution.cells:
        if cell.cell_type != "code" or is_grade(cell):
            continue
        name, source = cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id")), cell.source
        for head, body in zip(map(str.strip, pieces[::2]), pieces[1::2], strict=True):
            target, _, function = head.partition(": ")
            if head == f"added before {name}":
                cells.append(body.strip("\n"))
            elif target == name:
                source = _replace_function(source, function, body) if function else body.strip("\n")
        cells.append(source)
    return cells


def _replace_function(cell: str, name: str, source: str) -> str:
    lines = cell.split("\n")
    old = next(node for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return "\n".join([*lines[:old.lineno - 1], *source.strip("\n").split("\n"), *lines[old.end_lineno:]])


def _try(path: Path, tests: dict[str, Callable], answer: str, cells: list[str]) -> None:
    """Run each private test on one correct answer.

    Raise ValueError unless all tests pass.
    """
    with _notebook_namespace() as namespace:
        for source in cells:
            with contextlib.suppress(Exception):    # a cell that looks at a result may not fit every correct answer
                exec(compile(source, f"<{answer}>", "exec"), namespace)
        for task, test in tests.items():
            try:
                with stopped_after(LONGEST):
                    test(core.call)
                continue
            except TooSlow:
                problem = f"it does not finish within {LONGEST:g} seconds"
            except (CheckFailed, AssertionError) as failure:
                problem = f"it fails with {str(failure) or 'an assertion without a message'}"
            except Exception as error:
                problem = f"it stops with {_describe(path, error)}"
            raise ValueError(f"nobody was graded, because the test of `{task}` in {path} does not accept a correct "
                             f"answer, {answer}: {problem}")


@contextlib.contextmanager
def _notebook_namespace() -> Iterator[dict[str, Any]]:
    """Yield a namespace in which checks run as they do during grading.

    The process is restored afterwards.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    before, execution = core._namespace, os.environ.get("NBGRADER_EXECUTION")
    os.environ["NBGRADER_EXECUTION"] = "autograde"      # cells that train for long do nothing
    core.bind(namespace)
    try:
        with torch.random.fork_rng(devices=[]), core.remote_calls(_call), core.quiet(), np.errstate(all="ignore"):
            yield namespace
    finally:
        core.bind(before)
        os.environ.pop("NBGRADER_EXECUTION")
        if execution is not None:
            os.environ["NBGRADER_EXECUTION"] = execution


def _call(name: str, args: tuple, kwargs: dict) -> Any:
    """Call a function with its arguments and result converted to text.

    The same happens when a test calls a function in a kernel.
    """
    return rpc.read(rpc.answer(rpc.request(name, args, kwargs)))
