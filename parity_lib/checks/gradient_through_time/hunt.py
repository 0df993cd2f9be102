"""Checks of the *Bug hunt*: a student's tests meet right and faulty versions of a script, as source text."""

from __future__ import annotations

import numpy as np

from parity_lib.checks import expect
from parity_lib.checks.core import call
from parity_lib.checks.gradient_through_time.answers import asked, yes
from parity_lib.checks.gradient_through_time.script import Fault, as_asked, faults, right_versions, with_edits
from parity_lib.checks.plain import CheckFailed
from parity_lib.checks.reporting import check

SEE = "training#the-loop-line-by-line"
CHANCE = ("a false alarm: does your test ask for more than the docstring promises? Lengths are uniform, so a batch "
          "need not hold each of them, and often not the longest: draw thousands of strings with a small `longest`, "
          "and compare shares, with room. The same seed may give other strings in a version in other words")
ROUNDING = ("a false alarm, on this version alone: are floats compared with == or torch.equal? The same sum in other "
            "words rounds differently: use np.allclose or torch.allclose. Or does your test ask for more than the "
            "docstring promises?")
EXPECTED = ("a false alarm: the right script itself fails. Work out again what your test expects, from the docstring, "
            "such as which outputs say odd; and compare floats with np.allclose or torch.allclose")


@check("test_draw: finds every fault of draw, and no fault where there is none")
def hunt_draw(seed: int = 0) -> None:
    """``test_draw(script)`` -> True where ``script.draw`` keeps to its docstring."""
    _hunt("draw", seed)


@check("test_labels: finds every fault of labels, and no fault where there is none")
def hunt_labels(seed: int = 0) -> None:
    """``test_labels(script)`` -> True where ``script.labels`` keeps to its docstring."""
    _hunt("labels", seed)


@check("test_logits: finds every fault of logits, those of the gradient too, and no fault where there is none")
def hunt_logits(seed: int = 0) -> None:
    """``test_logits(script)`` -> True where ``script.logits`` and its gradient are right."""
    _hunt("logits", seed)


@check("test_loss: finds every fault of loss, and no fault where there is none")
def hunt_loss(seed: int = 0) -> None:
    """``test_loss(script)`` -> True where ``script.loss`` keeps to its docstring."""
    _hunt("loss", seed)


@check("test_accuracy: finds every fault of accuracy, and no fault where there is none")
def hunt_accuracy(seed: int = 0) -> None:
    """``test_accuracy(script)`` -> True where ``script.accuracy`` keeps to its docstring."""
    _hunt("accuracy", seed)


@check("test_update: finds every fault of update, and no fault where there is none")
def hunt_update(seed: int = 0) -> None:
    """``test_update(script)`` -> True where ``script.update`` keeps to its docstring."""
    _hunt("update", seed)


def _hunt(function: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    hunt(function, [one for one in faults(rng) if one.function == function], right_versions(), rng)


def hunt(function: str, found: list[Fault], healthy: list[str], rng: np.random.Generator) -> None:
    """Ask the student's test of a function about healthy versions and about each of the faults, in any order.

    A healthy version comes two to four times, so that a test which draws its cases is not right by luck, and none is
    right by counting. CheckFailed where one of them raises an alarm, or a fault raises none.
    """
    test, missed = f"test_{function}", []
    versions: list[str | Fault] = [*found, *(one for one in healthy for _ in range(rng.integers(2, 5)))]
    for place in rng.permutation(len(versions)):
        version = versions[place]
        if isinstance(version, str):
            _no_alarm(test, version, healthy[0])
        elif _healthy(test, version.edits):
            missed.append(version)
    if missed:
        expect.fail(f"{test} on versions with one fault each in {function}", "False for each",
                    f"True for {len(missed)} of {len(found)}",
                    f"read its docstring again: {' '.join(dict.fromkeys(one.clue for one in missed))}", SEE)


def _no_alarm(test: str, source: str, plain: str) -> None:
    """CheckFailed where the student's test turns a right version away; blames its words only if ``plain`` passes."""
    says_yes, what = _says(test, source, "on the right script" + ", written in other words" * (source != plain))
    if says_yes:
        return
    plain_passes = source != plain and _says(test, plain, "on the right script")[0]
    usual = ROUNDING if plain_passes else EXPECTED
    expect.fail(what if plain_passes else f"{test} on the right script", True, False,
                CHANCE if test == "test_draw" else usual, SEE)


def _says(test: str, source: str, words: str) -> tuple[bool, str]:
    """Whether the student's test calls a version right, and what it was asked."""
    what = f"{test} {words}"
    answer = asked("verdict", test, what, test, as_asked(source), see=SEE,
                   slips={"stopped with": "a false alarm: here your test itself stops"})
    return yes(answer, what, SEE), what


def _healthy(test: str, edits: tuple[tuple[str, str], ...]) -> bool:
    """Whether the student's test calls this version healthy. One that stops with an error has noticed something."""
    try:
        answer = call("verdict", test, as_asked(with_edits(edits)))
    except CheckFailed as failure:
        if "not written yet" in str(failure) or "there is no" in str(failure):
            raise
        return False
    return yes(answer, f"{test} on a faulty version", SEE)

