"""How fast the library is beside the course's notebook and beside bare PyTorch.

``parity bench`` measures five things in one run with one torch thread, and
takes turns between the two sides of each comparison, so that a busy machine
slows both. The course's code stands in :mod:`parity_lib.bench.course`.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from parity_lib import training
from parity_lib.bench.course import STEPS, course_bits_and_parity, course_run, course_training
from parity_lib.cells import CELLS
from parity_lib.data import ParityTask, bits_and_parity
from parity_lib.ensemble import train_together
from parity_lib.experiments.results import provenance
from parity_lib.experiments.sources import source_hash
from parity_lib.models import ParityRNN
from parity_lib.training import History, masked_loss, train

TARGETS = {
    "solve_ratio": 25.0,         # at least: the course's expected time per success, divided by ours
    "step_ratio": 1.10,          # at most: a step of train, divided by the bare step
    "generation_ratio": 5.0,     # at least: the course's time for its data, divided by ours
    "memory_ratio": 8.0,         # at least: the course's peak memory, divided by ours
    "course_seeds_ratio": 40.0,  # at least: a step of the course's loop times the seeds, divided by one of all together
    "train_seeds_ratio": 15.0,   # at least: the same for a step of train
    "gated_seeds_ratio": 10.0,   # at least: the same for LSTM and GRU, GATED
}


def _setting(cell: str, hidden: int, batch: int, seeds: int) -> dict[str, Any]:
    return {"cell": cell, "hidden": hidden, "batch": batch, "seeds": seeds}


GATED = [_setting(cell, 8, 64, 50) for cell in ("lstm", "gru")]
SIZES = {
    "solve": {"least_seeds": 5, "most_seeds": 12, "enough_solved": 3, "cap": 15_000, "pool": 100_000,
              "validate_every": 1000, "validation_size": 5000},
    "step": {"blocks": 15, "steps_a_block": 200},
    "generation": {"count": 100_000, "repeats": 15, "growth": [10_000, 100_000, 1_000_000]},
    "packing": {"hidden": [4, 32], "batch": [8, 64], "repeats": 40},
    "together": {"rounds": 3, "steps": 60, "settings": [
        _setting("tanh", 4, 8, 64), _setting("tanh", 4, 8, 8), _setting("tanh", 4, 8, 256),
        _setting("tanh", 4, 8, 1024),
        _setting("relu", 4, 8, 64), _setting("lstm", 4, 8, 64), _setting("gru", 4, 8, 64),
        _setting("tanh", 8, 64, 50), _setting("relu", 8, 64, 50), *GATED,
        _setting("tanh", 32, 32, 20), _setting("lstm", 32, 32, 20), _setting("lstm", 64, 64, 4)]},
}
QUICK_SIZES = {
    "solve": {"least_seeds": 1, "most_seeds": 1, "enough_solved": 1, "cap": 4, "pool": 32,
              "validate_every": 2, "validation_size": 10},
    "step": {"blocks": 2, "steps_a_block": 3},
    "generation": {"count": 100, "repeats": 2, "growth": [10, 100]},
    "packing": {"hidden": [4], "batch": [8], "repeats": 2},
    "together": {"rounds": 1, "steps": 2, "settings": [_setting("tanh", 4, 8, 2), _setting("lstm", 2, 2, 2)]},
}


# ---------------------------------------------------------------- the five measurements


def time_to_solve(least_seeds: int, most_seeds: int, enough_solved: int, **course: int) -> dict[str, Any]:
    """Seconds until validation is exact: the course's loop against the default recipe, in turns.

    At least ``least_seeds`` seeds each, and more, up to ``most_seeds``, until
    ``enough_solved`` of the course's runs have succeeded. The expected time per success
    is what somebody waits who starts again with the next seed after each failure: all
    seconds of all runs over the number of successes. Where none succeeds, all seconds
    are a lower bound of it (``"is_bound"``). ``ratio`` is that of the two; it is a lower
    bound where the course's is one, and None where ours is, for then nothing bounds it from below.
    """
    runs: dict[str, list] = {"course": [], "train": []}
    for seed in range(most_seeds):
        runs["course"].append(course_run(seed, **course))
        runs["train"].append(_default_run(seed, course["cap"]))
        if seed + 1 >= least_seeds and sum(run["solved"] for run in runs["course"]) >= enough_solved:
            break
    result: dict[str, Any] = {}
    for side, group in runs.items():
        solved = [run["seconds"] for run in group if run["solved"]]
        result[side] = {"runs": group, "seeds": len(group), "solved": len(solved),
                        "median_seconds": statistics.median(solved) if solved else None,
                        "seconds_a_success": sum(run["seconds"] for run in group) / max(len(solved), 1),
                        "is_bound": not solved}
    course, ours = (result[side]["seconds_a_success"] for side in ("course", "train"))
    return result | {"ratio": None if result["train"]["is_bound"] else course / ours}


def _default_run(seed: int, cap: int) -> dict[str, Any]:
    began = time.perf_counter()
    history = train(ParityRNN(seed=seed), ParityTask(STEPS), max_steps=cap, seed=seed, progress=False)
    return {"seed": seed, "steps": history.steps, "solved": history.solved, "seconds": time.perf_counter() - began}


def step_cost(blocks: int, steps_a_block: int) -> dict[str, Any]:
    """Microseconds a step: ``train`` with the default recipe against the bare five lines, block by block in turns.

    The bare lines get the same batches, made beforehand, and end with the same
    weights (``same_weights``), so both did the same work. ``train`` draws its
    data, keeps its history and computes the accuracy besides.
    """
    batches = _batches_of_train(steps_a_block)
    seconds: dict[str, list[float]] = {"bare": [], "train": []}
    for _ in range(blocks + 1):
        bare, ours = ParityRNN(), ParityRNN()
        seconds["bare"].append(_seconds(lambda: _bare_steps(bare, batches)))  # noqa: B023
        seconds["train"].append(_seconds(lambda: _train_steps(ours, steps_a_block)))  # noqa: B023
    median = {side: statistics.median(values[1:]) / steps_a_block * 1e6 for side, values in seconds.items()}
    same = all(torch.equal(a, b) for a, b in zip(bare.parameters(), ours.parameters(), strict=True))
    return {"bare_us": median["bare"], "train_us": median["train"], "ratio": median["train"] / median["bare"],
            "same_weights": same}


def _batches_of_train(count: int) -> list:
    history = History({})
    rng = np.random.default_rng(np.random.SeedSequence(0).spawn(2)[0])
    batches = []
    for batch in training._training_batches(ParityTask(STEPS), 32, rng, history, count):
        batches.append(batch)
        history.loss.append(0.0)
        history.accuracy.append(0.0)
    return batches


def _bare_steps(model: nn.Module, batches: list) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005, fused=True)
    loss_fn = nn.BCEWithLogitsLoss()
    for batch in batches:
        optimizer.zero_grad()
        loss = loss_fn(model(batch.inputs), batch.targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()


def _train_steps(model: nn.Module, steps: int) -> None:
    train(model, ParityTask(STEPS), max_steps=steps, seed=0, validate_every=steps + 1, validation_size=1,
          progress=False)


def generation(count: int, repeats: int, growth: list[int]) -> dict[str, Any]:
    """Making ``count`` strings of 50 bits with their running parity: the course's code against ``bits_and_parity``.

    Median milliseconds, peak MiB, and for ours the nanoseconds a string at each
    size of ``growth``: level where the cost grows in proportion.
    """
    def course():
        return course_bits_and_parity(count, STEPS, np.random.RandomState(0))

    def ours(size: int = count):
        return bits_and_parity(size, STEPS, np.random.default_rng(0))

    seconds = {"course": [], "ours": []}
    for _ in range(repeats):
        seconds["course"].append(_seconds(course))
        seconds["ours"].append(_seconds(ours))
    median = {side: statistics.median(values) * 1e3 for side, values in seconds.items()}
    peak = {"course": _peak_mib(course), "ours": _peak_mib(ours)}
    a_string = [statistics.median(_seconds(lambda: ours(size)) for _ in range(repeats)) / size * 1e9  # noqa: B023
                for size in growth]
    return {"course_ms": median["course"], "ours_ms": median["ours"], "ratio": median["course"] / median["ours"],
            "course_mib": peak["course"], "ours_mib": peak["ours"], "memory_ratio": peak["course"] / peak["ours"],
            "growth": {"strings": growth, "ns_a_string": a_string}}


def packing(hidden: list[int], batch: list[int], repeats: int) -> list[dict[str, Any]]:
    """Forward and backward through strings of 1 to 50 bits: packed against masked, in turns.

    A row for each cell, hidden size and batch size, with median microseconds;
    ``ratio`` is packed divided by masked.
    """
    rows = []
    for cell in ("relu", "lstm"):
        for hidden_size in hidden:
            for batch_size in batch:
                model = ParityRNN(hidden_size, cell)
                strings = ParityTask((1, STEPS)).batch(batch_size, np.random.default_rng(0))
                seconds = {True: [], False: []}
                for _ in range(repeats + 2):
                    for packed, values in seconds.items():
                        values.append(_seconds(lambda: _there_and_back(model, strings, packed)))  # noqa: B023
                packed, masked = (statistics.median(seconds[key][2:]) * 1e6 for key in (True, False))
                rows.append({"cell": cell, "hidden": hidden_size, "batch": batch_size, "packed_us": packed,
                             "masked_us": masked, "ratio": packed / masked})
    return rows


def _there_and_back(model: ParityRNN, batch, packed: bool) -> None:
    model.zero_grad()
    masked_loss(model(batch.inputs, batch.run_lengths, packed=packed), batch.targets, batch.mask).backward()


def together(rounds: int, steps: int, settings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A step of many seeds at once against steps of the course's loop and of ``train``, in turns.

    A row for each of ``settings`` (cell, hidden, batch, seeds): median milliseconds of a
    step of all seeds by :func:`~parity_lib.ensemble.train_together`, of one step of ``train``,
    and (at the first row, which is the course's setting) of the course's loop; the ratios are what the same seeds
    would take one after the other, divided by that. ``billions`` are multiplications
    and additions a second in the matrix products alone, ``possible`` those of one
    large product. ``mib`` is the peak of NumPy's memory in a step.
    """
    possible = _operations_a_second()
    return [_together(rounds, steps, **setting, with_course=row == 0) | {"possible": possible}
            for row, setting in enumerate(settings)]


