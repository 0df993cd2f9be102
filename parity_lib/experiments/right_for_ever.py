"""Can one train nets that are right for ever: by more updates, or by strings with long runs?

Nets of eight units learn strings of 50 bits with a label at every step, at
settings that are the same for all, for exactly so many updates: training does
not stop where a net is right. Their strings are random (``"random"``), or half
of them end, from a place in their first half on, in a run of zeros or of ones
(``"runs"``). A net is solved if it is right on 5000 random strings of 75 bits at
the end; each of these is kept in :mod:`parity_lib.certificates` and given to
:func:`~parity_lib.certify.certify`, as in the experiment ``certificates``. Returns ``{"nets":
{"tanh 8, random, 1000 updates": {"seeds", "solved", "certified", "refuted",
"undecided", "refuting_lengths": [a refuted net each]}}}``, the same for each cell,
kind of strings and number of updates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from joblib import Parallel, delayed

from parity_lib.certificates import Stored, stored, write_store
from parity_lib.data import ParityTask, running_parity
from parity_lib.ensemble import train_together
from parity_lib.experiments.certificates import as_stored, decided
from parity_lib.experiments.condition import SEEDS_A_JOB
from parity_lib.experiments.nets import TRAINED_ON
from parity_lib.models import ParityRNN

UNITS = 8
SETTINGS: dict[str, Any] = {"batch_size": 64, "lr": 0.01, "clip": 1.0}
SHARE_OF_RUNS = 0.5
QUICK: dict[str, Any] = {"seeds": 2, "shorten": 500, "anew": True, "kept": False, "effort": 100}
SAMPLE: dict[str, Any] = {"cells": ("tanh",), "updates": (1000,), "kept": False}


@dataclass(frozen=True)
class RunsTask(ParityTask):
    """Half of the strings end in a run of zeros or of ones, which begins in the string's first half.

    Those of the test do not.

    >>> RunsTask(8).draw(4, np.random.default_rng(1))[0]
    array([[1, 0, 0, 0, 0, 0, 1, 1],
           [1, 1, 0, 0, 0, 0, 0, 0],
           [0, 0, 1, 0, 0, 1, 0, 0],
           [1, 1, 1, 1, 1, 1, 1, 1]], dtype=uint8)
    """

    def stretched(self, factor: float) -> ParityTask:
        """The task without the runs, on strings ``factor`` times as long."""
        return ParityTask(self.lengths, self.label, self.padding).stretched(factor)

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Fresh strings, as :meth:`~parity_lib.data.ParityTask.draw` gives them, half of them with a run."""
        bits, _, lengths = super().draw(count, rng, longest)
        begins = rng.integers(1, bits.shape[1] // 2, size=(count, 1), endpoint=True)
        chosen = rng.random((count, 1)) < SHARE_OF_RUNS
        in_run = chosen & (np.arange(bits.shape[1]) >= begins)
        bits = np.where(in_run, rng.integers(2, size=(count, 1), dtype=np.uint8), bits)
        return bits, running_parity(bits), lengths


TASKS: dict[str, ParityTask] = {"random": ParityTask(TRAINED_ON), "runs": RunsTask(TRAINED_ON)}


def run(seeds: int = 50, cells: tuple[str, ...] = ("tanh", "lstm", "gru"), updates: tuple[int, ...] = (1000, 10_000),
        shorten: int = 1, anew: bool = False, kept: bool = True, effort: int = 30_000) -> dict[str, Any]:
    """Run it, on the nets of the store where it has them, or on nets that are trained ``anew``.

    ``shorten`` divides the updates. The store is written anew where they are ``kept``.
    """
    wanted = {named(*choice): choice for choice in
              ((cell, data, count) for cell in cells for data in TASKS for count in updates)}
    nets = [] if anew else [each for each in stored() if each.kind in wanted]
    there = {each.kind for each in nets}
    nets += trained([choice for kind, choice in wanted.items() if kind not in there], seeds, shorten)
    verdicts = Parallel(n_jobs=-1)(delayed(decided)(each, effort) for each in nets)
    if kept:
        write_store(verdicts)
    return {"nets": {kind: counts(seeds, [each for each in verdicts if each.kind == kind]) for kind in wanted}}


def named(cell: str, data: str, updates: int) -> str:
    """What a kind of net is called."""
    return f"{cell} {UNITS}, {data}, {updates} updates"


def trained(choices: list[tuple[str, str, int]], seeds: int, shorten: int) -> list[Stored]:
    """The solved nets of each choice of a cell, strings and a number of updates."""
    jobs = [(*choice, range(first, min(first + SEEDS_A_JOB, seeds)))
            for choice in choices for first in range(0, seeds, SEEDS_A_JOB)]
    return [each for nets in Parallel(n_jobs=-1)(delayed(learned)(*job, shorten) for job in jobs) for each in nets]


def learned(cell: str, data: str, updates: int, seeds: range, shorten: int = 1) -> list[Stored]:
    """Nets after exactly so many updates, those that are solved then: the one validation is at the end."""
    torch.set_num_threads(1)
    models = [ParityRNN(UNITS, cell, seed=seed) for seed in seeds]
    count = updates // shorten
    histories = train_together(models, TASKS[data], seeds=seeds, max_steps=count, validate_every=count,
                               progress=False, **SETTINGS)
    return [as_stored(named(cell, data, updates), seed, model)
            for seed, model, history in zip(seeds, models, histories) if history.solved]


def counts(seeds: int, found: list[Stored]) -> dict[str, Any]:
    """How many nets of a kind were solved, their verdicts, and the lengths of their wrong strings."""
    verdicts = {verdict: [each for each in found if each.verdict == verdict]
                for verdict in ("certified", "refuted", "undecided")}
    return {"seeds": seeds, "solved": len(found)} | {verdict: len(nets) for verdict, nets in verdicts.items()} | {
        "refuting_lengths": [len(each.string) for each in verdicts["refuted"]]}
