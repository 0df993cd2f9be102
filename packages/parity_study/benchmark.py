"""The speed of the library, compared with the course's notebook and with bare PyTorch.

``parity bench`` takes five measurements with one PyTorch thread. The sides of a
comparison take turns, so that a busy machine slows down all of them. The course's code
is in :mod:`parity_study.course_notebook`.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib.data import Batch, ParityTask, bits_and_parity
from parity_lib.models import ParityRNN
from parity_lib.training import CHUNK_STEPS, masked_loss, train
from parity_study.course_notebook import STEPS, course_bits_and_parity, course_training
from parity_study.ensemble import train_together
from parity_study.experiments.result_files import load, provenance

TARGETS = {     # lower bounds; of "together" for the first row
    "step": {"ratio": 0.91}, "generation": {"ratio": 5.0, "memory_ratio": 8.0},
    "together": {"train_ratio": 15.0, "course_ratio": 40.0}, "success": {"ratio": 25.0}}
SIZES = {
    "step": {"blocks": 8, "updates": 200},
    "generation": {"count": 100_000, "repeats": 15},
    "packing": {"hidden": [4, 32], "batch": [8, 64], "repeats": 40},
    "together": {"rounds": 3, "updates": 40, "settings": [
        {"cell": "tanh", "hidden": 4, "batch": 8, "seeds": 64}, *(
            {"cell": cell, "hidden": 8, "batch": 64, "seeds": 50} for cell in ("tanh", "lstm", "gru"))]},
}
QUICK_SIZES = {
    "step": {"blocks": 2, "updates": 3},
    "generation": {"count": 100, "repeats": 2},
    "packing": {"hidden": [4], "batch": [8], "repeats": 2},
    "together": {"rounds": 1, "updates": 2, "settings": [
        {"cell": cell, "hidden": 4, "batch": 8, "seeds": 2} for cell in ("tanh", "lstm")]},
}


def step(blocks: int, updates: int) -> dict[str, Any]:
    """Measure an update by ``train`` with the default recipe and by a bare PyTorch loop, in microseconds.

    The bare loop gets the same batches, made beforehand, and ends with the same weights
    (``same_weights``). In addition, ``train`` draws its data, keeps its history and computes
    the accuracy.
    """
    task, rng = ParityTask(STEPS), np.random.default_rng(np.random.SeedSequence(0).spawn(2)[0])
    batches: list[Batch] = []
    while len(batches) < updates:
        chunk = task.assemble(*task.draw(32 * CHUNK_STEPS, rng))
        batches += [Batch(*parts) for parts in zip(*(part.split(32) for part in chunk))]

    def bare() -> ParityRNN:
        model = ParityRNN()
        optimizer, loss_fn = torch.optim.Adam(model.parameters(), lr=0.005, fused=True), nn.BCEWithLogitsLoss()
        for batch in batches[:updates]:
            optimizer.zero_grad()
            loss_fn(model(batch.inputs), batch.targets).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            optimizer.step()
        return model

    def ours() -> ParityRNN:
        model = ParityRNN()
        train(model, task, max_steps=updates, seed=0, validate_every=updates + 1, validation_size=1, progress=False)
        return model

    same = all(torch.equal(a, b) for a, b in zip(bare().parameters(), ours().parameters(), strict=True))
    bare_us, train_us = (seconds / updates * 1e6 for seconds in in_turns([bare, ours], blocks))
    return {"bare_us": bare_us, "train_us": train_us, "ratio": bare_us / train_us, "same_weights": same}


def generation(count: int, repeats: int) -> dict[str, Any]:
    """Measure how the course's code and ``bits_and_parity`` make ``count`` strings of 50 bits with their parity.

    Returns median times in milliseconds, peaks of the memory in MiB, and their ratios.
    """
    def course() -> None:
        course_bits_and_parity(count, STEPS, np.random.RandomState(0))

    def ours() -> None:
        bits_and_parity(count, STEPS, np.random.default_rng(0))

    course_ms, ours_ms = (seconds * 1e3 for seconds in in_turns([course, ours], repeats))
    course_mib, ours_mib = peak_mib(course), peak_mib(ours)
    return {"course_ms": course_ms, "ours_ms": ours_ms, "ratio": course_ms / ours_ms,
            "course_mib": course_mib, "ours_mib": ours_mib, "memory_ratio": course_mib / ours_mib}


def packing(hidden: list[int], batch: list[int], repeats: int) -> list[dict[str, Any]]:
    """Measure forward and backward passes through packed and through masked strings of 1 to 50 bits.

    Returns a row for each cell, number of units and batch size, with median times in
    microseconds and their ratio.
    """
    def row(cell: str, units: int, batch_size: int) -> dict[str, Any]:
        model = ParityRNN(units, cell)
        strings = ParityTask((1, STEPS)).batch(batch_size, np.random.default_rng(0))

        def forward_and_backward(packed: bool) -> None:
            model.zero_grad()
            logits = model(strings.inputs, strings.run_lengths, packed=packed)
            masked_loss(logits, strings.targets, strings.mask).backward()

        packed_us, masked_us = (seconds * 1e6 for seconds in in_turns(
            [partial(forward_and_backward, packed) for packed in (True, False)], repeats))
        return {"cell": cell, "hidden": units, "batch": batch_size, "packed_us": packed_us, "masked_us": masked_us,
                "ratio": packed_us / masked_us}

    return [row(*setting) for setting in product(("relu", "lstm"), hidden, batch)]


def together(rounds: int, updates: int, settings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Measure an update of many seeds by ``train_together``, and of a single seed by ``train`` and the course's loop.

    Returns a row for each of the ``settings``, with median times in milliseconds. A ratio is the
    time that all seeds would take one after the other, divided by their time together. The
    course's loop is measured with its own settings only, which must come first.
    """
    def row(cell: str, hidden: int, batch: int, seeds: int, with_course: bool) -> dict[str, Any]:
        task = ParityTask(STEPS)
        options = {"optimizer": "sgd", "lr": 1.0, "clip": None, "batch_size": batch, "validation_size": 1,
                   "validate_every": 10**9, "progress": False}

        def all_seeds(count: int) -> None:
            models = [ParityRNN(hidden, cell, seed=seed) for seed in range(seeds)]
            train_together(models, task, max_steps=count, seeds=range(seeds), **options)

        def single_seed(count: int) -> None:
            train(ParityRNN(hidden, cell), task, max_steps=count, seed=0, **options)

        works = [all_seeds, single_seed, course_training] if with_course else [all_seeds, single_seed]
        # The difference of a long and a short run leaves out the time of creating networks and data.
        taken = in_turns([partial(work, count) for work in works for count in (updates, 3 * updates)], rounds)
        together_ms, train_ms, *course_ms = ((long - short) / (2 * updates) * 1e3
                                             for short, long in zip(taken[::2], taken[1::2]))
        return {"together_ms": together_ms, "train_ms": train_ms, "train_ratio": seeds * train_ms / together_ms,
                "course_ms": course_ms[0] if with_course else None,
                "course_ratio": seeds * course_ms[0] / together_ms if with_course else None}

    return [setting | row(**setting, with_course=place == 0) for place, setting in enumerate(settings)]


