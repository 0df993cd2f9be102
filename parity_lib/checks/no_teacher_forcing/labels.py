"""Checks of ``final_parity`` and ``next_max_length``: the label of a cut string, and how long strings may be."""

from __future__ import annotations

import numpy as np
import torch

from parity_lib import data
from parity_lib.checks import expect
from parity_lib.checks.constants import PUBLISHED, constant, is_published
from parity_lib.checks.no_teacher_forcing.replay import NAME, THE_END, THE_LABEL, counts, cut_parity, says
from parity_lib.checks.reporting import check

READY_PARITY = (data.final_parity, data.running_parity, data.bits_and_parity)
READY_CURRICULUM = (data.Curriculum.next_longest, data.ParityTask.next_longest)


FIVE = np.array([[1, 0, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0], [0, 1, 0, 1, 0, 1], [1, 0, 1, 1, 1, 0]])
MASK_SLIPS = {"could not be broadcast": "np.arange(steps) is [steps]; compare it with lengths[:, None], [batch, 1]",
              "is out of bounds for axis 1": "steps are counted from 0: the last real one is `lengths - 1`"}


@check("final_parity: the parity of each string as it was cut")
def final_parity(seed: int = 0) -> None:
    """``final_parity(bits, lengths)``: integers ``[batch, steps]`` and ``[batch]`` -> integers ``[batch]``."""
    rng = np.random.default_rng(seed)
    # On these five strings no two of the usual mistakes look alike.
    cases = [(FIVE, np.array([2, 3, 6, 5, 1])),
             (np.ones((9, 9), dtype=int), np.arange(9, 0, -1)), strings(rng, 40, 7), strings(rng, 3, 700)]
    for bits, lengths in cases:
        asked = f"final_parity of {expect.show(bits, 60)}, cut to the lengths {expect.show(lengths, 40)}"
        result = expect.ask("final_parity", asked, bits, lengths, forbid=READY_PARITY, see=THE_END, slips=MASK_SLIPS)
        expected = cut_parity(bits, lengths)
        what = f"final_parity of {expect.show(bits, 60)}, cut to the lengths {expect.show(lengths, 40)}"
        if isinstance(result, (list, torch.Tensor)):
            expect.fail(what, "a NumPy array", f"a {'list' if isinstance(result, list) else 'tensor'}",
                        "the cells below make tensors of it: `torch.from_numpy(labels.astype(np.float32))`. Return an "
                        "array of integers, as np.array(...) or .numpy() make it", THE_END)
        got = expect.array(result, what, None, see=THE_END)
        hint = _parity_hint(got, bits, lengths)
        if got.shape == (len(bits), len(bits)):
            hint = ("`:` takes every row for each length; rows and places go together: "
                    "running[np.arange(len(bits)), lengths - 1]")
        if got.shape != expected.shape:
            expect.fail(what, f"shape {expected.shape}, a label a string", f"shape {got.shape}", hint, THE_END)
        expect.equal(got, expected, what, hint, THE_END)


def strings(rng: np.random.Generator, count: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Random bits, also behind the cut, and lengths from 1 to ``steps``; both ends occur."""
    lengths = rng.integers(1, steps, size=count, endpoint=True)
    lengths[:2] = 1, steps
    return rng.integers(2, size=(count, steps)), rng.permutation(lengths)


def _parity_hint(got: np.ndarray, bits: np.ndarray, lengths: np.ndarray) -> str:
    right, ones, odd = cut_parity(bits, lengths), constant(NAME, "counted"), constant(NAME, "says")
    given, bits = bits, counts(bits)
    running = np.cumsum(bits, axis=1)
    before = np.concatenate([np.zeros((len(bits), 1), dtype=int), running], axis=1)
    rows, steps = np.arange(len(bits)), bits.shape[1]
    return expect.likely(got, [
        (says(bits.sum(axis=1)),
         "this is the label of the string before it was cut: bits at position lengths[i] and later must not count"),
        (before[rows, lengths], f"this is the count of {ones}; the parity is its remainder modulo 2"),
        (bits.sum(axis=1), f"this is the count of {ones} before the cut; cut first, then take the remainder modulo 2"),
        (says(before[rows, lengths - 1]),
         "one bit too few is counted: the last real bit stands at position lengths[i] - 1 and belongs to the string"),
        (says(before[rows, np.minimum(lengths + 1, steps)]),
         "one bit too many is counted: position lengths[i] is the first that was cut off"),
        (given[rows, lengths - 1], "this is the last real bit, and not the parity of all real ones"),
        (says(bits.sum(axis=1) - before[rows, lengths]),
         "this is the parity of what was cut off: real positions are those before lengths[i]"),
        (1 - right, f"even and odd are swapped: 1 stands for {odd}"),
        *(((given * (np.arange(steps) < lengths[:, None])).sum(axis=1) % 2, "this is the published exercise's label; "
           f"here 1 stands for an {odd} number of {ones}")
          for _ in range(not is_published(NAME, "counted", "says"))),
        (says(running), "this is a label at every step (`cumsum`); only the one at the end is asked for"),
        (says(bits.sum(axis=0)), "this adds down the batch; a string runs along axis 1"),
    ])


def _least() -> float:
    """The accuracy at which strings become longer."""
    return constant(NAME, "least")


@check(lambda: f"next_max_length: grows by one at an accuracy of {_least():g} or more, and stops at stop")
def next_max_length(seed: int = 0) -> None:
    """``next_max_length(longest, accuracy, stop)`` -> the longest length of the next batch, an integer."""
    rng, least = np.random.default_rng(seed), _least()
    moved = least - PUBLISHED[NAME]["least"]
    cases = [(2, 1.0, 50), (2, least, 50), (2, least - 0.0001, 50), (7, 0.5, 50), (49, 0.99, 50), (50, 1.0, 50),
             (50, 0.2, 50), (1, 0.0, 1), (1, 1.0, 1)]
    cases += [(int(longest), min(float(accuracy + moved), 1.0), int(longest + room)) for longest, accuracy, room in
              zip(rng.integers(1, 99, 20), rng.uniform(0.9, 1, 20), rng.integers(0, 3, 20), strict=True)]
    for longest, accuracy, stop in cases:
        what = f"next_max_length({longest}, {accuracy:.4g}, stop={stop})"
        result = expect.ask("next_max_length", what, longest, accuracy, stop, forbid=READY_CURRICULUM, see=THE_LABEL)
        got = expect.array(result, what, (), see=THE_LABEL)
        grows = accuracy >= least
        expected = min(longest + 1, stop) if grows else longest
        hint = ""
        if grows and got == stop > longest + 1:
            hint = "max takes the larger of the two; `stop` is the most, so the smaller one is asked for: min"
        elif got > stop:
            hint = "it grows beyond stop"
        elif accuracy == least and got == longest:
            hint = f"an accuracy of exactly {least:g} is enough: >=, not >"
        elif not grows and got < longest:
            hint = f"it never shrinks: below {least:g} it stays as it is"
        elif not grows and got == longest + 1:
            hint = f"it grows although the accuracy is below {least:g}"
        elif grows and got > longest + 1:
            hint = "it grows by more than one"
        elif grows and got == longest < stop:
            hint = "it does not grow although the accuracy is high enough"
        expect.equal(got, expected, what, hint, THE_LABEL)
