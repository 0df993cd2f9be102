"""Checks of ``length_mask`` and ``run_packed``: what is real in a rectangle, and states of that alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib import models, padding
from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.core import call_on_same, call_weights
from parity_lib.checks.plain import ModuleState
from parity_lib.checks.reporting import check

READY_MASK = (padding.length_mask,)
READY_PACKING = (padding.pack, padding.unpack, models.ParityRNN.hidden_states)
RECTANGLE, PACKING = "packing#a-rectangle-for-ragged-strings", "packing#packing"
GRADIENT = "gradient#cut-short"


@check("length_mask: True on real positions, in as many columns as asked")
def length_mask(seed: int = 0) -> None:
    """``length_mask(lengths, max_bits, padding)``: integers ``[batch]`` -> bool ``[batch, max_bits]``."""
    rng = np.random.default_rng(seed)
    longest = int(rng.integers(6, 20))
    cases = [(np.array([3, 1, 5, 2]), 5), (np.array([2, 7, 4]), 10), (np.array([1]), 1), (np.array([4, 4, 4, 4]), 4),
             (rng.integers(1, longest, size=9), longest + int(rng.integers(3)))]
    words = constant("varying_lengths", "after"), constant("varying_lengths", "before")
    cases = [(*case, *side) for side in ((), words[:1], words[1:]) for case in cases]
    for lengths, max_bits, *side in cases:
        what = f"length_mask({', '.join([expect.show(lengths, 60), str(max_bits), *map(repr, side)])})"
        result = expect.ask("length_mask", what, lengths, max_bits, *side, see=RECTANGLE, forbid=READY_MASK,
                      slips={"broadcast": "give lengths a second axis: `lengths[:, None]` is [batch, 1]",
                             "must match": "give lengths a second axis: `lengths[:, None]` is [batch, 1]"})
        got = expect.array(result, what, None, see=RECTANGLE)
        shape = (len(lengths), max_bits)
        if got.shape != shape:
            hint = ""
            if got.shape == (len(lengths), lengths.max()):
                hint = "the mask is as wide as the longest string; it should be as wide as max_bits says"
            elif got.shape == shape[::-1]:
                hint = "two axes are swapped: a row a string, a column a step"
            elif got.shape == (*shape, 1):
                hint = "the mask has two axes; the feature axis is for inputs and targets"
            expect.fail(what, f"shape {shape}", f"shape {got.shape}", hint, RECTANGLE)
        position = np.arange(max_bits)
        after, before = position < lengths[:, None], position >= max_bits - lengths[:, None]
        expected, other = (before, after) if side == [words[1]] else (after, before)
        if got.dtype.kind != "b":
            hint = "return the comparison itself: with whole numbers, `values[mask]` takes rows 0 and 1"
            expect.fail(what, "bool values", f"dtype {got.dtype}", hint, RECTANGLE)
        length = lengths[:, None]
        hint = expect.likely(got, [
            (~expected, "True and False are swapped: True stands on real positions"),
            (other, "this is the mask for padding on the other side of the string: look at `padding`"),
            (position <= length, "one position too many: with steps counted from 0, step `length` is already padding"),
            (position < length - 1, "one position too few: the last real step is `length - 1`"),
            (position > max_bits - length, "one position too few: the first real step is `max_bits - length`"),
            (position >= max_bits - length - 1, "one position too many: the last step of the padding is "
             "`max_bits - length - 1`"),
            (~other, "the mask for padding on one side is not the opposite of that for the other: the string is as "
             "long as before, and moves to the other end of its row"),
            (expected[:, ::-1], "the steps run backwards"),
            (expected.T, "rows and columns are swapped: each row is one string"),
        ])
        expect.equal(got, expected, what, hint, RECTANGLE)


@check("run_packed: the states of nn.RNN, rows in their order, zeros on padding")
def run_packed(seed: int = 0) -> None:
    """``run_packed(rnn, inputs, lengths)``: float ``[batch, steps, 1]`` -> ``[batch, steps, hidden]``."""
    rng = np.random.default_rng(seed)
    more = int(rng.integers(5, 12))
    cases = [(5, np.array([2, 5, 1, 3]), 3), (5, np.array([2, 5, 1, 3]), 3), (9, np.array([4, 2, 6]), 2),
             (4, np.array([4, 4, 4]), 3), (3, np.array([1]), 2), (more + 2, rng.integers(1, more, size=7), 4)]
    rnn = None
    for number, (steps, lengths, hidden) in enumerate(cases):
        if number != 1:  # case 1 is case 0 once more
            rnn = _random_rnn(hidden, rng)
            inputs = torch.from_numpy(rng.integers(2, size=(len(lengths), steps, 1))).float()
        what = (f"run_packed with lengths {expect.show(lengths, 60)} and inputs of shape {tuple(inputs.shape)}"
                + (", a second time" if number == 1 else ""))
        result = expect.ask("run_packed", what, ModuleState.of(rnn), inputs, lengths, forbid=READY_PACKING, see=PACKING,
                      slips=PACKING_SLIPS)
        with torch.no_grad():
            through = rnn(inputs)[0].numpy()
        _compare_states(result, through, lengths, what, number == 1)
    _leaves_lengths_alone(rnn, inputs, lengths)
    _passes_gradients(rnn, inputs, lengths)


def _leaves_lengths_alone(rnn: nn.RNN, inputs: torch.Tensor, lengths: np.ndarray) -> None:
    """The notebook uses its lengths again after the call."""
    left = call_on_same("run_packed", ModuleState.of(rnn), inputs, lengths, forbid=READY_PACKING)[-1].arguments
    hint = "`lengths` is changed in place (sorted?), and the caller goes on with it: work on a copy, `np.sort(lengths)`"
    expect.equal(left[2], lengths, "run_packed: the caller's `lengths` after two calls", hint, PACKING)
    hint = "`inputs` is changed in place, and the caller goes on with it: work on a copy, `inputs.clone()`"
    expect.equal(left[1], inputs, "run_packed: the caller's `inputs` after two calls", hint, PACKING)


def _passes_gradients(rnn: nn.RNN, inputs: torch.Tensor, lengths: np.ndarray) -> None:
    """Through the states a gradient reaches the layer's weights: else training moves the readout alone."""
    real = (torch.arange(inputs.shape[1]) < torch.from_numpy(lengths)[:, None])[..., None]
    upstream = torch.linspace(-1, 1, real.numel() * rnn.hidden_size).reshape(*real.shape[:2], rnn.hidden_size)
    what = "the gradient of run_packed at the weights of the layer"
    cut = "the states are cut off from the layer's weights, by no_grad, detach or NumPy: no training would move them"
    found = expect.ask("run_packed", what, ModuleState.of(rnn), inputs, lengths, by=call_weights,
                       output_gradient=upstream, forbid=READY_PACKING, see=GRADIENT, slips={"no gradient": cut})
    rnn(inputs)[0].backward(upstream * real)
    for name, parameter in rnn.named_parameters():
        if name not in found:
            expect.fail(f"{what}, {name}", "numbers", "none", cut, GRADIENT)
        expect.close(found[name], parameter.grad, f"{what}, {name}", "the states are right and their gradient is not: "
                     "is one of them detached, or computed in another way?", GRADIENT, tolerance=1e-3)


