"""How much do labels at the end of strings of n bits say about which way the weights should go?

In the gradient of the loss over all 2^n strings, the labels enter through
one term only, half the mean of (-1)^parity do/dw, with o the logit at the
last step. ``signal`` is the norm of that mean, and ``noise`` that of the same
mean over ``batch`` random strings whose labels are a coin, root mean square of
``draws``. Returns ``{"bits": [1, ..., longest], "batch", "nets": {name:
{"seeds", "signal", "noise", "ratio": {"median", "low", "high": n numbers
each}}}}``; ratio is signal by noise, low and high are quartiles over seeds.
Names: ``"tanh 8"``, ``"relu 8"``, ``"lstm 8"``, ``"gru 8"``, ``"forget bias 5"``,
untrained; ``"lstm 8 after 1..2"``, trained on strings of one and two bits only.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_lib.experiments.nets import with_forget_bias
from parity_lib.experiments.summaries import band
from parity_lib.models import ParityRNN
from parity_lib.training import train

QUICK: dict[str, Any] = {"seeds": 2, "longest": 3, "draws": 1, "cap": 5}


def run(seeds: int = 20, longest: int = 12, batch: int = 64, draws: int = 5,
        cap: int = 1000) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    nets = {f"{cell} 8": [ParityRNN(8, cell, seed=seed) for seed in range(seeds)]
            for cell in ("tanh", "relu", "lstm", "gru")}
    nets["forget bias 5"] = [with_forget_bias(5, seed) for seed in range(seeds)]
    nets["lstm 8 after 1..2"] = [knows_two_bits(seed, cap) for seed in range(seeds)]
    bits = list(range(1, longest + 1))
    results = {}
    for name, group in nets.items():
        signal = np.array([[signal_of(net, n) for n in bits] for net in group])
        noise = np.array([[noise_of(net, n, batch, draws, seed) for n in bits] for seed, net in enumerate(group)])
        results[name] = {"seeds": seeds, "signal": band(signal), "noise": band(noise), "ratio": band(signal / noise)}
    return {"bits": bits, "batch": batch, "nets": results}


def knows_two_bits(seed: int, cap: int) -> ParityRNN:
    net = ParityRNN(8, "lstm", seed=seed)
    train(net, ParityTask((1, 2), "end"), max_steps=cap, seed=seed, batch_size=64, lr=0.01, clip=1.0,
          validation_size=500, progress=False)
    return net


def signal_of(net: ParityRNN, n: int) -> float:
    strings = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    return mean_slope(net, strings, 1 - 2 * (strings.sum(1) % 2))


def noise_of(net: ParityRNN, n: int, batch: int, draws: int, seed: int) -> float:
    rng = np.random.default_rng((seed, n))
    found = [mean_slope(net, rng.integers(2, size=(batch, n)), rng.choice([-1, 1], batch)) for _ in range(draws)]
    return float(np.sqrt(np.mean(np.square(found))))


def mean_slope(net: ParityRNN, strings: np.ndarray, signs: np.ndarray) -> float:
    """The norm of the mean over strings of sign x do/dw, o the logit at the last step; in float64."""
    net = copy.deepcopy(net).double()
    logits = net(torch.from_numpy(strings).double().unsqueeze(-1))[:, -1, 0]
    slopes = torch.autograd.grad((torch.from_numpy(signs) * logits).mean(), list(net.parameters()))
    return torch.cat([slope.flatten() for slope in slopes]).norm().item()