def _together(rounds: int, steps: int, cell: str, hidden: int, batch: int, seeds: int,
              with_course: bool) -> dict[str, Any]:
    settings = {"optimizer": "sgd", "lr": 1.0, "clip": None, "batch_size": batch, "validation_size": 1,
                "validate_every": steps + 1, "progress": False}
    task = ParityTask(STEPS)

    def all_seeds(count: int):
        models = [ParityRNN(hidden, cell, seed=seed) for seed in range(seeds)]
        train_together(models, task, max_steps=count, seeds=range(seeds), **settings)

    def one_seed(count: int):
        train(ParityRNN(hidden, cell), task, max_steps=count, seed=0, **settings)

    def course(count: int):
        course_training(np.random.RandomState(0), count, batch * count, count + 1, 1)

    sides = {"together": all_seeds, "train": one_seed}
    if with_course:
        sides["course"] = course
    ms: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, work in sides.items():  # the difference of two runs leaves out what is done once
            short, long = (_seconds(lambda: work(count)) for count in (steps, 3 * steps))  # noqa: B023
            ms[side].append((long - short) / (2 * steps) * 1e3)
    median = {side: statistics.median(values) for side, values in ms.items()}
    rows = len(CELLS[cell].blocks)
    operations = 3 * 2 * STEPS * seeds * batch * rows * hidden * (hidden + 2)  # forward, and twice as many back
    return {
        "cell": cell, "hidden": hidden, "batch": batch, "seeds": seeds,
        "together_ms": median["together"], "train_ms": median["train"],
        "train_ratio": seeds * median["train"] / median["together"],
        "course_ms": median.get("course"),
        "course_ratio": seeds * median["course"] / median["together"] if with_course else None,
        "billions": operations / median["together"] / 1e6, "mib": _peak_mib(lambda: all_seeds(2)),
    }


