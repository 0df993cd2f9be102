"""Checks for the student's ``LSTMParity`` class and ``gradient_norms`` function, which need PyTorch."""

from typing import Any

import numpy as np
import torch
from torch import nn

from parity_checks.architecture.building import require_layers_and_readout
from parity_checks.architecture.network import StudentNetwork
from parity_checks.assertions import Query, agree, likely_cause, messages
from parity_checks.core import call_on_same
from parity_checks.decorator import check
from parity_checks.plain_data import ModuleState

WORDS = messages("lstm_comparison")
GRADIENT = "gradient#The gradient through time"
ERROR_CAUSES = {"'tuple' object": WORDS["tuple-of-lstm"]}


@check("LSTMParity: an LSTM layer and its readout, one logit after each bit")
def lstm_parity(seed: int = 0) -> None:
    """Check ``LSTMParity(hidden_size)``, a module that returns the logits ``[batch, steps, 1]``."""
    rng = np.random.default_rng(seed)
    for hidden in (4, 6, 1):
        network = StudentNetwork("lstm", hidden, 1, f"LSTMParity({hidden})", "LSTMParity", hidden)
        require_layers_and_readout(network, rng)


@check("gradient_norms: how far back the gradient of the last state reaches, for RNN, LSTM and GRU")
def gradient_norms(seed: int = 0) -> None:
    """Check ``gradient_norms(model, inputs)`` for inputs ``[batch, steps, 1]``. It should return floats ``[steps]``."""
    rng = np.random.default_rng(seed)
    for layer, hidden, batch, steps in ((nn.RNN, 3, 4, 6), (nn.LSTM, 3, 5, 7), (nn.GRU, 2, 3, 4), (nn.RNN, 3, 150, 5),
                                        (nn.LSTM, 4, 1, 5)):
        model, inputs, expected = _draw_case(layer, hidden, batch, steps, rng)
        query = Query(f"gradient_norms of an nn.{layer.__name__} with {hidden} units, {batch} strings of {steps} bits",
                      GRADIENT)
        result = _as_array(query.call("gradient_norms", ModuleState.of(model), inputs, causes=ERROR_CAUSES))
        shape = query.as_array(result).shape
        got = query.as_array(result, (steps,), "float", shape_hints={shape: WORDS["axes-of-gradient"]})
        hint = WORDS["whole-batch" if batch > 100 else "norm-unexplained"]
        query.require_close(got, expected, WORDS["gradient-cut"] if agree(got[-1], expected[-1]) else hint,
                            WORDS.made(correct_norms, model, inputs))
    small = nn.RNN(1, 3, batch_first=True).double()
    small_inputs, expected = _draw(small, 0.05, 0.1, 4, 14, rng)
    query = Query("gradient_norms of an nn.RNN with 3 units and small weights, 4 strings of 14 bits", GRADIENT)
    got = query.as_array(_as_array(query.call("gradient_norms", ModuleState.of(small), small_inputs)), expected.shape)
    if ((got < expected / 2) | (got > 2 * expected)).any():
        query.fail(expected, got, WORDS["small-norms"])
    query = Query("gradient_norms called twice with the same tensor: the second result", GRADIENT)
    for dtype in (torch.float64, torch.float32):    # a change of dtype makes a copy, which would hide the mistake
        calls = call_on_same("gradient_norms", ModuleState.of(model.to(dtype)), inputs.to(dtype))
        first, second = (query.as_array(_as_array(called.result)) for called in calls)
        query.require_close(second, first, WORDS["gradient-adds-up"])


def _as_array(result: Any) -> Any:
    """Convert a list of numbers to an array and return anything else unchanged."""
    numbers = isinstance(result, (list, tuple)) and all(np.ndim(value) == 0 for value in result)
    return np.array([float(value) for value in result]) if numbers and result else result


def _draw_case(layer: type, hidden: int, batch: int, steps: int, rng: np.random.Generator) -> tuple:
    model = layer(1, hidden, batch_first=True).double()
    while True:
        inputs, expected = _draw(model, -1.5, 1.5, batch, steps, rng)
        # No norm may be near 0 or hide a mistake.
        if expected.min() > 2e-3 and (batch == 1 or not likely_cause(
                expected, WORDS.made(correct_norms, model, inputs))):
            return model, inputs, expected


def _draw(model: nn.Module, low: float, high: float, batch: int, steps: int, rng: np.random.Generator) -> tuple:
    """Draw random strings, and a layer's weights between two bounds. Return the strings and mean gradient norms."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.from_numpy(rng.uniform(low, high, size=tuple(parameter.shape))))
    inputs = torch.from_numpy(rng.integers(2, size=(batch, steps, 1))).double()
    return inputs, correct_norms(model, inputs)


def correct_norms(model: nn.Module, inputs: torch.Tensor) -> np.ndarray:
    """Return the mean norm ``[steps]`` of the gradient of the last state with respect to each input bit."""
    inputs = inputs.clone().requires_grad_()
    output = model(inputs)[0]
    gradient = torch.autograd.grad(output[:, -1].sum(), inputs)[0].numpy()[..., 0]
    norms = np.abs(gradient)
    return norms.mean(axis=0)
