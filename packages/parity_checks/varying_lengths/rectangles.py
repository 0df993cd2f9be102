"""Checks for the student's ``length_mask`` and ``run_packed`` functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from parity_checks.assertions import Query, show
from parity_checks.core import call_gradient
from parity_checks.plain_data import ModuleState
from parity_checks.reporting import check

if TYPE_CHECKING:
    import torch
    from torch import nn

READY_MASK = ("parity_lib.padding:length_mask",)
READY_PACKING = ("parity_lib.padding:pack", "parity_lib.padding:unpack", "parity_lib.models:ParityRNN.hidden_states")
RECTANGLE, PACKING = "packing#a-rectangle-for-ragged-strings", "packing#packing"
BEFORE = "packing#padding-before-the-string"
GRADIENT = "gradient#cut-short"
SECOND_AXIS = "Give lengths a second axis: `lengths[:, None]` is [batch, 1]."


@check("length_mask: True on real positions, in as many columns as max_bits says")
def length_mask(seed: int = 0) -> None:
    """Check that the student's ``length_mask`` function distinguishes real positions from padding.

    ``length_mask(lengths, max_bits, padding)`` takes integers ``[batch]`` and returns bool values ``[batch,
    max_bits]``.
    """
    rng = np.random.default_rng(seed)
    longest = int(rng.integers(6, 20))
    cases = [(np.array([3, 1, 5, 2]), 5), (np.array([2, 7, 4]), 10), (np.array([1]), 1), (np.array([4, 4, 4, 4]), 4),
             (rng.integers(1, longest, size=9), longest + int(rng.integers(3)))]
    for lengths, max_bits, *padding in [(*case, *side) for side in ((), ("after",), ("before",)) for case in cases]:
        arguments = ", ".join([show(lengths, 60), str(max_bits), *map(repr, padding)])
        section, shape = BEFORE if padding == ["before"] else RECTANGLE, (len(lengths), max_bits)
        query = Query(f"length_mask({arguments})", section)
        result = query.call("length_mask", lengths, max_bits, *padding, forbid=READY_MASK,
                            causes={"broadcast": SECOND_AXIS, "must match": SECOND_AXIS})
        got = query.as_array(result, shape, "bool", shape_hints={
            (len(lengths), lengths.max()): "The mask is as wide as the longest string; it should have "
                                           "max_bits columns."})
        position, length = np.arange(max_bits), lengths[:, None]
        after, before = position < length, position >= max_bits - length
        expected, other = (before, after) if padding == ["before"] else (after, before)
        hint = ("Time steps count from 0. The last real one is `length - 1`, or, with padding before the string, the "
                "first is `max_bits - length`.")
        query.require_equal(got, expected, hint, [
            (~expected, "True and False are swapped: True stands for real positions."),
            (other, "This is the mask for padding on the other side of the string: look at `padding`."),
            (other[::-1], "The order of the strings is reversed, `[::-1]`. Reverse each row instead, `[:, ::-1]`."),
        ])
        query.require_unchanged("length_mask", {"lengths": lengths, "max_bits": max_bits,
                                                **dict(zip(["padding"], padding, strict=False))}, forbid=READY_MASK)


BATCH_FIRST = ("`batch_first=True` is needed in packing and in unpacking: without it the rectangle is read as "
               "[steps, batch, 1].")
PAIR = ("`rnn` and `pad_packed_sequence` return a pair: take the first part, as in `states, last = rnn(packed)`, and "
        "unpack that.")
PACKING_CAUSES = {
    "'tuple' object": PAIR,
    "enforce_sorted": "The lengths are unsorted: `enforce_sorted=False` sorts them and remembers the order.",
    "PackedSequence": "The result is still packed: `pad_packed_sequence` turns it into a rectangle.",
    **dict.fromkeys(("len(lengths)", "exceeds dimension size", "batch_size"), BATCH_FIRST),
}


@check("run_packed: the states of nn.RNN, rows in their order, zeros on padding")
def run_packed(seed: int = 0) -> None:
    """Check that the student's ``run_packed`` function returns the correct hidden states.

    ``run_packed(rnn, inputs, lengths)`` takes float inputs ``[batch, steps, 1]`` and returns ``[batch, steps,
    hidden]``.
    """
    import torch

    rng = np.random.default_rng(seed)
    longest = int(rng.integers(40, 60))
    cases = [(5, np.array([2, 5, 1, 3]), 3), (9, np.array([4, 2, 6]), 2), (4, np.array([4, 4, 4]), 3),
             (3, np.array([1]), 1), (longest + 2, rng.integers(1, longest, size=7), 4)]
    for number, (steps, lengths, hidden) in enumerate(cases):
        rnn = torch.nn.RNN(1, hidden, batch_first=True).requires_grad_(False)
        for parameter in rnn.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(scale=0.5, size=tuple(parameter.shape))))
        inputs = torch.from_numpy(rng.integers(2, size=(len(lengths), steps, 1))).float()
        text = f"run_packed with lengths {show(lengths, 60)} and inputs of shape {tuple(inputs.shape)}"
        for again in ((False, True) if number == 0 else (False,)):
            query = Query(text + ", a second time" * again, PACKING)
            result = query.call("run_packed", ModuleState.of(rnn), inputs, lengths, forbid=READY_PACKING,
                                causes=PACKING_CAUSES)
            _compare_states(query, result, rnn(inputs)[0].numpy(), lengths, again)
    query.require_unchanged("run_packed", {"rnn": ModuleState.of(rnn), "inputs": inputs, "lengths": lengths},
                            forbid=READY_PACKING)
    _require_gradients(rnn.requires_grad_(True), inputs, lengths)


def _compare_states(query: Query, result: Any, unmasked: np.ndarray, lengths: np.ndarray, again: bool) -> None:
    """Compare the student's hidden states with the correct states."""
    batch, steps, hidden = unmasked.shape
    if isinstance(result, (tuple, list)):
        query.fail("one tensor", f"a {type(result).__name__} of {len(result)}", PAIR)
    got = query.as_array(result, unmasked.shape, shape_hints={
        (batch, lengths.max(), hidden): "The rectangle shrank to the longest string: `total_length` keeps the width of "
                                        "the inputs.",
        (steps, batch, hidden): BATCH_FIRST, (lengths.max(), batch, hidden): BATCH_FIRST})
    real = (np.arange(steps) < lengths[:, None])[..., None]
    real_if_sorted = (np.arange(steps) < np.sort(lengths)[::-1, None])[..., None]
    expected = unmasked * real
    mistakes = [
        (unmasked, "The network ran through the padding, and its states there were kept; they should be zeros."),
        (unmasked * real_if_sorted, "The lengths were sorted and the strings were not, so strings got the lengths of "
         "other strings."),
        (np.where(real, unmasked, got), "The states on real positions are correct, but those on padding are not 0."),
    ]
    hint = ""
    if again:
        mistakes, hint = (), "The same call gave another result before: is a hidden state kept from call to call?"
    elif _sorted_rows(got) == _sorted_rows(expected):
        hint = "The rows are not in the order of the inputs: undo the sorting with the inverse, `argsort(order)`."
    query.require_close(got, expected, hint, mistakes)


def _sorted_rows(states: np.ndarray) -> list[tuple[float, ...]]:
    return sorted(map(tuple, states.reshape(len(states), -1).round(4).tolist()))


def _require_gradients(rnn: nn.RNN, inputs: torch.Tensor, lengths: np.ndarray) -> None:
    """Raise CheckFailed unless the correct gradients reach the weights of the layer."""
    import torch

    real = (torch.arange(inputs.shape[1]) < torch.from_numpy(lengths)[:, None])[..., None]
    upstream = torch.linspace(-1, 1, real.numel() * rnn.hidden_size).reshape(*real.shape[:2], rnn.hidden_size)
    query = Query("the gradient of run_packed at the weights of the layer", GRADIENT)
    cut = "The states are cut off from the layer's weights, by no_grad, detach or NumPy, so nothing would train them."
    gradients = query.call("run_packed", ModuleState.of(rnn), inputs, lengths, by=call_gradient,
                           output_gradient=upstream, forbid=READY_PACKING, causes={"no gradient": cut})
    rnn(inputs)[0].backward(upstream * real)
    for name, parameter in rnn.named_parameters():
        query.part(name).require_close(gradients.get(name, 0), parameter.grad, cut, tolerance=1e-3)