def _operations_a_second(size: int = 512) -> float:
    """Billions of multiplications and additions a second in a product of two large float32 matrices."""
    matrix = torch.ones(size, size)
    return 2 * size**3 / min(_seconds(lambda: matrix @ matrix) for _ in range(10)) / 1e9


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _peak_mib(work: Callable[[], Any]) -> float:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


# ---------------------------------------------------------------- all of it


def run(quick: bool = False, report: Callable[[str], Any] = lambda line: None) -> dict[str, Any]:
    """Measure everything, in three to ten minutes (``quick``: at once, and the figures mean nothing).

    ``report`` gets a line about each measurement as it begins. Returns the
    content of ``bench.json``: ``results`` with
    ``targets`` and ``sizes``; ``measurements`` with ``solve``, ``step``,
    ``generation``, ``packing`` and ``together`` as the five functions return them;
    ``provenance``.
    """
    sizes = QUICK_SIZES if quick else SIZES
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    began = time.perf_counter()
    works = {"step": step_cost, "generation": generation, "packing": packing, "together": together,
             "solve": time_to_solve}
    measurements = {}
    try:
        for number, (name, work) in enumerate(works.items(), start=1):
            what = work.__doc__.splitlines()[0].rstrip(".")
            report(f"{number} of {len(works)}, after {time.perf_counter() - began:.0f} s: {what}")
            measurements[name] = work(**sizes[name])
    finally:
        torch.set_num_threads(threads)
    return {"results": {"targets": TARGETS, "sizes": sizes}, "measurements": measurements,
            "provenance": provenance({}, source_hash(__name__), time.perf_counter() - began)}


