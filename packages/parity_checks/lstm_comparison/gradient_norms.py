"""Checks for the student's ``gradient_norms`` function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_checks.assertions import Mistakes, Query, agree, likely_cause
from parity_checks.core import call_on_same
from parity_checks.plain_data import ModuleState
from parity_checks.reporting import check

GRADIENT = "gradient#the-gradient-through-time"
ERROR_CAUSES = {"'tuple' object": "An nn.LSTM returns (output, (h, c)). For every kind of layer, the states are in "
                "output."}


@check("gradient_norms: how far back the gradient of the last state reaches, for RNN, LSTM and GRU")
def gradient_norms(seed: int = 0) -> None:
    """Check the student's ``gradient_norms`` function on RNN, LSTM and GRU layers.

    ``gradient_norms(model, inputs)`` takes a layer of torch.nn and inputs ``[batch, steps, 1]``, and returns floats
    ``[steps]``.
    """
    rng = np.random.default_rng(seed)
    for layer, hidden, batch, steps in ((nn.RNN, 3, 4, 6), (nn.LSTM, 3, 5, 7), (nn.GRU, 2, 3, 4), (nn.RNN, 3, 150, 5),
                                        (nn.LSTM, 4, 1, 5)):
        model, inputs, expected = _draw_case(layer, hidden, batch, steps, rng)
        query = Query(f"gradient_norms of an nn.{layer.__name__} with {hidden} units, {batch} strings of {steps} bits",
                      GRADIENT)
        result = _as_array(query.call("gradient_norms", ModuleState.of(model), inputs, causes=ERROR_CAUSES))
        shape = query.as_array(result).shape
        got = query.as_array(result, (steps,), "float", shape_hints={shape: "The gradient at the inputs is "
                             "[batch, steps, 1]. Take the norm over its last axis, and the average over the batch."})
        hint = "Take the gradient of `output[:, -1].sum()` at the inputs, then the norms, then their mean."
        if batch > 100:
            hint = "Small batches were correct. Does every string of the batch take part?"
        if agree(got[-1], expected[-1]):
            hint = ("The last time step is correct and earlier ones are not: is the gradient cut off in the backward "
                    "pass?")
        query.require_close(got, expected, hint, _mistakes(model, inputs))
    _require_small_norms(rng)
    for dtype in (torch.float64, torch.float32):    # a change of dtype makes a copy, which would hide the mistake
        _require_equal_results(model.to(dtype), inputs.to(dtype))


def _as_array(result: Any) -> Any:
    """Convert a list of numbers to an array and return anything else unchanged."""
    numbers = isinstance(result, (list, tuple)) and all(np.ndim(value) == 0 for value in result)
    return np.array([float(value) for value in result]) if numbers and result else result


def _require_small_norms(rng: np.random.Generator) -> None:
    """Raise CheckFailed unless very small gradient norms are correct to within a factor of 2."""
    model = nn.RNN(1, 3, batch_first=True).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.from_numpy(rng.uniform(0.05, 0.1, size=tuple(parameter.shape))))
    inputs = torch.from_numpy(rng.integers(2, size=(4, 14, 1))).double()
    expected = np.abs(_gradient(model, inputs)).mean(axis=0)
    query = Query("gradient_norms of an nn.RNN with 3 units and small weights, 4 strings of 14 bits", GRADIENT)
    got = query.as_array(_as_array(query.call("gradient_norms", ModuleState.of(model), inputs)), expected.shape)
    if ((got < expected / 2) | (got > 2 * expected)).any():
        query.fail(expected, got, "Small norms are wrong, and larger ones were correct. Do you round, or add a small "
                   "number, or is there a smallest value?")


def _require_equal_results(model: nn.Module, inputs: torch.Tensor) -> None:
    """Raise CheckFailed if a second call with the same tensor returns a different result."""
    query = Query("gradient_norms called twice with the same tensor: the second result", GRADIENT)
    first, second = (query.as_array(_as_array(called.result))
                     for called in call_on_same("gradient_norms", ModuleState.of(model), inputs))
    query.require_close(second, first, "The call changes the tensor that it is given. The gradient of the first call "
                        "may still be in `inputs.grad`, and `backward` adds to it. Work on a copy: `inputs = "
                        "inputs.detach().clone().requires_grad_()`.")


def _draw_case(layer: type, hidden: int, batch: int, steps: int, rng: np.random.Generator) -> tuple:
    """Draw a random layer and random strings for a test case."""
    model = layer(1, hidden, batch_first=True).double()
    while True:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.from_numpy(rng.uniform(-1.5, 1.5, size=tuple(parameter.shape))))
        inputs = torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).double()
        expected = np.abs(_gradient(model, inputs)).mean(axis=0)
        # No norm may be near 0 or hide a mistake.
        if expected.min() > 2e-3 and not (batch > 1 and likely_cause(expected, _mistakes(model, inputs))):
            return model, inputs, expected


def _gradient(model: nn.Module, inputs: torch.Tensor,
              loss: Callable = lambda output: output[:, -1].sum()) -> np.ndarray:
    """Return the gradient ``[batch, steps]`` of a loss with respect to each input bit."""
    inputs = inputs.clone().requires_grad_()
    return torch.autograd.grad(loss(model(inputs)[0]), inputs)[0].numpy()[..., 0]


def _mistakes(model: nn.Module, inputs: torch.Tensor) -> Mistakes:
    gradient = _gradient(model, inputs)
    norms, signed = np.abs(gradient), gradient.mean(axis=0)
    yield norms.sum(axis=0), "You added up the norms over the batch; take their mean."
    for average in (np.abs(signed), signed):
        yield (average, "You averaged the gradients before you took their norm, so they cancel. Take the norm of each "
               "string first, then the mean.")
    for loss, words in (
            (lambda output: output[-1].sum(), "output[-1] is the last string of the batch, not the last time step."),
            (lambda output: output.sum(), "Your loss adds up the states of all time steps, not of the last one.")):
        yield np.abs(_gradient(model, inputs, loss)).mean(axis=0), words
