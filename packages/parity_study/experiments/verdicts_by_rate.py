"""Do the verdicts on tanh networks, LSTMs and GRUs differ at every learning rate?

Chapter: *Right for ever*. Networks of eight units are trained on strings of 50 bits with a label at every time step,
until they are correct on 5000 random strings of 75 bits. The settings are the same for all cells except the learning
rate, so the rate at which most networks of a cell succeed can be compared with that of another cell.
:func:`~parity_study.certify.certify` decides about the successful networks; it stops much earlier than in the
experiment ``certificates``, so more networks stay undecided. Returns ``{"tanh, rate 0.003": {"seeds", "solved",
"certified", "refuted", "undecided", "refuting_lengths": [of each refuted network]}}``, and the same for each cell and
rate. Prediction, made before the first run: at each cell's best rate, more GRUs are refuted than LSTMs, and more LSTMs
than tanh networks, as at the common rate of 0.01.
"""

from itertools import product
from typing import Any

from joblib import Parallel, delayed

from parity_study.experiments.certificates import count_verdicts, decide, train_solved
from parity_study.experiments.condition import SEEDS_PER_JOB
from parity_study.experiments.right_for_ever import UNITS
from parity_study.experiments.trained_networks import FIFTY_BITS

QUICK: dict[str, Any] = {"seeds": 1, "cells": ("gru",), "rates": (0.03,), "cap": 100, "effort": 10}
SAMPLE: dict[str, Any] = {"cells": ("gru",), "rates": (0.03,)}


def run(seeds: int = 20, cells: tuple[str, ...] = ("tanh", "lstm", "gru"),
        rates: tuple[float, ...] = (0.003, 0.01, 0.03), cap: int = 4000, effort: int = 1000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    jobs = [(cell, rate, range(first, min(first + SEEDS_PER_JOB, seeds)))
            for cell, rate in product(cells, rates) for first in range(0, seeds, SEEDS_PER_JOB)]
    trained = Parallel(n_jobs=-1)(delayed(train_solved)(
        f"{cell}, rate {rate}", {"hidden_size": UNITS, "cell": cell}, FIFTY_BITS, part, max_steps=cap, batch_size=64,
        lr=rate, clip=1.0) for cell, rate, part in jobs)
    decided = Parallel(n_jobs=-1)(delayed(decide)(network, effort) for networks in trained for network in networks)
    return {name: count_verdicts(seeds, [network for network in decided if network.kind == name])
            for name in (f"{cell}, rate {rate}" for cell, rate in product(cells, rates))}
