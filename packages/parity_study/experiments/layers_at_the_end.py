"""Which recurrent layers learn strings of 50 bits from a label at the end?

The layers, strings and caps are those of the experiment :mod:`~parity_study.experiments.layers`, at a rate of
0.01. Returns ``{"nets": {LAYER: {"seeds", "updates", "solved", "steps", "accuracy", "exact"}}}``. ``solved`` counts the
networks whose last answer is correct on 2,000 strings of 50 bits; ``accuracy`` has the share of these strings for each
network. ``exact`` counts those of the solved ones that are correct after every bit of 1,000 strings of 75 bits. The
transformer that writes reads the correct answers here, too.
"""

from typing import Any

import numpy as np

from parity_study.experiments.layers import FEWER, are_exact, train_layer
from parity_study.experiments.summaries import rounded, summarise_updates
from parity_study.layer_verdicts import first_errors
from parity_study.recurrent_layers import LAYERS

QUICK: dict[str, Any] = {"seeds": 2, "updates": 2}
SAMPLE: dict[str, Any] = {"layers": ("tanh", "minGRU with a sign")}
BITS = 50
TOGETHER = 10       # the number of seeds that are trained together


def run(layers: tuple[str, ...] = tuple(LAYERS), seeds: int = 20, updates: int = 2000,
        first_seed: int = 0) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    short, long = (np.random.default_rng(length).integers(2, size=(count, length), dtype=np.uint8)
                   for count, length in ((2000, BITS), (1000, 75)))
    nets = {}
    for name in layers:
        most = min(updates, FEWER.get(name, updates))
        steps, accuracy, exact = [], [], 0
        for start in range(0, seeds, TOGETHER):
            some = range(first_seed, first_seed + seeds)[start:start + TOGETHER]
            found, network = train_layer(name, 0.01, some, most, labelled=BITS)
            right = first_errors(network, short, labelled=BITS) == 0
            accuracy += right.mean(axis=1).tolist()
            steps += [step if all_right else None for step, all_right in zip(found, right.all(axis=1))]
            exact += int(are_exact(network.only(right.all(axis=1)), long).sum())
        nets[name] = summarise_updates(steps) | {"updates": most, "accuracy": rounded(accuracy), "exact": exact}
    return {"nets": nets}
