"""Which recurrent layers keep a bit for ever?

Each layer of :mod:`parity_study.layers` is trained by Adam on batches of 32 random strings of 50 bits, with a label at
every time step. Training does not stop when a network is correct, and the tests are those of the last weights.

Returns ``{"nets": {"LAYER, rate RATE": {"seeds", "updates", "steps", "first", "solved", "exact", "special", "largest",
"refuted", "wrong", "snapped"}}}``. A network is ``first`` if it is correct on 1,000 strings of 75 bits, and has solved
the task if it is also correct on another 1,000. ``steps`` has the update of each seed's first success on 100 strings of
75 bits. Of the networks that solved the task, ``exact`` counts those that are correct on all random strings of 1,000
and of 10,000 bits, ``special`` those that are correct on one string of 10,000 bits of each kind, and ``refuted`` those
for which ``wrong`` has a string ``"1|0|37"``: the first 37 bits of a 1 and as many 0 as you like. ``largest`` is the
largest size of any factor. ``snapped`` is None or has, of the networks that solved the task, the number that is
proved correct and the numbers that are exact, after their factors have been moved to 1 or -1.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib.data import running_parity
from parity_study.experiments.summaries import rounded
from parity_study.layer_verdicts import first_errors
from parity_study.layers import LAYERS, Layer
from parity_study.results import FOLDER

LONG = {1000: 200, 10_000: 20}      # the numbers of random strings of each length
SPECIAL = {"a one, then zeros": ("1", "0"), "ones": ("", "1"), "zeros": ("", "0"), "alternating": ("", "10")}
QUICK: dict[str, Any] = {"layers": ("minGRU with a sign",), "rates": (0.01,), "seeds": 2, "updates": 2, "save": False}
SAMPLE: dict[str, Any] = {"layers": ("minGRU with a sign", "GRU"), "rates": (0.01,), "save": False}
FEWER = {"transformer": (10, 1000), "transformer that writes": (10, 1000)}    # seeds and updates


def run(layers: tuple[str, ...] = tuple(LAYERS), rates: tuple[float, ...] = (0.01, 0.003, 0.03), seeds: int = 20,
        updates: int = 2000, save: bool = True) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    Transformers have fewer seeds and updates, and only the first rate. If ``save`` is true, all weights are written
    next to the results.
    """
    nets, weights = {}, {}
    for rate in rates:
        for name in layers:
            if name in FEWER and rate != rates[0]:
                continue
            limits = (min(pair) for pair in zip((seeds, updates), FEWER.get(name, (seeds, updates))))
            row, network = train_layer(name, rate, *limits)
            nets[f"{name}, rate {rate:g}"] = row | measure(network, row["first"])
            weights[f"{name}, rate {rate:g}"] = network.vectors()
    if save:
        np.savez_compressed(FOLDER / "layers.npz", **weights)
    return {"nets": nets}


def train_layer(name: str, rate: float, seeds: int, updates: int) -> tuple[dict[str, Any], Layer]:
    """Train one network for each seed, all together, and return the first part of a row and the networks."""
    network = LAYERS[name](range(seeds))
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    generators = [np.random.default_rng(seed) for seed in range(seeds)]
    validation = np.random.default_rng(seeds).integers(2, size=(100, 75), dtype=np.uint8)
    steps: list[int | None] = [None] * seeds
    for update in range(1, updates + 1):
        strings = np.stack([generator.integers(2, size=(32, 50), dtype=np.uint8) for generator in generators])
        bits, parity = (torch.from_numpy(array).float().permute(2, 0, 1)
                        for array in (strings, running_parity(strings.reshape(-1, 50)).reshape(strings.shape)))
        loss = binary_cross_entropy_with_logits(network(bits[..., None])[0], parity, reduction="none")
        optimizer.zero_grad()
        loss.mean(dim=(0, 2)).sum().backward()
        clip_each(list(network.parameters()))
        optimizer.step()
        if update % 50 == 0:
            right = (first_errors(network, validation) == 0).all(axis=1)
            steps = [update if step is None and right[seed] else step for seed, step in enumerate(steps)]
    return {"seeds": seeds, "updates": updates, "steps": steps}, network


def clip_each(weights: list[torch.nn.Parameter], largest: float = 1.0) -> None:
    """Clip the gradient of each seed to a norm of at most ``largest``."""
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    norm = torch.stack([gradient.square().sum(dim=(1, 2)) for gradient in gradients]).sum(0).sqrt()
    for gradient in gradients:
        gradient *= (largest / (norm + 1e-6)).clamp(max=1)[:, None, None]
