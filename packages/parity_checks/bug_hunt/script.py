"""The training script for the exercise *Bug hunt*, with a faulty version for each bug.

Each faulty version has one fault. A version is source text. A fault is an edit of the correct script; some numbers in
it are drawn. The script and the edits are in the file ``script.toml``.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parity_lib.errors import require

_DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
SCRIPT: str = _DATA["script"]
PARTS: dict[str, str] = _DATA["parts"]
# These functions keep the promises of their docstrings, so a test must accept them.
IN_OTHER_WORDS = tuple((PARTS[name], new) for name, new in _DATA["in-other-words"].items())


@dataclass(frozen=True)
class Fault:
    """A fault that can be inserted into one function of the training script.

    It replaces ``old`` by ``new``. ``clue`` names a question that leads students to a test for the fault, which is the
    message ``clue-...`` of this exercise.
    """

    function: str
    name: str
    old: str
    new: str
    clue: str


def faults(rng: np.random.Generator) -> list[Fault]:
    """Return all faults, in the order of the functions. Some contain newly drawn numbers."""
    period, number = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    known = {**PARTS, "period": period, "number": number, "more": number + 1}
    return [Fault(function, name, old.format(**known), new.format(**known), clue)
            for function, rows in _DATA["faults"].items() for name, (old, new, clue) in rows.items()]


# The script of a student has none of these faults: anybody who watches the loss or the accuracy notices the first four.
NOT_IN_SCRIPTS = {"zeros only", "the count", "uphill", "not in place", "middle lengths are frequent"}


def faults_of(seed: int) -> list[Fault]:
    """Return the faults of a student's own script, one in each of three or four functions, in their order."""
    rng = np.random.default_rng(seed)
    possible = [fault for fault in faults(rng) if fault.name not in NOT_IN_SCRIPTS]
    functions = list(dict.fromkeys(fault.function for fault in possible))
    chosen = []
    for place in sorted(rng.choice(len(functions), size=rng.integers(3, 5), replace=False)):
        own = [fault for fault in possible if fault.function == functions[place]]
        chosen.append(own[rng.integers(len(own))])
    return chosen


def script_for(seed: int) -> str:
    """Return the training script with the faults determined by a student's seed."""
    # From the last function on, because a fault of `logits` may contain a part that one of `accuracy` replaces.
    return with_edits((fault.old, fault.new) for fault in reversed(faults_of(seed)))


def with_edits(edits: Iterable[tuple[str, str]]) -> str:
    """Return the edited training script, or raise ValueError if an old part does not occur exactly once."""
    script = SCRIPT
    for old, new in edits:
        require(script.count(old) == 1, "an edit", old, "a part that the script contains once")
        script = script.replace(old, new)
    return script


def with_dead_lines(script: str, rng: np.random.Generator) -> str:
    """Add lines without effect, so that a student's test cannot recognise the correct script by its byte code."""
    return re.sub(r'"""\n(?=    )', lambda found: found[0] + "".join(
        f"    unused = {number}\n" for number in rng.integers(10**9, size=rng.integers(1, 60))), script)