def table(content: dict[str, Any]) -> str:
    """What :func:`run` measured as lines of text: each target, and whether it is met."""
    found, targets = content["measurements"], content["results"]["targets"]
    solve, step, made, first = found["solve"], found["step"], found["generation"], found["together"][0]
    lines = [
        _line("time per success, course / train", solve["ratio"], targets["solve_ratio"], at_least=True),
        f"    expected seconds per success: course {_a_success(solve['course'])}, train {_a_success(solve['train'])}",
        _line("a step, train / bare", step["ratio"], targets["step_ratio"], at_least=False),
        f"    train {step['train_us']:.0f} us, bare {step['bare_us']:.0f} us, same weights: {step['same_weights']}",
        _line("data generation, course / ours", made["ratio"], targets["generation_ratio"], at_least=True),
        f"    course {made['course_ms']:.1f} ms, ours {made['ours_ms']:.1f} ms; ns a string at "
        + ", ".join(f"{n:,}: {ns:.0f}" for n, ns in zip(made["growth"]["strings"], made["growth"]["ns_a_string"])),
        _line("peak memory, course / ours", made["memory_ratio"], targets["memory_ratio"], at_least=True),
        f"    course {made['course_mib']:.1f} MiB, ours {made['ours_mib']:.1f} MiB",
        _line("seeds together, course / all", first["course_ratio"], targets["course_seeds_ratio"], at_least=True),
        _line("seeds together, train / all", first["train_ratio"], targets["train_seeds_ratio"], at_least=True),
        *(_line(f"seeds together, {row['cell']}", row["train_ratio"], targets["gated_seeds_ratio"], at_least=True)
          for row in found["together"] if {key: row[key] for key in GATED[0]} in GATED),
        *(f"    {row['cell']:5} hidden {row['hidden']:2} batch {row['batch']:2}, {row['seeds']:4} seeds: "
          f"{row['together_ms']:7.2f} ms, train {row['train_ms']:5.2f} ms, "
          f"{row['train_ratio']:5.1f} times; "
          f"{row['billions']:5.1f} of {row['possible']:.0f} billion operations a second, {row['mib']:.0f} MiB"
          for row in found["together"]),
        "packed against masked, forward + backward (no target):",
        *(f"    {row['cell']:5} hidden {row['hidden']:2} batch {row['batch']:2}: packed {row['packed_us']:6.0f} us, "
          f"masked {row['masked_us']:6.0f} us, packed / masked {row['ratio']:.2f}" for row in found["packing"]),
    ]
    return "\n".join(lines)


def _line(what: str, value: float | None, target: float, at_least: bool) -> str:
    met = value is not None and (value >= target if at_least else value <= target)
    bound = f"{'>=' if at_least else '<='} {target:g}"
    return f"{what:32} {_show(value):>7}  target {bound:7} {'met' if met else 'NOT MET'}"


def _a_success(side: dict[str, Any]) -> str:
    bound = "at least " if side["is_bound"] else ""
    return f"{bound}{side['seconds_a_success']:.2f} ({side['solved']} of {side['seeds']} seeds succeed)"


def _show(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
