"""The check of ``gradient_norms``: how far back the last state of a recurrent layer can be moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.core import call_on_same
from parity_lib.checks.plain import ModuleState
from parity_lib.checks.reporting import check

GRADIENT = "gradient#the-gradient-through-time"


@check("gradient_norms: how far back the last state can be moved, for RNN, LSTM and GRU")
def gradient_norms(seed: int = 0) -> None:
    """``gradient_norms(model, inputs)``: a layer of torch.nn and ``[batch, steps, 1]`` -> floats ``[steps]``."""
    rng = np.random.default_rng(seed)
    for layer, hidden, batch, steps in ((nn.RNN, 3, 4, 6), (nn.LSTM, 3, 5, 7), (nn.GRU, 2, 3, 4), (nn.LSTM, 4, 1, 5)):
        model, inputs, expected = _visible(layer, hidden, batch, steps, rng)
        what = f"gradient_norms of an nn.{layer.__name__} with {hidden} units, {batch} strings of {steps} bits"
        result = expect.ask("gradient_norms", what, ModuleState.of(model), inputs, see=GRADIENT, slips={
            "'tuple' object": "an nn.LSTM returns (output, (h, c)); in output are the states of each kind of layer"})
        got = expect.array(_listed(result), what, see=GRADIENT)
        shapes = {(batch, steps): "the average over the batch is missing", (batch,): "the average ran along the steps; "
                  "it goes over the batch", (batch, steps, 1): "the norm and the average over the batch are missing",
                  (steps, 1): "the last axis is still there; the norm goes along it", (): "one number for all steps; "
                  "keep the axis of the steps"}
        if got.shape != (steps,):
            expect.fail(what, f"shape {(steps,)}", f"shape {got.shape}", shapes.get(got.shape, ""), GRADIENT)
        got = expect.array(got, what, (steps,), "float", GRADIENT)
        expect.close(got, expected, what, _norm_hint(got, model, inputs), GRADIENT)
    for dtype in (torch.float64, torch.float32):    # a change of dtype is a copy, and hides the mistake
        _leaves_its_inputs_alone(model.to(dtype), inputs.to(dtype))


def _listed(result: Any) -> Any:
    """A list of numbers as an array: the notebook makes one of it too."""
    numbers = isinstance(result, (list, tuple)) and all(np.ndim(one) == 0 for one in result)
    return np.array([float(one) for one in result]) if numbers and result else result


def _leaves_its_inputs_alone(model: nn.Module, inputs: torch.Tensor) -> None:
    """As in the notebook, where all layers are asked about one tensor."""
    what = "gradient_norms called twice with the same tensor: the second result"
    first, second = (expect.array(_listed(one.result), what, None, see=GRADIENT)
                     for one in call_on_same("gradient_norms", ModuleState.of(model), inputs))
    hint = expect.likely(second, [(2 * first, "the gradient of the first call is still in `inputs.grad`, and "
                                   "`backward` adds to it. Work on a copy: "
                                   "`inputs = inputs.detach().clone().requires_grad_()`")])
    expect.close(second, first, what, hint or "the call changes the tensor that it is given: work on a copy, "
                 "`inputs.detach().clone()`", GRADIENT)


def _visible(layer, hidden: int, batch: int, steps: int, rng: np.random.Generator):
    """A net whose gradient does not vanish within these few steps, and strings on which each slip shows."""
    model = layer(1, hidden, batch_first=True).double()
    while True:
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.from_numpy(rng.uniform(-1.5, 1.5, size=tuple(parameter.shape))))
        inputs = torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).double()
        expected = _norms(_gradient(model, inputs)).mean(axis=0)
        slips = _norm_slips(model, inputs) if batch > 1 else ()
        if expected.min() > 2e-3 and not expect.likely(expected, slips):
            return model, inputs, expected


def _raised(states: torch.Tensor) -> torch.Tensor:
    """The states as the loss adds them up: themselves, or a power of them."""
    power = constant("lstm_comparison", "power")
    return states if power == 1 else states ** power


def _gradient(model: nn.Module, inputs: torch.Tensor,
              loss=lambda output, last: _raised(output[:, -1]).sum()) -> np.ndarray:
    inputs = inputs.clone().requires_grad_()
    return torch.autograd.grad(loss(*model(inputs)), inputs)[0].numpy()


def _norms(gradient: np.ndarray) -> np.ndarray:
    return np.linalg.norm(gradient, axis=2)


def _norm_slips(model: nn.Module, inputs: torch.Tensor) -> list[tuple[np.ndarray, str]]:
    """What comes of each likely mistake."""
    gradient = _gradient(model, inputs)
    norms = _norms(gradient)
    right = norms.mean(axis=0)
    slips = [
        (norms.sum(axis=0), "the norms are added up over the batch; take their mean"),
        (np.abs(gradient.mean(axis=0))[:, 0],
         "the gradients are averaged over the batch before the norm, so that they cancel: first the norm of each "
         "string, then the mean"),
        (np.linalg.norm(norms, axis=0), "the norm runs over the batch; it is taken for each string alone"),
        (norms[0], "these are the norms of one string; take the mean over all"),
        (_norms(_gradient(model, inputs, lambda output, last: _raised(output[-1]).sum())).mean(axis=0),
         "output[-1] is the last string of the batch; the last step is output[:, -1]"),
        (_norms(_gradient(model, inputs, lambda output, last: _raised(output[..., -1]).sum())).mean(axis=0),
         "output[..., -1] is the last unit at every step; all units of the last step are output[:, -1]"),
        (right[::-1], "the steps are in reverse order: entry 0 belongs to the first bit"),
        (right / right[-1], "this is divided by the norm at the last step; return the norms themselves"),
        ((norms**2).mean(axis=0), "these are squares of the norms"),
        (gradient.mean(axis=0)[:, 0], "the sign is still there: the norm of one number is its size"),
        (_norms(_gradient(model, inputs, lambda output, last: _raised(output).sum())).mean(axis=0),
         "the loss adds up the states of all steps; it is the state of the last step alone"),
        (_norms(_gradient(model, inputs, lambda output, last: _raised(output[:, -1]).mean())).mean(axis=0),
         "the loss is a mean; it is the sum over units and strings"),
        (_norms(_gradient(model, inputs, lambda output, last: _raised(output).mean())).mean(axis=0),
         "the loss is the mean over all states; it is the sum of the last step's"),
        (_norms(_gradient(model, inputs, lambda output, last: _raised(output[:, -1, 0]).sum())).mean(axis=0),
         "only the first unit of the last state is in the loss; it is the sum over all units"),
        *_other_powers(model, inputs),
    ]
    if isinstance(model, nn.LSTM):
        slips.append((_norms(_gradient(model, inputs, lambda output, last: _raised(last[1]).sum())).mean(axis=0),
                      "the loss is made of the cell state c; the last hidden state h is meant"))
    return slips


def _other_powers(model: nn.Module, inputs: torch.Tensor) -> list[tuple[np.ndarray, str]]:
    names = {1: "the last state", 2: "the squares of the last state", 3: "the cubes of the last state"}
    asked = constant("lstm_comparison", "power")
    powers = (2,) if asked == 1 else tuple(one for one in names if one != asked)
    return [(_norms(_gradient(model, inputs, lambda output, last, power=power: (output[:, -1] ** power).sum())
                    ).mean(axis=0), f"the loss is the sum of {names[power]}; it is the sum of {names[asked]}")
            for power in powers]


def _norm_hint(got: np.ndarray, model: nn.Module, inputs: torch.Tensor) -> str:
    found = expect.likely(got, _norm_slips(model, inputs))
    if not found and np.isclose(got[-1], _norms(_gradient(model, inputs)).mean(axis=0)[-1], rtol=1e-5, atol=1e-5):
        found = "the last step is right and earlier ones are not: is the gradient cut off on its way back?"
    return found
