"""Which recurrent layers keep a bit for ever?

Each layer of :mod:`parity_study.layers` is trained by Adam on batches of 32 random strings of 50 bits, with a label at
every time step. Training does not stop when a network is correct, and the tests are those of the last weights.

Returns ``{"nets": {"LAYER, rate RATE": {"seeds", "updates", "steps", "first", "solved", "exact", "special",
"certified", "refuted", "wrong", "largest", "snapped"}}}``. ``first`` counts the networks that are correct on 1,000
strings of 75 bits, and ``solved`` those that are also correct on another 1,000. ``steps`` has the update at which each
solved network first was correct on 100 strings of 75 bits. All that follows is about the networks that solved the task.
``exact`` counts those that are correct on all random strings of 1,000 and of 10,000 bits, and ``special`` those that
are correct on a string of 10,000 bits of each kind. ``certified`` counts the proved ones, and ``refuted`` those for
which ``wrong``, which has an entry for each seed, has a string such as ``"1|0|37"``, the first 37 bits of a 1 and zeros
without end. ``largest`` has the largest size of a factor of each network. ``snapped`` tells how many are ``proved`` and
``exact`` after their factors have been snapped, and the number of ``states`` of each one that is proved. These two are
empty for layers without factors.
"""

from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib.data import running_parity
from parity_study.certificate_store import StoredNetwork, write_store
from parity_study.experiments.summaries import rounded
from parity_study.experiments.verdicts import decide
from parity_study.layer_verdicts import (
    as_stored,
    first_errors,
    largest_factors,
    machine_states,
    spelled,
    wrong_strings,
)
from parity_study.layers import GRU, LAYERS, LSTM, DeltaNet, Diagonal, Layer, Tanh
from parity_study.results import FOLDER

EFFORT = 3000       # of the search for a proof
LONG = {1000: 200, 10_000: 20}      # the numbers of random strings of each length
SPECIAL = {"a one, then zeros": "1|0", "ones": "|1", "zeros": "|0", "alternating": "|10"}
QUICK: dict[str, Any] = {"layers": ("minGRU with a sign",), "rates": (0.01,), "seeds": 2, "updates": 2, "save": False}
SAMPLE: dict[str, Any] = {"layers": ("minGRU with a sign", "GRU"), "rates": (0.01,), "save": False}
FEWER = {"DeltaNet": 1000, "mLSTM": 1000, "transformer": 300, "transformer that writes": 300}      # updates


def run(layers: tuple[str, ...] = tuple(LAYERS), rates: tuple[float, ...] = (0.01, 0.003, 0.03), seeds: int = 20,
        updates: int = 2000, save: bool = True) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    Some layers have fewer updates, and transformers have only the first rate. If ``save`` is true, all weights are written
    next to the results.
    """
    nets, decided = {}, []
    weights: dict[str, Any] = {}
    for rate in rates:
        for name in layers:
            if "transformer" in name and rate != rates[0]:
                continue
            most = min(updates, FEWER.get(name, updates))
            steps, network = train_layer(name, rate, seeds, most)
            kind = f"{name}, rate {rate:g}"
            row, networks = measure(kind, network, steps)
            nets[kind], weights[kind] = {"updates": most} | row, network.vectors()
            decided += networks
    if save:
        write_store(decided)
        np.savez_compressed(FOLDER / "layers.npz", **weights)
    return {"nets": nets}


def train_layer(name: str, rate: float, seeds: int, updates: int) -> tuple[list[int | None], Layer]:
    """Train one network for each seed, all together. Return the update of each first success, and the networks."""
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
    return steps, network


def clip_each(weights: list[torch.nn.Parameter], largest: float = 1.0) -> None:
    """Clip the gradient of each seed to a norm of at most ``largest``."""
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    norm = torch.stack([gradient.square().sum(dim=(1, 2)) for gradient in gradients]).sum(0).sqrt()
    for gradient in gradients:
        gradient *= (largest / (norm + 1e-6)).clamp(max=1)[:, None, None]


def measure(kind: str, network: Layer, steps: list[int | None]) -> tuple[dict[str, Any], list[StoredNetwork]]:
    """Test trained networks, and return their row and those of them that the store may contain, with their verdicts.

    ``steps`` has the update of each seed's first success, or None.
    """
    tests = np.random.default_rng(75).integers(2, size=(2, 1000, 75), dtype=np.uint8)
    first, again = (are_exact(network, strings) for strings in tests)
    solved = network.only(first & again)
    special = np.stack([spelled(f"{string}|10000") for string in SPECIAL.values()])
    right = first_errors(solved, special) == 0
    wrong, decided = wrong_strings(solved), []
    if isinstance(network, Tanh | LSTM | GRU):
        places = np.flatnonzero(first & again).tolist()
        decided = [decide(stored, EFFORT) for stored in as_stored(kind, solved, places, wrong)]
        wrong = [string or (stored.string and f"{stored.string}||{len(stored.string)}")
                 for string, stored in zip(wrong, decided)]
    row = {"seeds": len(first), "first": int(first.sum()), "solved": int((first & again).sum()),
           "steps": [step if both else None for step, both in zip(steps, first & again)],
           "exact": exact_on_long(solved), "special": right.sum(axis=0).tolist(),
           "certified": sum(stored.verdict == "certified" for stored in decided),
           "refuted": sum(string is not None for string in wrong),
           "wrong": [wrong.pop(0) if both else None for both in first & again], "largest": [], "snapped": {}}
    if isinstance(solved, Diagonal | DeltaNet):
        row["largest"] = rounded(largest_factors(solved))
        states = machine_states(solved)
        solved.snapped = True
        row["snapped"] = {"proved": sum(count is not None for count in states), "states": states,
                          "exact": exact_on_long(solved)}
    return row, decided


def are_exact(network: Layer, strings: np.ndarray) -> np.ndarray:
    """Return whether each network is correct after every bit of all strings."""
    return (first_errors(network, strings) == 0).all(axis=1)


def exact_on_long(network: Layer) -> list[int]:
    """Count the networks that are exact on random strings of each length."""
    strings = (np.random.default_rng(length).integers(2, size=(count, length), dtype=np.uint8)
               for length, count in LONG.items())
    return [int(are_exact(network, part).sum()) for part in strings]
