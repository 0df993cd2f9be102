"""How clearly do the labels determine the direction of a weight update?

The strings have a label at the end. The signal comes from the labels, and the noise from the random choice of a batch.
Consider the gradient of the loss over all 2^n strings, where o is the logit at the last time step. Only one part of it
depends on the labels: half the mean of (-1)^parity do/dw. The norm of this part is the *signal*. The *noise* along the
signal, in a batch of B strings, is the standard deviation of a single string's gradient, projected on the signal,
divided by the square root of B. After (noise / signal)^2 batches, the signal in their mean is as large as the noise in
it. Here B is ``batch``.

Returns ``{"bits": [1, ..., longest], "batch", "nets": {name: {"seeds", "signal", "noise", "ratio": {"median", "low",
"high": n numbers each}}}}``. The ratio is the signal divided by the noise, and 0 for a network whose answers do not
change with its weights; low and high are quartiles over the seeds. The untrained networks ``"tanh 8"``, ``"relu 8"``,
``"lstm 8"``, ``"gru 8"`` and ``"forget bias 5"``; ``"lstm 8 after 1..2"`` was trained on strings of one and two bits.
"""

from typing import Any

import numpy as np
from scipy.special import expit

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_study.all_strings import AllStrings
from parity_study.cells import CELLS
from parity_study.experiments.summaries import quartiles
from parity_study.trained_networks import train_seeds, with_forget_bias

NUDGE = 1e-4  # the distance by which the weights are moved to measure a slope, in float64
QUICK: dict[str, Any] = {"seeds": 2, "longest": 3, "cap": 5}


def run(seeds: int = 100, longest: int = 12, batch: int = 64, cap: int = 1000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    groups = {f"{cell} 8": [ParityRNN(8, cell, seed=seed) for seed in range(seeds)] for cell in CELLS}
    groups["forget bias 5"] = [with_forget_bias(5, seed) for seed in range(seeds)]
    settings = {"max_updates": cap, "batch_size": 64, "lr": 0.01, "clip": 1.0, "validation_size": 500}
    groups["lstm 8 after 1..2"], _ = train_seeds({"hidden_size": 8, "cell": "lstm"}, range(seeds),
                                                 ParityTask((1, 2), "end"), **settings)
    bits = list(range(1, longest + 1))
    return {"bits": bits, "batch": batch,
            "nets": {name: measure(models, bits, batch) for name, models in groups.items()}}


def measure(models: list[ParityRNN], bits: list[int], batch: int) -> dict[str, Any]:
    """Summarise the signal and noise in the gradients of several models for each string length."""
    signal, noise = np.array([[signal_and_noise(AllStrings([model.double()], n)) for n in bits]
                              for model in models]).transpose(2, 0, 1)
    noise /= np.sqrt(batch)
    ratio = np.divide(signal, noise, out=np.zeros_like(signal), where=noise > 0)
    return {"seeds": len(models), "signal": quartiles(signal), "noise": quartiles(noise), "ratio": quartiles(ratio)}


def signal_and_noise(network: AllStrings) -> tuple[float, float]:
    """Measure the signal and the noise of a single string in the gradient of a network with float64 weights.

    Divide the noise by the square root of the batch size for the noise of a batch. The slope of each string's logit
    along the signal's direction is computed as a central difference.
    """
    error = expit(network.final_logits()) - network.odd
    label_part = network.gradient(np.where(network.odd, -0.5, 0.5)[None] / len(network.odd))
    signal = float(np.linalg.norm(label_part))
    return signal, float((error * _slopes_along(network, label_part / max(signal, 1e-300))).std())


def _slopes_along(network: AllStrings, direction: np.ndarray) -> np.ndarray:
    """Compute the derivatives ``[1, strings]`` of all logits along a direction in weight space."""
    weights, answers = network.parameters.copy(), []
    for side in (NUDGE, -NUDGE):
        network.parameters[:] = weights + side * direction
        answers.append(network.final_logits())
    network.parameters[:] = weights
    return (answers[0] - answers[1]) / (2 * NUDGE)
