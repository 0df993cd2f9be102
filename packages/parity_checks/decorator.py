"""The decorator that turns a function into a check, and the seeds with which checks draw new cases."""

import contextlib
import functools
import os
import secrets
import warnings
from collections.abc import Callable

import numpy as np

from parity_checks.core import Nowhere
from parity_checks.plain_data import OWN_ERROR, CheckFailed, NotChecked, missing_package, safely, short, type_name


def check(says: str) -> Callable:
    """Create a decorator that turns a function into a check.

    The function takes a seed. The check prints ``says`` if it passes, and raises CheckFailed if it fails. The message
    of a failure with a seed of :func:`fresh` ends with the call that repeats it. An error in the check itself is
    reported as such. If a package is missing, the check raises NotChecked. Its attribute ``tried`` is True once it has
    checked code that is more than the released notebook contains.
    """
    def decorate(function: Callable[[int], None]) -> Callable:
        @functools.wraps(function)
        def run(seed: int = 0) -> None:
            failure = failure_of(lambda: function(seed),
                                 f"[{OWN_ERROR}] the check of `{function.__name__}` could not read your result")
            run.tried |= failure is None or failure.cause != "not-written"  # type: ignore[attr-defined]
            if failure is not None:
                again = f"\n  again:    the same cases come with check.{function.__name__}(seed={seed})" if seed else ""
                raise CheckFailed(f"{failure}{again}", failure.cause)
            print(f"✓ {says}")

        run.says, run.tried = says, False  # type: ignore[attr-defined]
        return run
    return decorate


def not_installed(error: ModuleNotFoundError) -> Callable:
    """Return a check that raises NotChecked, as a substitute for the checks of a module that cannot be imported.

    ``error`` stopped the import. It is raised again if it is about a package that every check needs.
    """
    if missing_package(error) is None:
        raise error

    def run(seed: int) -> None:
        raise error
    test = check("")(run)
    test.tried = True       # nobody can try it here
    return test


def failure_of(test: Callable[[], None], fault: str) -> CheckFailed | None:
    """Run a test and return its failure, or None if the test passes.

    ``fault`` begins the message about an error in the test itself.
    """
    try:
        with contextlib.redirect_stderr(Nowhere()), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            test()
    except (KeyboardInterrupt, NotChecked):
        raise
    except CheckFailed as failure:
        return CheckFailed(safely(str, failure, otherwise=fault), failure.cause)
    except BaseException as error:
        if (package := missing_package(error)) is not None:
            raise NotChecked(f"This task needs {package}, which is not installed here.") from None
        if isinstance(error, AssertionError):       # a plain assert is a test, and not an error in it
            fault = fault.removeprefix(f"[{OWN_ERROR}] ")
        return CheckFailed(f"{fault} ({type_name(error)}: {short(error)}). Compare shapes and types with the task; if "
                           "they are correct, show this line to your instructor.")
    return None


def fresh() -> int:
    """Return a random seed for drawing new test cases."""
    return 1 + secrets.randbelow(2**31 - 1)


def grading() -> bool:
    """Return True if the notebook is being graded."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))
