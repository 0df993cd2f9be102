"""Do the verdicts differ between cells at each cell's best learning rate?

The experiment ``right_for_ever`` compares the cells at one learning rate. Here tanh networks, LSTMs and GRUs of eight
units are trained at three rates, on random strings of 50 bits with a label at every time step, until they are correct
in validation. The best rate of a cell is the one with most successful networks, and of equally good ones that with the
fewest updates in the median. Predictions, made before the first run:

- If the cell makes the difference, more GRUs than tanh networks are refuted at each rate, and more at the best rates.
- If the rate makes the difference, fewer GRUs are refuted at the smallest rate than at the largest one.

Returns ``{"nets": {"tanh 8, rate 0.01": {"seeds", "solved", "certified", "refuted", "undecided", "refuting_lengths",
"steps": [of each seed, None if not solved]}}}``, and the same for each cell and rate.
"""

from itertools import product
from typing import Any

import torch
from joblib import Parallel, delayed
from torch.nn.utils import parameters_to_vector

from parity_study.certificate_store import StoredNetwork, write_store
from parity_study.experiments.certificates import count_verdicts, decide
from parity_study.experiments.condition import SEEDS_PER_JOB
from parity_study.experiments.right_for_ever import UNITS
from parity_study.experiments.trained_networks import train_seeds

CELLS = ("tanh", "lstm", "gru")
RATES = (0.003, 0.01, 0.03)
QUICK: dict[str, Any] = {"seeds": 2, "cap": 50, "effort": 100, "save": False}
SAMPLE: dict[str, Any] = {"cells": ("gru",), "save": False}


def run(seeds: int = 50, cells: tuple[str, ...] = CELLS, cap: int = 4000, save: bool = True,
        effort: int = 3000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    If ``save`` is true, the networks and their verdicts are written to the store, which ``parity verify`` checks.
    """
    jobs = [(cell, rate, range(first, min(first + SEEDS_PER_JOB, seeds)), cap, effort)
            for cell, rate in product(cells, RATES) for first in range(0, seeds, SEEDS_PER_JOB)]
    results: dict[str, Any] = {}
    networks: list[StoredNetwork] = []
    for (cell, rate, *_), (steps, decided) in zip(jobs, Parallel(n_jobs=-1)(delayed(train_and_decide)(*job)
                                                                            for job in jobs)):
        networks += decided
        results.setdefault(kind_name(cell, rate), []).extend(steps)
    if save:
        write_store(networks)
    return {"nets": {kind: count_verdicts(seeds, [network for network in networks if network.kind == kind])
                     | {"steps": steps} for kind, steps in results.items()}}


def kind_name(cell: str, rate: float) -> str:
    """Return the key that identifies a kind of network in the results and in the store."""
    return f"{cell} {UNITS}, rate {rate:g}"


def train_and_decide(cell: str, rate: float, seeds: range, cap: int,
                     effort: int) -> tuple[list[int | None], list[StoredNetwork]]:
    """Train networks and return the update at which each solved the task, and those that did, with their verdicts."""
    torch.set_num_threads(1)
    models, histories = train_seeds({"hidden_size": UNITS, "cell": cell}, seeds, max_steps=cap, batch_size=64, lr=rate,
                                    clip=1.0)
    solved = [StoredNetwork(kind_name(cell, rate), cell, UNITS, seed,
                            parameters_to_vector(model.parameters()).detach().numpy())
              for seed, model, history in zip(seeds, models, histories) if history.solved]
    return [history.solved_at for history in histories], [decide(network, effort) for network in solved]
