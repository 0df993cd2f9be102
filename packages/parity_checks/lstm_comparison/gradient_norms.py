"""The check of ``gradient_norms``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_checks import assertions
from parity_checks.core import call_on_same
from parity_checks.plain_data import ModuleState
from parity_checks.reporting import check

GRADIENT = "gradient#the-gradient-through-time"


@check("gradient_norms: how far back the gradient of the last state reaches, for RNN, LSTM and GRU")
def gradient_norms(seed: int = 0) -> None:
    """Check ``gradient_norms(model, inputs)``: a layer of torch.nn and ``[batch, steps, 1]`` -> floats ``[steps]``."""
    rng = np.random.default_rng(seed)
    for layer, hidden, batch, steps in ((nn.RNN, 3, 4, 6), (nn.LSTM, 3, 5, 7), (nn.GRU, 2, 3, 4), (nn.LSTM, 4, 1, 5)):
        model, inputs, expected = _draw_case(layer, hidden, batch, steps, rng)
        what = f"gradient_norms of an nn.{layer.__name__} with {hidden} units, {batch} strings of {steps} bits"
        result = assertions.ask("gradient_norms", what, ModuleState.of(model), inputs, see=GRADIENT, slips={
            "'tuple' object": "An nn.LSTM returns (output, (h, c)). For every kind of layer, the states are in "
                              "output."})
        got = assertions.array(_as_array(result), what, see=GRADIENT)
        if got.shape != (steps,):
            hint = ("The average over the batch is missing." if got.shape == (batch, steps) else "The gradient at the "
                    "inputs is [batch, steps, 1]. The norm runs over its last axis, and the average over the batch.")
            assertions.fail(what, f"shape {(steps,)}", f"shape {got.shape}", hint, GRADIENT)
        got = assertions.array(got, what, (steps,), "float", GRADIENT)
        assertions.close(got, expected, what, _hint(got, model, inputs), GRADIENT)
    for dtype in (torch.float64, torch.float32):    # a change of dtype makes a copy, which would hide the mistake
        _leaves_its_inputs_alone(model.to(dtype), inputs.to(dtype))


def _as_array(result: Any) -> Any:
    """Return a list of numbers as an array, because the notebook converts it too; return anything else unchanged."""
    numbers = isinstance(result, (list, tuple)) and all(np.ndim(value) == 0 for value in result)
    return np.array([float(value) for value in result]) if numbers and result else result


def _leaves_its_inputs_alone(model: nn.Module, inputs: torch.Tensor) -> None:
    """Raise CheckFailed if a second call with the same tensor returns another result, as it would in the notebook."""
    what = "gradient_norms called twice with the same tensor: the second result"
    first, second = (assertions.array(_as_array(called.result), what, None, see=GRADIENT)
                     for called in call_on_same("gradient_norms", ModuleState.of(model), inputs))
    hint = assertions.likely(second, [(2 * first, "The gradient of the first call is still in `inputs.grad`, and "
                                   "`backward` adds to it. Work on a copy: `inputs = "
                                   "inputs.detach().clone().requires_grad_()`.")])
    assertions.close(second, first, what, hint or "The call changes the tensor that it is given. Work on a copy, "
                     "`inputs.detach().clone()`.", GRADIENT)


def _draw_case(layer: type, hidden: int, batch: int, steps: int, rng: np.random.Generator) -> tuple:
    """Return a layer, strings and the expected norms, none of which is near 0 or hides a common mistake."""
    model = layer(1, hidden, batch_first=True).double()
    while True:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.from_numpy(rng.uniform(-1.5, 1.5, size=tuple(parameter.shape))))
        inputs = torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).double()
        expected = _norms(model, inputs).mean(axis=0)
        if expected.min() > 2e-3 and not (batch > 1 and assertions.likely(expected, _slips(model, inputs))):
            return model, inputs, expected


def _norms(model: nn.Module, inputs: torch.Tensor,
           loss: Callable = lambda output, last: output[:, -1].sum()) -> np.ndarray:
    """Return the sizes ``[batch, steps]`` of a loss's gradient at each bit; by default those of the task's loss."""
    inputs = inputs.clone().requires_grad_()
    return np.abs(torch.autograd.grad(loss(*model(inputs)), inputs)[0].numpy()[..., 0])


def _slips(model: nn.Module, inputs: torch.Tensor) -> list[tuple[np.ndarray, str]]:
    """Return the results of common mistakes, each with words for the mistake."""
    norms, copy = _norms(model, inputs), inputs.clone().requires_grad_()
    right = norms.mean(axis=0)
    signed = torch.autograd.grad(model(copy)[0][:, -1].sum(), copy)[0].numpy()[..., 0].mean(axis=0)
    cancel = ("You averaged the gradients before you took their norm, so they cancel. Take the norm of each string "
              "first, then the mean.")
    losses = [
        (lambda output, last: output[-1].sum(), "output[-1] is the last string of the batch, not the last time step."),
        (lambda output, last: output.sum(), "Your loss adds up the states of all time steps, not of the last one."),
        (lambda output, last: output[:, -1].mean(), "Your loss is a mean. It is the sum over units and strings."),
    ]
    if isinstance(model, nn.LSTM):
        losses.append((lambda output, last: last[1].sum(), "Your loss is made of the cell state c. It is the sum of "
                       "the last hidden state h."))
    return [
        (norms.sum(axis=0), "You added up the norms over the batch; take their mean."),
        (np.abs(signed), cancel), (signed, cancel),
        (norms[0], "These are the norms of one string; take the mean over all strings."),
        (right[::-1], "The time steps are in reverse order: entry 0 belongs to the first bit."),
        (right / right[-1], "You divided by the norm at the last time step; return the norms themselves."),
        ((norms**2).mean(axis=0), "These are the squares of the norms."),
        *((_norms(model, inputs, loss).mean(axis=0), words) for loss, words in losses),
    ]


def _hint(got: np.ndarray, model: nn.Module, inputs: torch.Tensor) -> str:
    words = assertions.likely(got, _slips(model, inputs))
    if not words and np.isclose(got[-1], _norms(model, inputs).mean(axis=0)[-1], rtol=1e-5, atol=1e-5):
        return "The last time step is right and earlier ones are not: is the gradient cut off in the backward pass?"
    return words or ("Take the gradient of `output[:, -1].sum()` at the inputs, then its norm for each string, then "
                     "the mean of the norms.")
