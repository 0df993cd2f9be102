"""Checks for the tests that students write for a training script."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from parity_checks.assertions import Query
from parity_checks.bug_hunt.script import IN_OTHER_WORDS, SCRIPT, Fault, faults, with_edits
from parity_checks.core import call
from parity_checks.plain_data import CheckFailed
from parity_checks.reporting import check

LOOP = "training#the-loop-line-by-line"
ALARM = ("This is a false alarm. Does your test ask for more than the docstring promises? Lengths are uniform, so a "
         "batch need not contain all of them: draw thousands of strings with a small `longest`, and compare shares "
         "with a tolerance. The same seed may give other strings, and the same sum may be rounded differently: compare "
         "floats with np.allclose or torch.allclose.")
ERROR_CAUSES = {"stopped with": "This is a false alarm: your test itself stops with an error."}


def _check_of(function: str) -> Callable[..., None]:
    """Create a check that evaluates the student's test for the given function."""
    def run(seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        hunt(function, [fault for fault in faults(rng) if fault.function == function], rng)

    run.__name__, run.__doc__ = f"hunt_{function}", f"Check ``test_{function}(script)``, which returns True or False."
    return check(f"test_{function}: finds every fault of {function}, and raises no false alarm")(run)


hunt_draw, hunt_labels, hunt_logits = map(_check_of, ("draw", "labels", "logits"))
hunt_loss, hunt_accuracy, hunt_update = map(_check_of, ("loss", "accuracy", "update"))


def hunt(function: str, faulty: list[Fault], rng: np.random.Generator) -> None:
    """Raise CheckFailed unless the student's test distinguishes correct scripts from faulty ones.

    The versions come in random order, and each correct version comes two to four times, so that a test with random
    cases does not pass by luck, and no test passes by counting its calls.
    """
    test, missed = f"test_{function}", []
    versions: list[str | Fault] = [*faulty, *(text for text in (SCRIPT, with_edits(IN_OTHER_WORDS))
                                              for _ in range(rng.integers(2, 5)))]
    for index in rng.permutation(len(versions)):
        version = versions[index]
        if isinstance(version, str):
            _require_no_alarm(test, version)
        elif _accepts_fault(test, version):
            missed.append(version)
    if missed:
        Query(f"{test} on versions with one fault each in {function}", LOOP).fail(
            "False for each", f"True for {len(missed)} of {len(faulty)}",
            f"Read its docstring again. {' '.join(dict.fromkeys(fault.clue for fault in missed))}")


def _require_no_alarm(test: str, version: str) -> None:
    """Raise CheckFailed if the student's test rejects a correct version of the script."""
    query = Query(f"{test} on the correct script{', written in another way' * (version != SCRIPT)}", LOOP)
    if not query.as_bool(query.call_through("verdict", test, test, version, causes=ERROR_CAUSES)):
        query.fail(True, False, ALARM)


def _accepts_fault(test: str, fault: Fault) -> bool:
    """Return True if the student's test accepts a faulty version of the script."""
    try:
        answer = call("verdict", test, with_edits([(fault.old, fault.new)]))
    except CheckFailed as failure:
        if "not written yet" in str(failure) or "there is no" in str(failure):
            raise
        return False        # a test that stops with an error rejects the version
    return Query(f"{test} on a faulty version", LOOP).as_bool(answer)
