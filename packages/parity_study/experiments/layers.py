"""Which recurrent layers keep a bit for ever?

Each layer of :mod:`parity_study.recurrent_layers` is trained by Adam on batches of 32 random strings of 50 bits, with a
label at every time step. Training does not stop when a network is correct, and the tests are those of the last weights.

Returns ``{"nets": {"LAYER, rate RATE": {"seeds", "updates", "steps", "solved", "exact", "special",
"certified", "refuted", "wrong", "snapped"}}}``. ``solved`` counts the networks that are correct on 1,000 strings of 75
bits, and on another 1,000. ``steps`` has the update at which each of them was first correct on 100 such strings. All
that follows is about the networks that solved the task.
``exact`` counts those that are correct on all random strings of 1,000 and of 10,000 bits, and ``special`` those that
are correct on each string of ``SPECIAL``. ``certified`` counts the proved ones, and ``refuted`` those for which there
is a wrong string in ``wrong``, which has an entry for each seed: the network errs after its last bit. ``snapped``
tells how many are exact on long strings after their ``factors`` have been snapped, and after ``all`` has been; how many
of the latter are ``proved``; and how many ``states`` each of those has. It is empty for layers without factors that the
bit chooses.
"""

from itertools import product
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib.data import running_parity
from parity_study.certificate_store import StoredNetwork, write_store
from parity_study.certify import periodic_strings
from parity_study.experiments.verdicts import decide
from parity_study.layer_verdicts import as_bits, as_stored, first_errors, machine_states, wrong_strings
from parity_study.recurrent_layers import LAYERS, DeltaNet, Layer, Mamba, MinGRU, TanhLayer, Transformer, Turning
from parity_study.results import FOLDER

EFFORT = 3000       # of the search for a proof
LONG = {1000: 200, 10_000: 20}      # the numbers of random strings of each length
SPECIAL = ("1" + "0" * 9999, "1" * 10_000, "0" * 10_000, "10" * 5000)
QUICK: dict[str, Any] = {"seeds": 2, "updates": 2, "save": False}
SAMPLE: dict[str, Any] = {"layers": ("minGRU with a sign", "GRU"), "rates": (0.01,), "save": False}
FEWER = {"DeltaNet": 1000, "mLSTM": 1000, "transformer": 300, "transformer that writes": 300}      # updates

AT_ALL_RATES = ("minGRU with a sign", "Mamba with a sign", "complex")


