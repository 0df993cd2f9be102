"""What a check looks like from the outside: one line when it passes, one message when it does not, a table at the end."""

from __future__ import annotations

import functools
import importlib.util
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from parity_lib.checks.core import CheckFailed
from parity_lib.errors import require


@dataclass(frozen=True)
class Task:
    """A check as the summary lists it: its function, what it says when it passes, its points."""

    run: Callable[..., None]
    says: str
    points: int


def check(points: int, says: str) -> Callable:
    """Make a function of ``seed`` a check worth ``points``, which prints ``says`` when it passes.

    A failure with a seed of :func:`fresh` ends with how to see it again. Should
    the check itself be at fault, the student is told so, in words.
    """
    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(seed: int = 0) -> None:
            try:
                function(seed)
            except CheckFailed as failure:
                again = f"\n  again:    the same cases come with check.{function.__name__}(seed={seed})" if seed else ""
                raise CheckFailed(f"{failure}{again}") from None
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                raise CheckFailed(f"the check of `{function.__name__}` could not read your result "
                                  f"({type(error).__name__}: {error}). Compare shapes and types with the task; if they "
                                  "are right, show this line to your instructor.") from None
            print(f"✓ {says}")

        run.task = Task(run, says, points)
        return run
    return decorate


def fresh() -> int:
    """A new seed for cases that nobody has seen. The message of a failed check repeats it."""
    return 1 + secrets.randbelow(2**31 - 1)


def grading() -> bool:
    """Whether the notebook is being graded: long runs, made to look at, are skipped then."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def summary(module: ModuleType) -> None:
    """Run every public check of an exercise and print what it is worth so far."""
    if grading():
        return
    tasks = [value.task for value in vars(module).values() if isinstance(getattr(value, "task", None), Task)]
    reached = 0
    for task in tasks:
        try:
            with open(os.devnull, "w") as nowhere:
                before, sys.stdout = sys.stdout, nowhere
                try:
                    task.run()
                finally:
                    sys.stdout = before
        except CheckFailed as failure:
            print(f"  0 of {task.points}   {task.run.__name__}: {str(failure).splitlines()[0]}")
        else:
            reached += task.points
            print(f"  {task.points} of {task.points}   {task.run.__name__}: {task.says}")
    print(f"\n{reached} of {sum(task.points for task in tasks)} points in the public checks. "
          "Grading tries new cases of the same kind; answers in words are read by your instructor.")


def private(exercise: str, task: str) -> None:
    """Run an instructor's own test, if there is one: ``task(call)`` in ``private/EXERCISE.py``.

    The folder stands beside nbgrader_config.py, or where the environment's
    ``PARITY_PRIVATE_TESTS`` says, and is kept out of git. It sees the student's
    work only through ``call``. Raises CheckFailed where it does.
    """
    from parity_lib.checks import core

    folder = Path(os.environ.get("PARITY_PRIVATE_TESTS", "private"))
    path = folder / f"{exercise}.py"
    if not path.is_file():
        return
    spec = importlib.util.spec_from_file_location(f"parity_private_{exercise}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    test = getattr(module, task, None)
    if test is not None:
        require(callable(test), task, test, f"a function in {path}")
        test(core.call)
