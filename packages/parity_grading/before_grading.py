"""Tools for detecting problems with a course or a machine before submissions are graded.

A faulty private test, or a machine on which correct code fails, would cost students points. So a small correct
submission is graded in the same way as those of the students, and if the exercise has private tests, the model answer
as well, in the tasks with such a test.
"""

import inspect
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, is_grade, is_solution, setenv
from traitlets.config import Config

from parity_checks import private_tests
from parity_grading.execute import Execute
from parity_grading.kernel import KernelNotStarted, temporary_folder

CALL = re.compile(r"\bcheck\.private\(\s*\"\w+\",\s*\"(\w+)\"\s*\)")
# Small, because it is graded before each batch, but it needs the libraries that the exercises need.
ANSWER = """
import numpy as np
import torch
import parity_checks

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
    """Grade a correct submission, and run the private tests on the model answer. Raise ValueError if either fails."""
    if reason := _failure([new_code_cell(ANSWER), new_code_cell(TEST, metadata={"nbgrader": MARKS})], config):
        raise ValueError("nobody was graded, because a submission that is known to be correct does not get full marks "
                         f"on this machine: {reason}")
    try_private_tests(coursedir, config, name)


def try_private_tests(coursedir: CourseDirectory, config: Config, name: str) -> None:
    """Raise ValueError if a test in ``private/NAME.py`` rejects the model answer, stops or is never called."""
    path = private_tests.private_file(name)
    if not path.is_file():
        return
    source = Path(coursedir.format_path(coursedir.source_directory, ".", name), f"{name}.ipynb")
    if not source.is_file():
        raise ValueError(f"{path.name} cannot be tried on a correct answer, because {source} is missing")
    try:
        module = private_tests.load_private(path)
    except Exception as error:
        raise ValueError(f"{path} cannot be loaded, so nobody was graded: {error!r}") from None
    tests = {test for test, value in vars(module).items() if inspect.isfunction(value) and not test.startswith("_")
             and value.__module__ == module.__name__ and list(inspect.signature(value).parameters) == ["call"]}
    cells = [cell for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "code"]
    tasks = {task for cell in cells if is_grade(cell) for task in CALL.findall(cell.source)}
    if unknown := ", ".join(sorted(tests - tasks)):
        raise ValueError(f"nobody was graded, because {path} contains a test of `{unknown}`, which is not a task; the "
                         f"tasks are {', '.join(sorted(tasks))}")
    chosen = [cell for cell in cells if not is_grade(cell) or tests.intersection(CALL.findall(cell.source))]
    if reason := _failure(chosen, config):
        raise ValueError(f"nobody was graded, because {path} does not accept the model answer: {reason}")


def run_tests(cells: list[NotebookNode], config: Config) -> tuple[float, float]:
    """Grade the tests in cells, and return the points and their maximum. Raise ValueError if no kernel starts."""
    try:
        with setenv(NBGRADER_EXECUTION="autograde"), temporary_folder() as folder:
            Execute(config=config).preprocess(new_notebook(cells=cells), {"metadata": {"path": folder}})
    except (KernelNotStarted, OSError) as error:
        raise ValueError(f"nobody was graded, because {error}") from None
    scores = [determine_grade(cell) for cell in cells if is_grade(cell) and not is_solution(cell)]
    return sum(points for points, _ in scores), sum(most for _, most in scores)


def _failure(cells: list[NotebookNode], config: Config) -> str:
    """Grade cells and return why one of the tests fails, or "". Raise ValueError if no kernel starts."""
    points, most = run_tests(cells, config)
    errors = [f"{output.ename}: {output.evalue}" for cell in cells for output in cell.get("outputs", [])
              if output.output_type == "error"]
    return ("; ".join(errors) or "something else than full marks") if points != most else ""