PACKING_SLIPS = {
    "'tuple' object has no attribute 'batch_sizes'": "`rnn` returns a pair: `states, last = rnn(packed)`, and the "
                                                     "first is what is unpacked",
    "enforce_sorted": "the lengths come unsorted: `enforce_sorted=False` sorts them and notes the order",
    "PackedSequence": "still packed: `pad_packed_sequence` goes back to the rectangle",
    "len(lengths)": "`batch_first=True` belongs into packing and unpacking both: without it the rectangle is read as "
                    "[steps, batch, 1]",
    "exceeds dimension size": "`batch_first=True` belongs into packing and unpacking both: without it the rectangle is "
                              "read as [steps, batch, 1]",
    "batch_size": "`batch_first=True` belongs into packing and unpacking both: without it the rectangle is read as "
                  "[steps, batch, 1]",
    "'tuple' object": "`rnn` returns a pair, and so does `pad_packed_sequence`: take the first part",
    "has no attribute": "lengths is a NumPy array; `torch.from_numpy` makes a tensor of it where you need one",
}


def _random_rnn(hidden: int, rng: np.random.Generator) -> nn.RNN:
    rnn = nn.RNN(1, hidden, batch_first=True)
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(size=tuple(parameter.shape))))
    return rnn


def _compare_states(result: Any, through: np.ndarray, lengths: np.ndarray, what: str, again: bool) -> None:
    batch, steps, hidden = through.shape
    if isinstance(result, (tuple, list)):
        expect.fail(what, "one tensor", f"{type(result).__name__} of {len(result)}",
                    "`rnn` and `pad_packed_sequence` return a pair; the first part is what is asked for", PACKING)
    got = expect.array(result, what, None, see=PACKING)
    if got.shape != through.shape:
        hint = ""
        if got.shape == (batch, lengths.max(), hidden):
            hint = "the rectangle shrank to the longest string: `total_length` keeps the steps of the inputs"
        elif got.shape in ((steps, batch, hidden), (lengths.max(), batch, hidden)):
            hint = "the steps come first: `batch_first=True` belongs into packing and unpacking both"
        elif got.shape in ((batch, hidden), (1, batch, hidden)):
            hint = "this is the last state alone; the state after every step is asked for"
        expect.fail(what, f"shape {through.shape}", f"shape {got.shape}", hint, PACKING)
    real = (np.arange(steps) < lengths[:, None])[..., None]
    fill = constant("varying_lengths", "fill")
    on_padding = "zeros" if fill == 0 else f"{fill:g} everywhere"
    expected, order = np.where(real, through, np.float32(fill)), np.argsort(-lengths, kind="stable")
    hint = expect.likely(got, [
        (through, f"the padding was run through and its states are kept; there should be {on_padding}"),
        (np.where((np.arange(steps) < lengths[order][:, None])[..., None], through, np.float32(fill)),
         "lengths were sorted and strings were not: every string ran for another one's length"),
        *((through * real, f"there are zeros on padding, as in the published exercise; here it is {fill:g}")
          for _ in range(fill != 0)),
    ])
    if not hint and _rows(got) == _rows(expected):
        hint = "the rows stand in another order than the inputs: undo the sorting with the inverse, `argsort(order)`"
    elif not hint and again:
        hint = "the same call gave another result before: is a hidden state kept from call to call?"
    elif not hint and got.shape == through.shape and np.allclose(np.where(real, got, fill), expected, atol=1e-5):
        hint = f"right on real positions, but not {fill:g} on padding"
    expect.close(got, expected, what, hint, PACKING)


def _rows(states: np.ndarray) -> list[tuple[float, ...]]:
    """The rows without their order."""
    return sorted(map(tuple, states.reshape(len(states), -1).round(4).tolist()))
