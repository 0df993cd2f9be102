"""Tools for detecting problems with a course or a machine before submissions are graded.

A faulty private test, or a machine on which correct code fails, would cost students points. So the private tests are
tried on the model answer, which is the course's own code and runs in this process, and a correct submission is graded
in the same way as those of the students.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import torch
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, is_grade, setenv
from traitlets.config import Config

from parity_checks import core, reporting, rpc
from parity_checks.plain_data import CheckFailed
from parity_grading.execute import Execute, TooSlow, stopped_after
from parity_grading.kernel import KernelNotStarted, own_folder

CALL = re.compile(r"\bcheck\.private\(\s*\"\w+\",\s*\"(\w+)\"\s*\)")
LONGEST = 60        # seconds for one test
# Small, because it is graded before each batch, but it needs the libraries that the exercises need.
ANSWER = """
import numpy as np
import torch
import parity_checks, parity_lib

def known_answer(numbers):
    return torch.as_tensor(numbers).add(1).numpy()
"""
TEST = """
import numpy as np
from parity_checks import core

assert core.call("known_answer", np.arange(3)).tolist() == [1, 2, 3]
"""
MARKS = {"grade_id": "known-answer-check", "grade": True, "solution": False, "points": 1}


def try_course(coursedir: CourseDirectory, config: Config, name: str) -> None:
    """Run the private tests of an exercise and grade a correct submission. Raise ValueError if either fails."""
    try_private_tests(coursedir, name)
    try_known_answer(config)


def try_private_tests(coursedir: CourseDirectory, name: str) -> None:
    """Check that an instructor's private tests accept the model answer.

    Raise ValueError if a test in ``private/NAME.py`` rejects it, stops or is never called. Do nothing if there is no
    such file.
    """
    path = reporting.private_file(name)
    if not path.is_file():
        return
    path = path.resolve()
    source = Path(coursedir.format_path(coursedir.source_directory, ".", name), f"{name}.ipynb").resolve()
    if not source.is_file():
        raise ValueError(f"{path.name} cannot be tried on a correct answer, because {source} is missing")
    cells = [cell for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "code"]
    tasks = {task for cell in cells if is_grade(cell) for task in CALL.findall(cell.source)}
    _try(path, _load(path, tasks), [cell.source for cell in cells if not is_grade(cell)])


def _load(path: Path, tasks: set[str]) -> dict[str, Callable]:
    """Load the private tests, keyed by task. Raise ValueError if this fails or a test belongs to an unknown task."""
    try:
        module = reporting.load_private(path)
    except Exception as error:
        raise ValueError(f"{path} cannot be loaded, so nobody was graded: {_describe(path, error)}") from None
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        if own and name not in tasks and list(inspect.signature(value).parameters) == ["call"]:
            raise ValueError(f"nobody was graded, because {path} contains a test of `{name}`, which is not a task; the "
                             f"tasks are {', '.join(sorted(tasks))}")
    return {task: getattr(module, task) for task in sorted(tasks) if hasattr(module, task)}


def _describe(path: Path, error: Exception) -> str:
    """Describe an error by its type, message and line number in ``path``."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    return type(error).__name__ + (f": {error}" if str(error) else "") + (f" (line {line})" if line else "")


def _try(path: Path, tests: dict[str, Callable], sources: list[str]) -> None:
    """Run each private test on the model answer, and raise ValueError unless all of them pass."""
    with _notebook_namespace() as namespace:
        for source in sources:
            with contextlib.suppress(Exception):    # a cell may need IPython
                exec(compile(source, "<the model answer>", "exec"), namespace)
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
            raise ValueError(f"nobody was graded, because the test of `{task}` in {path} does not accept the model "
                             f"answer: {problem}")


@contextlib.contextmanager
def _notebook_namespace() -> Iterator[dict[str, Any]]:
    """Yield a namespace in which checks run as they do during grading, and restore the previous state afterwards."""
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
    """Call a function with serialised arguments and results, as in a remote call to a kernel."""
    return rpc.read(rpc.answer(rpc.request(name, args, kwargs)))


def try_known_answer(config: Config) -> None:
    """Grade a correct submission with the settings of a course. Raise ValueError if it does not get full marks."""
    answer, test = new_code_cell(ANSWER), new_code_cell(TEST, metadata={"nbgrader": MARKS})
    try:
        with setenv(NBGRADER_EXECUTION="autograde"), tempfile.TemporaryDirectory(dir=own_folder()) as folder:
            Execute(config=config).preprocess(new_notebook(cells=[answer, test]), {"metadata": {"path": folder}})
    except (KernelNotStarted, OSError) as error:
        raise ValueError(f"nobody was graded, because {error}") from None
    if determine_grade(test) != (1, 1):
        said = [output.evalue for cell in (answer, test) for output in cell.outputs if output.output_type == "error"]
        raise ValueError("nobody was graded, because a submission that is known to be correct does not get full marks "
                         f"on this machine: {said[0] if said else 'its test shows something else'}")
