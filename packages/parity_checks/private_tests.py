"""The instructor's own tests for the tasks of an exercise."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from parity_checks import core
from parity_checks.decorator import failure_of
from parity_checks.plain_data import CheckFailed, short
from parity_lib.errors import require


def private(exercise: str, task: str) -> None:
    """Run the instructor's own test for a task, if there is one.

    The test is the function ``task(call)`` in ``private/EXERCISE.py``. The folder is next to nbgrader_config.py, or at
    ``PARITY_PRIVATE_TESTS``, and git ignores it. A test reaches the student's work through ``call`` alone. If it fails,
    the message says that it is the instructor's test and gives the text of the assertion, never the source.
    """
    path = private_file(exercise)
    if not path.is_file():
        return
    failure = failure_of(lambda: _run_private(path, task), f"the test of `{task}` did not run")
    if failure is not None:
        raise CheckFailed(f"your instructor's own test: {failure}", failure.cause)


def private_file(exercise: str) -> Path:
    """Return the path to the instructor's own tests for an exercise."""
    return Path(os.environ.get("PARITY_PRIVATE_TESTS", "private")) / f"{exercise}.py"


def load_private(path: Path) -> ModuleType:
    """Import a file of private tests as a module."""
    spec: Any = importlib.util.spec_from_file_location(f"parity_private_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run_private(path: Path, task: str) -> None:
    test = getattr(load_private(path), task, None)
    if test is None:
        return
    require(callable(test), task, test, f"a function in {path.name}")
    try:
        test(core.call)
    except CheckFailed:
        raise
    except AssertionError as error:
        raise CheckFailed(short(error) or f"`{task}` does not do what the task asks for") from None
