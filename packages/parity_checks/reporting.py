"""Tools for running checks and reporting their results."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import secrets
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from parity_checks import core
from parity_checks.assertions import show
from parity_checks.core import Nowhere
from parity_checks.plain_data import CheckFailed, NotChecked, missing_package, safely, short, type_name, wrap
from parity_checks.points import cells_near, points_in_words, points_of_checks
from parity_lib.errors import require


def check(says: str) -> Callable:
    """Create a decorator that turns a function into a check.

    The function takes a seed. The check prints ``says`` if it passes, and raises CheckFailed if it fails. The message
    of a failure with a seed of :func:`fresh` ends with the call that repeats it. An error in the check itself is
    reported as such. If a package is missing, the check raises NotChecked.
    """
    def decorate(function: Callable[[int], None]) -> Callable:
        @functools.wraps(function)
        def run(seed: int = 0) -> None:
            message = _failure(lambda: function(seed), f"the check of `{function.__name__}` could not read your result")
            if message is not None:
                again = f"\n  again:    the same cases come with check.{function.__name__}(seed={seed})" if seed else ""
                raise CheckFailed(message + again)
            print(f"✓ {says}")

        run.says = says  # type: ignore[attr-defined]
        return run
    return decorate


def not_installed(error: ModuleNotFoundError) -> Callable:
    """Return a check that raises NotChecked, to stand for the checks of a module that cannot be imported.

    ``error`` stopped the import. It is raised again if it is about a package that every check needs.
    """
    if missing_package(error) is None:
        raise error

    def run(seed: int) -> None:
        raise error
    return check("")(run)


def _failure(test: Callable[[], None], fault: str) -> str | None:
    """Run a test and return its failure message, or None if the test passes."""
    try:
        with contextlib.redirect_stderr(Nowhere()), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            test()
    except (KeyboardInterrupt, NotChecked):
        raise
    except CheckFailed as failure:
        return safely(str, failure, otherwise=fault)
    except BaseException as error:
        if (package := missing_package(error)) is not None:
            raise NotChecked(f"This task needs {package}, which is not installed here.") from None
        return (f"{fault} ({type_name(error)}: {short(error)}). Compare shapes and types with the task; if they are "
                "correct, show this line to your instructor.")
    return None


def fresh() -> int:
    """Return a random seed for drawing new test cases."""
    return 1 + secrets.randbelow(2**31 - 1)


def grading() -> bool:
    """Return True if the notebook is being graded."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def summary(module: ModuleType) -> None:
    """Run all public checks of an exercise and print the points earned so far.

    Raises ValueError for a module that belongs to no exercise.
    """
    if grading():
        return
    exercise = module.__name__.rpartition(".")[2].removesuffix("_checks")
    known = cells_near(Path(getattr(module, "__file__", None) or "").parent)
    require(exercise in known, "module", exercise, f"the checks of one of {', '.join(known)}")
    total = most = 0
    for name, points in points_of_checks(known[exercise]).items():
        test = getattr(module, name)
        try:
            with contextlib.redirect_stdout(Nowhere()):
                test()
        except NotChecked as reason:
            print(f"  not checked   {name}: {reason}")
            continue
        except CheckFailed as failure:
            earned, text = 0, str(failure).splitlines()[0]
        else:
            earned, text = points, test.says
        named = text.lstrip("`").startswith(name)
        print(wrap(f"  {earned} of {points}   {text if named else f'{name}: {text}'}", " " * 11))
        total += earned
        most += points
    words = points_in_words(known[exercise])
    more = f", and {words} more for written answers, which your instructor reads" if words else ""
    print("\n" + wrap(f"{total} of {most} points in the public checks{more}. "
                      "Grading tries new cases of the same kind.", ""))


def private(exercise: str, task: str) -> None:
    """Run the instructor's own test for a task, if there is one.

    The test is the function ``task(call)`` in ``private/EXERCISE.py``. The folder is next to nbgrader_config.py, or at
    ``PARITY_PRIVATE_TESTS``, and git ignores it. A test reaches the student's work through ``call`` alone. If it fails,
    the message says that it is the instructor's test and gives the text of the assertion, never the source, and the
    last call if the file sets ``SHOW_INPUT = True``.
    """
    path, calls = private_file(exercise), []
    if not path.is_file():
        return
    message = _failure(lambda: _run_private(path, task, calls), f"the test of `{task}` did not run")
    if message is not None:
        raise CheckFailed("\n  asked:    ".join([f"your instructor's own test: {message}", *calls[-1:]]))


def private_file(exercise: str) -> Path:
    """Return the path to the instructor's own tests for an exercise."""
    return Path(os.environ.get("PARITY_PRIVATE_TESTS", "private")) / f"{exercise}.py"


def load_private(path: Path) -> ModuleType:
    """Import a file of private tests as a module."""
    spec: Any = importlib.util.spec_from_file_location(f"parity_private_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run_private(path: Path, task: str, calls: list[str]) -> None:
    """Run an instructor's own test for a task."""
    module = load_private(path)
    test = getattr(module, task, None)
    if test is None:
        return
    require(callable(test), task, test, f"a function in {path.name}")

    def call(name: str, *args: Any, **kwargs: Any) -> Any:
        if getattr(module, "SHOW_INPUT", False):
            given = [*map(show, args), *(f"{key}={show(value)}" for key, value in kwargs.items() if key != "forbid")]
            calls.append(f"{name}({', '.join(given)})")
        return core.call(name, *args, **kwargs)

    try:
        test(call)
    except CheckFailed:
        raise
    except AssertionError as error:
        raise CheckFailed(short(error) or f"`{task}` does not do what the task asks for") from None