def success(course_ms: float, train_us: float) -> dict[str, float]:
    """Return the expected seconds until a run succeeds, if each failure is followed by a run from the next seed.

    The updates until success or failure come from the experiments ``course_loop`` and
    ``recipes``, and the times per update from the other measurements.
    """
    seconds = {}
    for name, row, per_update in (("course_loop", "fixed", course_ms / 1e3), ("recipes", "relu 32", train_us / 1e6)):
        runs, cap = load(name)[row], load(name, "provenance")["settings"]["cap"]
        seconds[f"{name}_seconds"] = sum(updates or cap for updates in runs["steps"]) / runs["solved"] * per_update
    return seconds | {"ratio": seconds["course_loop_seconds"] / seconds["recipes_seconds"]}


def in_turns(works: list[Callable[[], Any]], rounds: int) -> list[float]:
    """Call the functions in turns, once more than ``rounds`` times, and return the median seconds of each.

    The first call of each function does not count.
    """
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, times in zip(works, seconds):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
    return [statistics.median(times[1:]) for times in seconds]


def peak_mib(work: Callable[[], Any]) -> float:
    """Return the peak of the memory that NumPy and Python allocate while the function runs, in MiB."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def run(quick: bool = False, report: Callable[[str], Any] = lambda line: None) -> dict[str, Any]:
    """Take all measurements, in about two minutes (``quick``: at once, with meaningless numbers).

    ``report`` receives a line with each result as soon as there is one. Returns the content
    of ``bench.json``: ``results`` with ``targets`` and ``sizes``, ``measurements`` with the
    values of the five functions by name, and ``provenance``.
    """
    sizes, threads, began = QUICK_SIZES if quick else SIZES, torch.get_num_threads(), time.perf_counter()
    torch.set_num_threads(1)
    measured: dict[str, Any] = {}
    try:
        for measurement in (step, generation, packing, together):
            name = measurement.__name__
            measured[name] = measurement(**sizes[name])
            report(describe(name, measured[name]))
    finally:
        torch.set_num_threads(threads)
    measured["success"] = success(measured["together"][0]["course_ms"], measured["step"]["train_us"])
    report(describe("success", measured["success"]))
    return {"results": {"targets": TARGETS, "sizes": sizes}, "measurements": measured,
            "provenance": provenance({}, time.perf_counter() - began)}


def describe(name: str, measured: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Return a measurement as lines of text: each value, and whether the targets are met."""
    rows = measured if isinstance(measured, list) else [measured]
    lines = ["  ".join([f"{name:10}", *(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                                        for key, value in row.items() if value is not None)]) for row in rows]
    return "\n".join(lines + [
        f"{'':10}  {key}: the target of at least {target:g} is {'met' if rows[0][key] >= target else 'NOT MET'}"
        for key, target in TARGETS.get(name, {}).items()])