def run(layers: tuple[str, ...] = tuple(LAYERS), rates: tuple[float, ...] = (0.01, 0.003, 0.03), seeds: int = 20,
        updates: int = 2000, save: bool = True) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    Some layers have fewer updates, and only those in ``AT_ALL_RATES`` are trained at the other rates. If ``save`` is
    true, the weights of each kind of layer with a refuted network are written next to the results.
    """
    nets, decided = {}, []
    weights: dict[str, Any] = {}
    for rate, name in product(rates, layers):
        if rate != rates[0] and name not in AT_ALL_RATES:
            continue
        most = min(updates, FEWER.get(name, updates))
        steps, network = train_layer(name, rate, range(seeds), most)
        kind = f"{name}, rate {rate:g}"
        row, networks = measure(kind, network, steps)
        nets[kind] = {"updates": most} | row
        if row["refuted"]:      # without a verdict there is nothing to check
            weights[kind] = network.vectors()
        decided += networks
    if save:
        write_store(decided)
        np.savez_compressed(FOLDER / "layers.npz", **weights)
    return {"nets": nets}


def train_layer(name: str, rate: float, seeds: range, updates: int,
                labelled: int = 1) -> tuple[list[int | None], Layer]:
    """Train one network for each seed, all at once. Return the update of each first success, and the networks.

    Only the answers from the time step ``labelled`` on have a label. If these are not all, the networks are tested on
    strings of 50 bits, and not of 75.
    """
    network = LAYERS[name](seeds)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    generators = [np.random.default_rng(seed) for seed in seeds]
    validation = np.random.default_rng(len(seeds)).integers(2, size=(100, 75 if labelled == 1 else 50), dtype=np.uint8)
    steps: list[int | None] = [None] * len(seeds)
    for update in range(1, updates + 1):
        strings = np.stack([generator.integers(2, size=(32, 50), dtype=np.uint8) for generator in generators])
        bits, parity = (torch.from_numpy(array).float().permute(2, 0, 1)
                        for array in (strings, running_parity(strings.reshape(-1, 50)).reshape(strings.shape)))
        loss = binary_cross_entropy_with_logits(network(bits[..., None])[0], parity, reduction="none")[labelled - 1:]
        optimizer.zero_grad()
        loss.mean(dim=(0, 2)).sum().backward()
        clip_each(list(network.parameters()))
        optimizer.step()
        if update % 50 == 0:
            right = (first_errors(network, validation, labelled=labelled) == 0).all(axis=1)
            steps = [update if step is None and right[place] else step for place, step in enumerate(steps)]
    return steps, network


def clip_each(weights: list[torch.nn.Parameter], largest: float = 1.0) -> None:
    """Clip the gradient of each seed to a norm of at most ``largest``."""
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    norm = torch.stack([gradient.square().sum(dim=(1, 2)) for gradient in gradients]).sum(0).sqrt()
    for gradient in gradients:
        gradient *= (largest / (norm + 1e-6)).clamp(max=1)[:, None, None]


def measure(kind: str, network: Layer, steps: list[int | None]) -> tuple[dict[str, Any], list[StoredNetwork]]:
    """Test trained networks. Return their row and, for tanh, the networks that learned, with verdicts.

    ``steps`` has the update of each seed's first success, or None.
    """
    tests = np.random.default_rng(75).integers(2, size=(2, 1000, 75), dtype=np.uint8)
    passed = np.logical_and(*(are_exact(network, strings) for strings in tests))
    solved = network.only(passed)
    special = np.concatenate([as_bits(string) for string in SPECIAL])
    periodic = periodic_strings(200 if isinstance(network, Transformer) else 2000)
    wrong = [short or long for short, long in zip(*(wrong_strings(solved, part) for part in (periodic, special)))]
    decided: list[StoredNetwork] = []
    if isinstance(network, TanhLayer):
        places = np.flatnonzero(passed).tolist()
        decided = [decide(stored, EFFORT) for stored in as_stored(kind, solved, places, wrong)]
        wrong = [stored.string for stored in decided]
    row = {"seeds": len(passed), "solved": int(passed.sum()),
           "steps": [step if right else None for step, right in zip(steps, passed)],
           "exact": exact_on_long(solved), "special": (first_errors(solved, special) == 0).sum(axis=0).tolist(),
           "certified": sum(stored.verdict == "certified" for stored in decided),
           "refuted": sum(string is not None for string in wrong),
           "wrong": [wrong.pop(0) if right else None for right in passed], "snapped": {}}
    if isinstance(solved, MinGRU | Mamba | Turning | DeltaNet):
        states = machine_states(solved)
        row["snapped"] = {"proved": sum(count is not None for count in states), "states": states}
        for solved.snapped in ("factors", "all"):
            row["snapped"][solved.snapped] = exact_on_long(solved)
    return row, decided


def are_exact(network: Layer, strings: np.ndarray) -> np.ndarray:
    """Return a mask of the networks that are correct after every bit of all strings."""
    return (first_errors(network, strings) == 0).all(axis=1)


def exact_on_long(network: Layer) -> list[int]:
    """Count, for each length, the networks that are exact on random strings of this and all earlier lengths."""
    counts = []
    for length, count in LONG.items():
        strings = np.random.default_rng(length).integers(2, size=(count, length), dtype=np.uint8)
        network = network.only(are_exact(network, strings))
        counts.append(len(network.c))
    return counts
