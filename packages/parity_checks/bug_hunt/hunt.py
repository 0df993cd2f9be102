"""Checks for the tests that students write for a training script."""

from collections.abc import Callable

import numpy as np

from parity_checks.assertions import Query, messages
from parity_checks.bug_hunt.script import IN_OTHER_WORDS, LENGTHS, Fault, faults, with_dead_lines, with_edits
from parity_checks.core import call
from parity_checks.decorator import check
from parity_checks.plain_data import CheckFailed, split_cause

WORDS = messages("bug_hunt")
# What a false alarm may come from in the test of each function, and the section about the function.
ALARMS = {
    "draw": ("alarm-draw", "data#Random bits"), "labels": ("alarm-labels", "data#Three ways to compute labels"),
    "logits": ("alarm-logits", "unrolling#The cell in NumPy"), "loss": ("alarm-loss", "packing#The loss lies too"),
    "accuracy": ("alarm-accuracy", "packing#A network that knows nothing"),
    "update": ("alarm-update", "gradient#Clipping")}


def _check_of(function: str) -> Callable[..., None]:
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
    cases does not pass by luck, and no test passes by counting its calls. Every version has dead lines of its own.
    """
    test, missed, (alarm, see) = f"test_{function}", [], ALARMS[function]
    causes = {"AssertionError": WORDS[alarm], "stopped with": WORDS["test-stops"]}
    versions: list[str | Fault] = [*faulty, *(way for way in ("", ", written in another way")
                                              for _ in range(rng.integers(2, 5)))]
    for index in rng.permutation(len(versions)):
        version = versions[index]
        if isinstance(version, str):
            source = with_dead_lines(with_edits(IN_OTHER_WORDS if version else ()), rng)
            query = Query(f"{test} on the correct script{version}", see)
            if not query.as_bool(query.call_through("verdict", test, test, source, causes=causes)):
                even = with_edits([(LENGTHS, "1 + rng.permutation(np.arange(batch) % longest)")])
                narrow = function == "draw" and _accepts_fault(test, even)
                query.fail(True, False, WORDS["alarm-tolerance" if narrow else alarm])
        elif _accepts_fault(test, with_dead_lines(with_edits([(version.old, version.new)]), rng)):
            missed.append(version)
    if missed:
        clues = dict.fromkeys(f"clue-{fault.clue}" for fault in missed)
        Query(f"{test} on versions with one fault each in {function}", see).fail(
            "False for each", f"True for {len(missed)} of {len(faulty)}",
            WORDS["fault-missed"].format(clues=" ".join(split_cause(WORDS[clue])[1] for clue in clues)))


def _accepts_fault(test: str, version: str) -> bool:
    try:
        answer = call("verdict", test, version)
    except CheckFailed as failure:
        if failure.cause == "not-written":
            raise
        return False        # a test that stops with an error rejects the version
    return Query(f"{test} on a faulty version").as_bool(answer)
