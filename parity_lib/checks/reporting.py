"""What a check looks like from outside: one line when it passes, one message when it does not, a table at the end."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import secrets
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from parity_lib.checks import core
from parity_lib.checks.core import Nowhere
from parity_lib.checks.expect import show
from parity_lib.checks.plain import CheckFailed, safely, short, type_name
from parity_lib.checks.points import IN_WORDS, POINTS
from parity_lib.errors import require


@dataclass(frozen=True)
class Task:
    """A check as the summary lists it: its function, and what it says when it passes."""

    run: Callable[..., None]
    says: str


def check(says: str | Callable[[], str]) -> Callable:
    """Make a function of ``seed`` a check, which prints ``says`` when it passes.

    A failure with a seed of :func:`fresh` ends with how to see it again. Should
    the check itself be at fault, the student is told so, in words.
    """
    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def run(seed: int = 0) -> None:
            again = f"\n  again:    the same cases come with check.{function.__name__}(seed={seed})" if seed else ""
            fault = f"the check of `{function.__name__}` could not read your result"
            message = _failure(lambda: function(seed), fault)
            if message is not None:
                raise CheckFailed(message + again)
            print(f"✓ {words()}")

        words = says if callable(says) else lambda: says
        run.task, run.words = Task(run, words()), words
        return run
    return decorate


def _failure(test: Callable[[], None], fault: str) -> str | None:
    """What a test finds wrong, in words, or None. Its own warnings stay off the screen: they would cost the points."""
    try:
        with contextlib.redirect_stderr(Nowhere()), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            test()
    except KeyboardInterrupt:
        raise
    except CheckFailed as failure:
        return safely(str, failure, otherwise=fault)
    except BaseException as error:
        return (f"{fault} ({type_name(error)}: {short(error)}). Compare shapes and types with the task; if they are "
                "right, show this line to your instructor.")
    return None


def fresh() -> int:
    """A new seed for cases that nobody has seen. The message of a failed check repeats it."""
    return 1 + secrets.randbelow(2**31 - 1)


def grading() -> bool:
    """Whether the notebook is being graded: long runs, made to look at, are skipped then."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def summary(module: ModuleType) -> None:
    """Run every public check of an exercise and print what it is worth so far.

    Raises ValueError for a module that belongs to no exercise.
    """
    if grading():
        return
    exercise = module.__name__.rpartition(".")[2]
    require(exercise in POINTS, "module", exercise, f"the checks of one of {', '.join(POINTS)}")
    reached = 0
    for name, points in POINTS[exercise].items():
        task = getattr(module, name).task
        try:
            with contextlib.redirect_stdout(Nowhere()):
                task.run()
        except CheckFailed as failure:
            print(f"  0 of {points}   {name}: {str(failure).splitlines()[0]}")
        else:
            reached += points
            print(f"  {points} of {points}   {name}: {task.says}")
    words = IN_WORDS[exercise]
    more = f", and {words} more for answers in words, which your instructor reads" if words else ""
    print(f"\n{reached} of {sum(POINTS[exercise].values())} points in the public checks{more}. "
          "Grading tries new cases of the same kind.")


def private(exercise: str, task: str) -> None:
    """Run an instructor's own test, if there is one: ``task(call)`` in ``private/EXERCISE.py``.

    The folder stands beside nbgrader_config.py, or where the environment's
    ``PARITY_PRIVATE_TESTS`` says, and is kept out of git. It sees the student's
    work only through ``call``. Where it raises, CheckFailed says whose test it
    is: with the text of an assertion or of a CheckFailed, with the last call
    where the file sets ``SHOW_INPUT = True``, and never with the test's source.
    """
    path = private_file(exercise)
    if not path.is_file():
        return
    asked: list[str] = []
    message = _failure(lambda: _run_private(path, task, asked), f"the test of `{task}` did not run")
    if message is not None:
        raise CheckFailed("\n  asked:    ".join([f"your instructor's own test: {message}", *asked[-1:]]))


def private_file(exercise: str) -> Path:
    """Where an instructor's own tests of an exercise are, if there are any."""
    return Path(os.environ.get("PARITY_PRIVATE_TESTS", "private")) / f"{exercise}.py"


def load_private(path: Path) -> ModuleType:
    """A file of private tests as a module. Raises what the file raises."""
    spec = importlib.util.spec_from_file_location(f"parity_private_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run_private(path: Path, task: str, asked: list[str]) -> None:
    """Run a test; the calls that it makes are noted in ``asked`` where it lets its input be shown."""
    module = load_private(path)
    test = getattr(module, task, None)
    if test is None:
        return
    require(callable(test), task, test, f"a function in {path.name}")

    def call(name: str, *args: Any, **kwargs: Any) -> Any:
        if getattr(module, "SHOW_INPUT", False):
            given = [*map(show, args), *(f"{key}={show(value)}" for key, value in kwargs.items() if key != "forbid")]
            asked.append(f"{name}({', '.join(given)})")
        return core.call(name, *args, **kwargs)

    try:
        test(call)
    except CheckFailed:
        raise
    except AssertionError as error:
        raise CheckFailed(short(error) or f"`{task}` does not do what it asks for") from None
