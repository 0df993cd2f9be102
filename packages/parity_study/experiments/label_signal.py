"""How clearly do the labels determine the direction of a weight update?

The strings have a label at the end. ``signal`` and ``noise`` are explained at
:mod:`parity_study.experiments.signal_and_noise`, here for a batch of ``batch`` strings.

Returns ``{"bits": [1, ..., longest], "batch", "nets": {name: {"seeds", "signal", "noise", "ratio": {"median", "low",
"high": n numbers each}}}}``. The ratio is the signal divided by the noise, and 0 for a network whose answers do not
change with its weights; low and high are quartiles over the seeds. The untrained networks ``"tanh 8"``, ``"relu 8"``,
``"lstm 8"``, ``"gru 8"`` and ``"forget bias 5"``; ``"lstm 8 after 1..2"`` was trained on strings of one and two bits.
"""

from typing import Any

import numpy as np

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_study.cells import CELLS
from parity_study.experiments.signal_and_noise import signal_and_noise
from parity_study.experiments.summaries import quartiles
from parity_study.experiments.trained_networks import train_seeds, with_forget_bias
from parity_study.full_batch import StringTree

QUICK: dict[str, Any] = {"seeds": 2, "longest": 3, "cap": 5}


def run(seeds: int = 100, longest: int = 12, batch: int = 64, cap: int = 1000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    groups = {f"{cell} 8": [ParityRNN(8, cell, seed=seed) for seed in range(seeds)] for cell in CELLS}
    groups["forget bias 5"] = [with_forget_bias(5, seed) for seed in range(seeds)]
    settings = {"max_steps": cap, "batch_size": 64, "lr": 0.01, "clip": 1.0, "validation_size": 500}
    groups["lstm 8 after 1..2"], _ = train_seeds({"hidden_size": 8, "cell": "lstm"}, range(seeds),
                                                 ParityTask((1, 2), "end"), **settings)
    bits = list(range(1, longest + 1))
    return {"bits": bits, "batch": batch,
            "nets": {name: measure(models, bits, batch) for name, models in groups.items()}}


def measure(models: list[ParityRNN], bits: list[int], batch: int) -> dict[str, Any]:
    """Summarise the signal and noise in the gradients of several models for each string length."""
    models = [model.double() for model in models]
    measured = [signal_and_noise(StringTree(models, n)) for n in bits]
    signal, noise = (np.stack([values[name] for values in measured], axis=1) for name in ("signal", "noise"))
    noise /= np.sqrt(batch)
    ratio = np.divide(signal, noise, out=np.zeros_like(signal), where=noise > 0)
    return {"seeds": len(models), "signal": quartiles(signal), "noise": quartiles(noise), "ratio": quartiles(ratio)}
