"""The checks of ``final_parity`` and ``next_max_length``."""

from __future__ import annotations

import numpy as np

from parity_checks import assertions
from parity_checks.reporting import check

THE_END, THE_LABEL = "packing#the-last-real-step", "training#what-is-the-label"
READY_PARITY = ("parity_lib.data:final_parity", "parity_lib.data:running_parity", "parity_lib.data:bits_and_parity")
READY_CURRICULUM = ("parity_lib.data:Curriculum.next_longest", "parity_lib.data:ParityTask.next_longest")
# On these strings, no two of the usual mistakes give the same labels.
BITS = np.array([[1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0], [0, 1, 0, 1, 0, 1], [1, 0, 1, 1, 1, 0]])
LENGTHS = np.array([2, 3, 6, 5, 1])
SLIPS = {"could not be broadcast": "np.arange(steps) is [steps]: compare it with lengths[:, None], [batch, 1].",
         "is out of bounds for axis 1": "Time steps are counted from 0: the last real one is `lengths - 1`."}


def cut_parity(bits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the label of each string as it was cut: the parity of its first ``lengths[i]`` bits."""
    return (bits * (np.arange(bits.shape[1]) < lengths[:, None])).sum(axis=1) % 2


def draw_strings(rng: np.random.Generator, count: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw bits, also after the cut, and lengths from 1 to ``steps``, of which both ends occur."""
    lengths = rng.integers(1, steps, size=count, endpoint=True)
    lengths[:2] = 1, steps
    return rng.integers(2, size=(count, steps)), rng.permutation(lengths)


@check("final_parity: the parity of each string as it was cut")
def final_parity(seed: int = 0) -> None:
    """Check ``final_parity(bits, lengths)``: integers ``[batch, steps]`` and ``[batch]`` -> integers ``[batch]``."""
    rng = np.random.default_rng(seed)
    for bits, lengths in ((BITS, LENGTHS), (np.ones((9, 9), dtype=int), np.arange(9, 0, -1)),
                          draw_strings(rng, 40, 7), draw_strings(rng, 3, 700)):
        what = f"final_parity of {assertions.show(bits, 60)}, cut to the lengths {assertions.show(lengths, 40)}"
        result = assertions.ask("final_parity", what, bits, lengths, forbid=READY_PARITY, see=THE_END, slips=SLIPS)
        if not isinstance(result, np.ndarray):
            assertions.fail(what, "a NumPy array of integers", assertions.kind_of(result), "" if result is None else "The "
                            "cells below make tensors of it. np.array(...) or .numpy() makes an array.", THE_END)
        got = assertions.array(result, what, None, see=THE_END)
        hint = _parity_hint(got, bits, lengths)
        if got.shape != lengths.shape:
            assertions.fail(what, f"shape {lengths.shape}, one label for each string", f"shape {got.shape}", hint, THE_END)
        assertions.equal(got, cut_parity(bits, lengths), what, hint, THE_END)


def _parity_hint(got: np.ndarray, bits: np.ndarray, lengths: np.ndarray) -> str:
    if got.shape == (len(bits), len(bits)):
        return ("`:` takes every row for each length. Rows and positions go together: "
                "running[np.arange(len(bits)), lengths - 1].")
    rows, right = np.arange(len(bits)), cut_parity(bits, lengths)
    count = np.cumsum(bits, axis=1)[rows, lengths - 1]
    return assertions.likely(got, [
        (bits.sum(axis=1) % 2, "This is the label of the string before it was cut: bits at position lengths[i] and "
         "later must not count."),
        (count, "This is the count of ones; the parity is its remainder modulo 2."),
        (cut_parity(bits, lengths - 1), "You count one bit too few: the last real bit is at position lengths[i] - 1."),
        (cut_parity(bits, lengths + 1), "You count one bit too many: position lengths[i] is the first that was cut "
                                        "off."),
        (bits[rows, lengths - 1], "This is the last real bit, and not the parity of all real ones."),
        ((bits.sum(axis=1) - count) % 2, "This is the parity of what was cut off: real positions are those before "
         "lengths[i]."),
        (1 - right, "Even and odd are swapped: 1 stands for odd."),
        (np.cumsum(bits, axis=1) % 2, "This is a label at every time step (`cumsum`), and the task asks for the one at "
         "the end only."),
        (bits.sum(axis=0) % 2, "You add down the batch; a string runs along axis 1."),
    ])


@check("next_max_length: grows by one at an accuracy of 0.95 or more, and stops at stop")
def next_max_length(seed: int = 0) -> None:
    """Check ``next_max_length(longest, accuracy, stop)``, which returns an integer."""
    rng = np.random.default_rng(seed)
    cases = [(2, 1.0, 50), (2, 0.95, 50), (2, 0.9499, 50), (7, 0.5, 50), (49, 0.99, 50), (50, 1.0, 50),
             (50, 0.2, 50), (1, 0.0, 1), (1, 1.0, 1)]
    cases += [(int(longest), float(accuracy), int(longest + room)) for longest, accuracy, room in
              zip(rng.integers(1, 99, 20), rng.uniform(0.9, 1, 20), rng.integers(0, 3, 20), strict=True)]
    for longest, accuracy, stop in cases:
        what = f"next_max_length({longest}, {accuracy:.4g}, stop={stop})"
        result = assertions.ask("next_max_length", what, longest, accuracy, stop, forbid=READY_CURRICULUM, see=THE_LABEL)
        got = assertions.array(result, what, (), see=THE_LABEL)
        grows = accuracy >= 0.95
        hint = ("The accuracy is 0.95 or more, so the length grows by exactly one, but never beyond stop." if grows else
                "The accuracy is below 0.95, so the length stays as it is.")
        if accuracy == 0.95 and got == longest:
            hint = "An accuracy of exactly 0.95 is enough: use >=, not >."
        elif got == stop > longest + 1:
            hint = "max takes the larger of the two. `stop` is the most, so you need the smaller one: min."
        assertions.equal(got, min(longest + 1, stop) if grows else longest, what, hint, THE_LABEL)
