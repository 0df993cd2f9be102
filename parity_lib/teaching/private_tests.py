"""An instructor's own tests are tried on answers that are right, before any student loses a point by them.

Chapter: *For instructors*. The right answers are the model answer, which every course has, and the bank's
``tests/submissions/EXERCISE/right_*.py``, where the course is a clone of the repository. They are the course's own
code, and run in this process. What was tried and has not changed since is not tried again.
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
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
import torch
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade

from parity_lib.checks import core, door, reporting
from parity_lib.checks.plain import CheckFailed
from parity_lib.teaching.clock import TooSlow, stopped_after

CALLED = re.compile(r"\bcheck\.private\(\s*\"\w+\",\s*\"(\w+)\"\s*\)")
PIECE = re.compile(r"^# %% (.*)\n", re.MULTILINE)
MODEL = "the model answer"
LONGEST = 60        # seconds for a test and one right answer


def tried(coursedir: CourseDirectory, name: str) -> None:
    """Raise ValueError where ``private/NAME.py`` takes points from a right answer, cannot run, does not end, or is
    never asked.

    Costs nothing where there is no such file, or the same one was tried on the same answers before.
    """
    path = reporting.private_file(name)
    if not path.is_file():
        return
    path = path.resolve()
    source = Path(coursedir.format_path(coursedir.source_directory, ".", name), f"{name}.ipynb").resolve()
    if not source.is_file():
        raise ValueError(f"{path.name} cannot be tried on a right answer: {source} is missing")
    bank = sorted((source.parents[2] / "tests" / "submissions" / name).glob("right_*.py"))
    now = seal(path, source, *bank, *sorted(Path(core.__file__).parent.rglob("*.py")))
    record = path.with_name(f".{name}.tried")
    if record.is_file() and record.read_text(encoding="ascii", errors="replace") == now:
        return
    solution = nbformat.read(source, as_version=4)
    tests = _tests(path, {task for cell in solution.cells if is_grade(cell) for task in CALLED.findall(cell.source)})
    for words, cells in _right_answers(solution, bank):
        _try(path, tests, words, cells)
    with contextlib.suppress(OSError):      # the folder may be a colleague's; then it is tried again next time
        record.write_text(now, encoding="ascii")


def seal(*paths: Path) -> str:
    """A hash of what decides: the tests, the answers, and what both are made with."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _tests(path: Path, tasks: set[str]) -> dict[str, Callable]:
    """The functions of a file of private tests, by task."""
    try:
        module = reporting.load_private(path)
    except Exception as error:
        raise ValueError(f"{path} cannot be loaded, so nobody was graded: {_place(path, error)}") from None
    strays = sorted(name for name, value in vars(module).items() if name not in tasks and _is_test(module, value))
    if strays:
        raise ValueError(f"{path} has a test of `{strays[0]}`, which no task asks for, so nobody was graded: the tasks "
                         f"are {', '.join(sorted(tasks))}")
    wrong = sorted(task for task in tasks if not callable(getattr(module, task, print)))
    if wrong:
        raise ValueError(f"{path}: {wrong[0]} must be a function, but it is {getattr(module, wrong[0])!r}")
    return {task: getattr(module, task) for task in sorted(tasks) if hasattr(module, task)}


def _is_test(module: ModuleType, value: Any) -> bool:
    """Whether a name was meant to be a test: a function of this file whose one argument is ``call``."""
    return inspect.isfunction(value) and value.__module__ == module.__name__ and list(
        inspect.signature(value).parameters) == ["call"] and not value.__name__.startswith("_")


def _place(path: Path, error: Exception) -> str:
    """What was raised, and in which line of the file."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    text = f": {error}" if str(error) else ""
    return f"{type(error).__name__}{text}" + (f" (line {line})" if line else "")


# ---------------------------------------------------------------- right answers


def _right_answers(solution: NotebookNode, bank: list[Path]) -> Iterator[tuple[str, list[str]]]:
    """Each right answer's name, and the sources of its code cells in their order, without tests."""
    yield MODEL, sources(solution)
    for path in bank:
        yield f"{path.parent.name}/{path.name}", sources(solution, path.read_text(encoding="utf-8"))


def sources(solution: NotebookNode, submission: str = "") -> list[str]:
    """The code cells of the solution, with a submission's ``# %% CELL`` in their places, without the tests."""
    pieces = PIECE.split(submission)[1:]
    parts = [(head.strip(), body.strip("\n")) for head, body in zip(pieces[::2], pieces[1::2], strict=True)]
    found = []
    for cell in solution.cells:
        if cell.cell_type != "code" or is_grade(cell):
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id", cell.get("id"))
        source = cell.source
        for head, body in parts:
            place, _, function = head.partition(": ")
            if head == f"added before {name}":
                found.append(body)
            elif place == name:
                source = _with_function(source, function, body) if function else body
        found.append(source)
    return found


def _with_function(cell: str, name: str, source: str) -> str:
    """The cell with ``source`` in the place of its function of this name."""
    lines = cell.split("\n")
    old = next(node for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef) and node.name == name)
    return "\n".join([*lines[:old.lineno - 1], *source.split("\n"), *lines[old.end_lineno:]])


# ---------------------------------------------------------------- trying


def _try(path: Path, tests: dict[str, Callable], words: str, cells: list[str]) -> None:
    """Ask each test about one right answer."""
    with _as_in_a_notebook() as namespace:
        for source in cells:
            with contextlib.suppress(Exception):    # a cell that only looks at a result may not fit every right answer
                exec(compile(source, f"<{words}>", "exec"), namespace)
        for task, test in tests.items():
            before = f"{path}: the test of `{task}`"
            try:
                with stopped_after(LONGEST):
                    test(core.call)
            except TooSlow:
                raise ValueError(f"{before} is not done with a right answer ({words}) after {LONGEST} seconds, so "
                                 "nobody was graded") from None
            except (CheckFailed, AssertionError) as failure:
                said = str(failure) or "an assertion without words"
                raise ValueError(f"{before} takes points from a right answer ({words}), so nobody was graded. It says: "
                                 f"{said}") from None
            except Exception as error:
                raise ValueError(f"{before} stops on a right answer ({words}), so nobody was graded: "
                                 f"{_place(path, error)}") from None


@contextlib.contextmanager
def _as_in_a_notebook() -> Iterator[dict[str, Any]]:
    """A namespace in which checks find names, as while a hand-in is graded; this process stays as it was."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    before, marked = core._namespace, os.environ.get("NBGRADER_EXECUTION")
    random = torch.get_rng_state()
    os.environ["NBGRADER_EXECUTION"] = "autograde"      # cells that train for long do nothing
    core.bind(namespace)
    try:
        with core.remote_calls(_through_the_door), core.quiet(), np.errstate(all="ignore"):
            yield namespace
    finally:
        core.bind(before)
        torch.set_rng_state(random)
        os.environ.pop("NBGRADER_EXECUTION")
        if marked is not None:
            os.environ["NBGRADER_EXECUTION"] = marked


def _through_the_door(name: str, args: tuple, kwargs: dict) -> Any:
    """One call of a check, there and back as text, as between a kernel and the tests."""
    return door.read(door.answer(door.request(name, args, kwargs)))


