"""The checks of the *Bug hunt*: the student's tests are run on correct and on faulty versions of a script."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from parity_checks import assertions
from parity_checks.core import call
from parity_checks.gradient_through_time.differences import as_bool, ask_through
from parity_checks.gradient_through_time.script import IN_OTHER_WORDS, SCRIPT, Fault, faults, with_edits
from parity_checks.plain_data import CheckFailed
from parity_checks.reporting import check

SEE = "training#the-loop-line-by-line"
CHANCE = ("This is a false alarm. Does your test ask for more than the docstring promises? Lengths are uniform, so a "
          "batch need not contain all of them. Draw thousands of strings with a small `longest`, and compare shares "
          "with a tolerance. With the same seed, another version of the script may draw other strings.")
ROUNDING = ("This is a false alarm, on this version alone. Do you compare floats with == or torch.equal? The same sum, "
            "written in another way, is rounded differently: use np.allclose or torch.allclose. Or does your test ask "
            "for more than the docstring promises?")
EXPECTED = ("This is a false alarm: the correct script itself fails. Work out again, from the docstring, what your "
            "test should expect, and compare floats with np.allclose or torch.allclose.")


def _hunt(function: str) -> Callable[..., None]:
    """Return the check of the student's test of one function."""
    def run(seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        hunt(function, [fault for fault in faults(rng) if fault.function == function], rng)

    run.__name__, run.__doc__ = f"hunt_{function}", f"Check ``test_{function}(script)``, which returns True or False."
    return check(f"test_{function}: finds every fault of {function}, and raises no false alarm")(run)


hunt_draw, hunt_labels, hunt_logits = map(_hunt, ("draw", "labels", "logits"))
hunt_loss, hunt_accuracy, hunt_update = map(_hunt, ("loss", "accuracy", "update"))


def hunt(function: str, faulty: list[Fault], rng: np.random.Generator) -> None:
    """Raise CheckFailed unless the student's test tells correct versions from faulty ones.

    The versions come in any order, and a correct version comes two to four times, so that a test which draws its cases
    does not pass by luck, and none passes by counting.
    """
    test, missed = f"test_{function}", []
    versions: list[str | Fault] = [*faulty, *(text for text in (SCRIPT, with_edits(IN_OTHER_WORDS))
                                              for _ in range(rng.integers(2, 5)))]
    for place in rng.permutation(len(versions)):
        version = versions[place]
        if isinstance(version, str):
            _require_no_alarm(test, version)
        elif _passes(test, version):
            missed.append(version)
    if missed:
        assertions.fail(f"{test} on versions with one fault each in {function}", "False for each",
                        f"True for {len(missed)} of {len(faulty)}",
                        f"Read its docstring again. {' '.join(dict.fromkeys(fault.clue for fault in missed))}", SEE)


def _require_no_alarm(test: str, version: str) -> None:
    """Raise CheckFailed if the student's test rejects a correct version; the hint depends on whether SCRIPT passes."""
    answer, what = _ask(test, version)
    if answer:
        return
    hint = EXPECTED
    if version != SCRIPT:
        plain_passes, plain = _ask(test, SCRIPT)
        hint, what = (ROUNDING, what) if plain_passes else (EXPECTED, plain)
    assertions.fail(what, True, False, CHANCE if test == "test_draw" else hint, SEE)


def _ask(test: str, version: str) -> tuple[bool, str]:
    """Return whether the student's test accepts a correct version, and what the check asked."""
    what = f"{test} on the correct script{', written in another way' * (version != SCRIPT)}"
    answer = ask_through("verdict", test, what, test, version, see=SEE,
                         slips={"stopped with": "This is a false alarm: your test itself stops with an error."})
    return as_bool(answer, what, SEE), what


def _passes(test: str, fault: Fault) -> bool:
    """Return whether the student's test accepts the version with this fault; a test that stops rejects it."""
    try:
        answer = call("verdict", test, with_edits([(fault.old, fault.new)]))
    except CheckFailed as failure:
        if "not written yet" in str(failure) or "there is no" in str(failure):
            raise
        return False
    return as_bool(answer, f"{test} on a faulty version", SEE)
