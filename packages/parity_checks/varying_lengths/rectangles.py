"""Checks for the student's ``length_mask`` and ``run_packed`` functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from parity_checks.assertions import Query, messages, show
from parity_checks.core import call_gradient
from parity_checks.decorator import check
from parity_checks.plain_data import ModuleState

if TYPE_CHECKING:
    import torch
    from torch import nn

WORDS = messages("varying_lengths")
READY_MASK = ("parity_lib.padding:length_mask",)
READY_PACKING = ("parity_lib.padding:pack", "parity_lib.padding:unpack", "parity_lib.models:ParityRNN.hidden_states")
RECTANGLE, PACKING = "packing#A rectangle for ragged strings", "packing#Packing"
BEFORE = "packing#Padding before the string"
GRADIENT = "gradient#Cut short"
BATCH_FIRST, PAIR = WORDS["batch-first"], WORDS["pair"]
PACKING_CAUSES = {
    "'tuple' object": PAIR, "'batch_sizes'": PAIR, "than 0, but found": WORDS["lengths-changed"],
    "enforce_sorted": WORDS["unsorted"], "PackedSequence": WORDS["still-packed"],
    **dict.fromkeys(("len(lengths)", "exceeds dimension size", "batch_size"), BATCH_FIRST)}


@check("length_mask: True on real positions, in as many columns as max_bits says")
def length_mask(seed: int = 0) -> None:
    """Check ``length_mask(lengths, max_bits, padding)``, which returns bool values ``[batch, max_bits]``."""
    rng = np.random.default_rng(seed)
    longest = int(rng.integers(6, 20))
    cases = [(np.array([3, 1, 5, 2]), 5), (np.array([2, 7, 4]), 10), (np.array([1]), 1), (np.array([4, 4, 4, 4]), 4),
             (rng.integers(1, longest, size=9), longest + int(rng.integers(3)))]
    for lengths, max_bits, *padding in [(*case, *side) for side in ((), ("after",), ("before",)) for case in cases]:
        arguments = ", ".join([show(lengths, 60), str(max_bits), *map(repr, padding)])
        query = Query(f"length_mask({arguments})", BEFORE if padding == ["before"] else RECTANGLE)
        result = query.call("length_mask", lengths, max_bits, *padding, forbid=READY_MASK,
                            causes=dict.fromkeys(("broadcast", "must match"), WORDS["second-axis"]))
        got = query.as_array(result, (len(lengths), max_bits), "bool", shape_hints={
            (len(lengths), lengths.max()): WORDS["as-wide-as-longest"]})
        position, length = np.arange(max_bits), lengths[:, None]
        after, before = position < length, position >= max_bits - length
        expected, other = (before, after) if padding == ["before"] else (after, before)
        query.require_equal(got, expected, WORDS["mask-unexplained"], [
            (~expected, WORDS["complement-before" if expected is before else "true-and-false"]),
            (other, WORDS["other-side"]), (other[::-1], WORDS["strings-reversed"]),
            (position >= length, WORDS["begins-at-length"]), (position == length, WORDS["one-position"]),
            (position == length - 1, WORDS["one-position"]), *((
                position >= max_bits - more if expected is before else position < more, WORDS["off-by-one"])
                for more in (length - 1, length + 1))])
        query.require_unchanged("length_mask", {"lengths": lengths, "max_bits": max_bits,
                                                **dict(zip(["padding"], padding, strict=False))}, forbid=READY_MASK)


@check("run_packed: the states of nn.RNN, rows in their order, zeros on padding")
def run_packed(seed: int = 0) -> None:
    """Check ``run_packed(rnn, inputs, lengths)`` for inputs ``[batch, steps, 1]``. It returns ``[batch, steps, H]``."""
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
    batch, steps, hidden = unmasked.shape
    if isinstance(result, (tuple, list)):
        query.fail("one tensor", f"a {type(result).__name__} of {len(result)}", PAIR)
    got = query.as_array(result, unmasked.shape, shape_hints={
        (batch, lengths.max(), hidden): WORDS["rectangle-shrank"],
        (steps, batch, hidden): BATCH_FIRST, (lengths.max(), batch, hidden): BATCH_FIRST})
    real = (np.arange(steps) < lengths[:, None])[..., None]
    real_if_sorted = (np.arange(steps) < np.sort(lengths)[::-1, None])[..., None]
    expected = unmasked * real
    if again:
        query.require_close(got, expected, WORDS["state-kept"])
    hint = WORDS["rows-permuted"] if _sorted_rows(got) == _sorted_rows(expected) else ""
    query.require_close(got, expected, hint, [
        (unmasked, WORDS["states-on-padding"]), (unmasked * real_if_sorted, WORDS["only-lengths-sorted"]),
        (np.where(real, unmasked, got), WORDS["padding-not-zero"])])


def _sorted_rows(states: np.ndarray) -> list[tuple[float, ...]]:
    return sorted(map(tuple, states.reshape(len(states), -1).round(4).tolist()))


def _require_gradients(rnn: nn.RNN, inputs: torch.Tensor, lengths: np.ndarray) -> None:
    import torch

    real = (torch.arange(inputs.shape[1]) < torch.from_numpy(lengths)[:, None])[..., None]
    upstream = torch.linspace(-1, 1, real.numel() * rnn.hidden_size).reshape(*real.shape[:2], rnn.hidden_size)
    query = Query("the gradient of run_packed at the weights of the layer", GRADIENT)
    cut = WORDS["weights-cut-off"]
    gradients = query.call("run_packed", ModuleState.of(rnn), inputs, lengths, by=call_gradient,
                           output_gradient=upstream, forbid=READY_PACKING, causes={"no gradient": cut})
    rnn(inputs)[0].backward(upstream * real)
    for name, parameter in rnn.named_parameters():
        query.part(name).require_close(gradients.get(name, 0), parameter.grad, cut, tolerance=1e-3)
