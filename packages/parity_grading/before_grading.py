"""Tools for detecting problems with a course or a machine before submissions are graded.

A faulty private test, or a machine on which correct code fails, would cost students points. So a small correct
submission is graded in the same way as those of the students, and if the exercise has private tests, the model answer
as well, with these tests.
"""

import inspect
import re
import traceback
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, is_grade, setenv
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
PRIVATE_TEST = """
from pathlib import Path
from parity_checks import core, private_tests

private_tests.load_private(Path({path!r})).{task}(core.call)
"""
MARKS = {"grade_id": "known-answer-check", "grade": True, "solution": False, "points": 1}


def try_course(coursedir: CourseDirectory, config: Config, name: str) -> None:
    """Grade a correct submission, and the model answer with the private tests. Raise ValueError if either fails."""
    for reason in _run([ANSWER], {"known_answer": TEST}, config).values():
        raise ValueError("nobody was graded, because a submission that is known to be correct does not get full marks "
                         f"on this machine: {reason}")
    try_private_tests(coursedir, config, name)


def try_private_tests(coursedir: CourseDirectory, config: Config, name: str) -> None:
    """Raise ValueError if a test in ``private/NAME.py`` rejects the model answer, stops or is never called."""
    path = private_tests.private_file(name)
    if not path.is_file():
        return
    path = path.resolve()
    source = Path(coursedir.format_path(coursedir.source_directory, ".", name), f"{name}.ipynb").resolve()
    if not source.is_file():
        raise ValueError(f"{path.name} cannot be tried on a correct answer, because {source} is missing")
    cells = [cell for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "code"]
    tasks = {task for cell in cells if is_grade(cell) for task in CALL.findall(cell.source)}
    tests = {task: PRIVATE_TEST.format(path=str(path), task=task) for task in _tasks_with_tests(path, tasks)}
    failures = _run([cell.source for cell in cells if not is_grade(cell)], tests, config, path)
    if failures:
        raise ValueError(f"nobody was graded, because {path} does not accept the model answer: " + "; ".join(
            f"the test of `{task}` ends with {reason}" for task, reason in failures.items()))


def _tasks_with_tests(path: Path, tasks: set[str]) -> list[str]:
    """Return the tasks that have a private test. Raise ValueError if a test belongs to an unknown task."""
    try:
        module = private_tests.load_private(path)
    except Exception as error:
        reason = _describe(type(error).__name__, str(error), traceback.format_exception(error), path)
        raise ValueError(f"{path} cannot be loaded, so nobody was graded: {reason}") from None
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        if own and name not in tasks and list(inspect.signature(value).parameters) == ["call"]:
            raise ValueError(f"nobody was graded, because {path} contains a test of `{name}`, which is not a task; the "
                             f"tasks are {', '.join(sorted(tasks))}")
    return [task for task in sorted(tasks) if hasattr(module, task)]


def _run(answers: list[str], tests: dict[str, str], config: Config, path: Path | None = None) -> dict[str, str]:
    """Grade a submission and return the reasons for which tests fail, by name. Raise ValueError if no kernel starts."""
    cells = [new_code_cell(source) for source in answers]
    checks = {name: new_code_cell(source, metadata={"nbgrader": MARKS}) for name, source in tests.items()}
    try:
        with setenv(NBGRADER_EXECUTION="autograde"), temporary_folder() as folder:
            notebook = new_notebook(cells=[*cells, *checks.values()])
            Execute(config=config).preprocess(notebook, {"metadata": {"path": folder}})
    except (KernelNotStarted, OSError) as error:
        raise ValueError(f"nobody was graded, because {error}") from None
    failures = {}
    for name, check in checks.items():
        if determine_grade(check) != (1, 1):
            errors = [output for cell in (*cells, check) for output in cell.outputs if output.output_type == "error"]
            reasons = [_describe(error.ename, error.evalue, error.traceback, path) for error in errors]
            failures[name] = "; ".join(reasons) or "something else than full marks"
    return failures


def _describe(name: str, text: str, lines: list[str], path: Path | None) -> str:
    """Describe an error by its type, its message and the number of its last line in ``path``."""
    numbers = re.findall(rf'File "{re.escape(str(path))}", line (\d+)', "".join(lines))
    return ": ".join(filter(None, [name, text])) + (f" (line {numbers[-1]})" if numbers else "")
