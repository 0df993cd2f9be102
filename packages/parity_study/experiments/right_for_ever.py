"""Does longer training make networks correct on strings of every length?

We also ask whether training strings with long runs of equal bits have this effect. Networks of eight units are trained
on strings of 50 bits with a label at every time step, with the same settings for all cells and a fixed number of
updates: training does not stop when a network is correct. The strings are random (``"random"``), or half of them end in
a run of zeros or of ones that begins in the string's first half (``"runs"``). A network has solved the task if it is
correct on 5000 random strings of 75 bits at the end. Returns ``{"nets": {"tanh 8, random, 1000 updates": {"seeds",
"solved", "certified", "refuted", "undecided", "refuting_lengths": [of each refuted network]}}}``, and the same for each
cell, kind of strings and number of updates.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from parity_lib.data import ParityTask
from parity_study.experiments.verdicts import Kind, count_verdicts, decide_all
from parity_study.trained_networks import FIFTY_BITS, TRAINED_ON

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
        bits, lengths = super().draw(count, rng, longest)
        begins = rng.integers(1, bits.shape[1] // 2, size=(count, 1), endpoint=True)
        chosen = rng.random((count, 1)) < SHARE_OF_RUNS
        in_run = chosen & (np.arange(bits.shape[1]) >= begins)
        bits = np.where(in_run, rng.integers(2, size=(count, 1), dtype=np.uint8), bits)
        return bits, lengths


TASKS: dict[str, ParityTask] = {"random": FIFTY_BITS, "runs": RunsTask(TRAINED_ON)}


def run(seeds: int = 50, cells: tuple[str, ...] = ("tanh", "lstm", "gru"), updates: tuple[int, ...] = (1000, 10_000),
        shorten: int = 1, retrain: bool = False, save: bool = True, effort: int = 30_000) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring.

    ``shorten`` divides the numbers of updates.
    """
    kinds = {f"{cell} 8, {data}, {count} updates": Kind(cell, 8, trained_for(count // shorten), seeds, TASKS[data])
             for cell, data, count in product(cells, TASKS, updates)}
    decided = decide_all(kinds, retrain, save, effort)
    return {"nets": {name: count_verdicts(seeds, networks) for name, (networks, _) in decided.items()}}


def trained_for(updates: int) -> dict[str, Any]:
    """Return settings for a training that ends after a fixed number of updates."""
    return {"batch_size": 64, "lr": 0.01, "clip": 1.0, "max_updates": updates, "validate_every": updates}
