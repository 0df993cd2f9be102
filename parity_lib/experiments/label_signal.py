"""How much do labels at the end of strings of n bits say about which way the weights should go?

``signal`` and ``noise`` are those of :mod:`parity_lib.experiments.signal_and_noise`,
for the mean of a ``batch``. Returns ``{"bits": [1, ..., longest], "batch", "nets":
{name: {"seeds", "signal", "noise", "ratio": {"median", "low", "high": n numbers
each}}}}``; ratio is signal by noise, 0 for a net whose answers do not change
with its weights; low and high are quartiles over seeds. Names: ``"tanh 8"``, ``"relu 8"``,
``"lstm 8"``, ``"gru 8"``, ``"forget bias 5"``, untrained; ``"lstm 8 after 1..2"``,
trained on strings of one and two bits only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_lib.all_strings import StringTree
from parity_lib.data import ParityTask
from parity_lib.experiments.nets import with_forget_bias
from parity_lib.experiments.signal_and_noise import signal_and_noise
from parity_lib.experiments.summaries import band
from parity_lib.models import ParityRNN
from parity_lib.training import train

QUICK: dict[str, Any] = {"seeds": 2, "longest": 3, "cap": 5}


def run(seeds: int = 100, longest: int = 12, batch: int = 64, cap: int = 1000) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    nets = {f"{cell} 8": [ParityRNN(8, cell, seed=seed) for seed in range(seeds)]
            for cell in ("tanh", "relu", "lstm", "gru")}
    nets["forget bias 5"] = [with_forget_bias(5, seed) for seed in range(seeds)]
    nets["lstm 8 after 1..2"] = [knows_two_bits(seed, cap) for seed in range(seeds)]
    bits = list(range(1, longest + 1))
    return {"bits": bits, "batch": batch, "nets": {name: measured(group, bits, batch) for name, group in nets.items()}}


def measured(nets: list[ParityRNN], bits: list[int], batch: int) -> dict[str, Any]:
    """Medians and quartiles over nets, for each number of bits."""
    nets = [net.double() for net in nets]
    found = [signal_and_noise(StringTree(nets, n)) for n in bits]
    signal, noise = (np.stack([each[name] for each in found], axis=1) for name in ("signal", "noise"))
    noise /= np.sqrt(batch)
    ratio = np.divide(signal, noise, out=np.zeros_like(signal), where=noise > 0)
    return {"seeds": len(nets), "signal": band(signal), "noise": band(noise), "ratio": band(ratio)}


def knows_two_bits(seed: int, cap: int) -> ParityRNN:
    """An LSTM that was trained on strings of one and two bits only."""
    net = ParityRNN(8, "lstm", seed=seed)
    train(net, ParityTask((1, 2), "end"), max_steps=cap, seed=seed, batch_size=64, lr=0.01, clip=1.0,
          validation_size=500, progress=False)
    return net
