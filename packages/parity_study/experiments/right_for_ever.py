"""Does longer training make networks correct on strings of every length?

We also ask whether training strings with long runs of equal bits have this effect. Networks of eight units are trained
on strings of 50 bits with a label at every time step, with the same settings for all cells and a fixed number of
updates: training does not stop when a network is correct. The strings are random (``"random"``), or half of them end in
a run of zeros or of ones that begins in the string's first half (``"runs"``). A network has solved the task if it is
correct on 5000 random strings of 75 bits at the end. These networks are stored in
:mod:`parity_study.certificate_store`, and :func:`~parity_study.certify.certify` decides about them, as in the
experiment ``certificates``. Returns ``{"nets": {"tanh 8, random, 1000 updates": {"seeds", "solved", "certified",
"refuted", "undecided", "refuting_lengths": [of each refuted network]}}}``, and the same for each cell, kind of strings
and number of updates.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from parity_lib.data import ParityTask, running_parity
from parity_study.certificate_store import StoredNetwork, read_store, write_store
from parity_study.experiments.certificates import count_verdicts, decide, train_solved
from parity_study.experiments.condition import SEEDS_PER_JOB
from parity_study.experiments.trained_networks import TRAINED_ON

UNITS = 8
SETTINGS: dict[str, Any] = {"batch_size": 64, "lr": 0.01, "clip": 1.0}
SHARE_OF_RUNS = 0.5
QUICK: dict[str, Any] = {"seeds": 2, "shorten": 500, "retrain": True, "save": False, "effort": 100}
SAMPLE: dict[str, Any] = {"cells": ("tanh",), "updates": (1000,), "save": False}


@dataclass(frozen=True)
class RunsTask(ParityTask):
    """A task in which half of the training strings end in a run of equal bits.

    The validation strings are random. The run begins in the first half of the string.

    >>> RunsTask(8).draw(4, np.random.default_rng(1))[0]
    array([[1, 0, 0, 0, 0, 0, 1, 1],
           [1, 1, 0, 0, 0, 0, 0, 0],
           [0, 0, 1, 0, 0, 1, 0, 0],
           [1, 1, 1, 1, 1, 1, 1, 1]], dtype=uint8)
    """

    def stretched(self, factor: float) -> ParityTask:
        """Return a validation task with longer random strings."""
        return ParityTask(self.lengths, self.label, self.padding).stretched(factor)

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Draw random strings, about half of which end in a run of equal bits."""
        bits, _, lengths = super().draw(count, rng, longest)
        begins = rng.integers(1, bits.shape[1] // 2, size=(count, 1), endpoint=True)
        chosen = rng.random((count, 1)) < SHARE_OF_RUNS
        in_run = chosen & (np.arange(bits.shape[1]) >= begins)
        bits = np.where(in_run, rng.integers(2, size=(count, 1), dtype=np.uint8), bits)
        return bits, running_parity(bits), lengths


TASKS: dict[str, ParityTask] = {"random": ParityTask(TRAINED_ON), "runs": RunsTask(TRAINED_ON)}


def run(seeds: int = 50, cells: tuple[str, ...] = ("tanh", "lstm", "gru"), updates: tuple[int, ...] = (1000, 10_000),
        shorten: int = 1, retrain: bool = False, save: bool = True, effort: int = 30_000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    The networks are read from the store, or trained if ``retrain`` is true. ``shorten`` divides the numbers of updates.
    If ``save`` is true, the verdicts are written to the store.
    """
    kinds = {kind_name(*kind): kind for kind in product(cells, TASKS, updates)}
    networks = [] if retrain else [network for network in read_store() if network.kind in kinds]
    jobs = [(*kind, range(first, min(first + SEEDS_PER_JOB, seeds)))
            for kind in kinds.values() for first in range(0, seeds, SEEDS_PER_JOB)] if retrain else []
    for trained in Parallel(n_jobs=-1)(delayed(train_kind)(*job, shorten) for job in jobs):
        networks += trained
    decided = Parallel(n_jobs=-1)(delayed(decide)(network, effort) for network in networks)
    if save:
        write_store(decided)
    return {"nets": {name: count_verdicts(seeds, [network for network in decided if network.kind == name])
                     for name in kinds}}


def kind_name(cell: str, data: str, updates: int) -> str:
    """Return the key that identifies a kind of network in the results and in the store."""
    return f"{cell} {UNITS}, {data}, {updates} updates"


def train_kind(cell: str, data: str, updates: int, seeds: range, shorten: int = 1) -> list[StoredNetwork]:
    """Train networks for ``updates // shorten`` updates and return the networks that solve their task afterwards."""
    return train_solved(kind_name(cell, data, updates), {"hidden_size": UNITS, "cell": cell}, TASKS[data], seeds,
                        max_steps=updates // shorten, validate_every=updates // shorten, **SETTINGS)
