"""The grid: every combination of settings, many seeds each, on all cores of a machine or on many machines.

Chapter: *The experiment*. A series is a function that returns its conditions by
name. ``parity experiment NAME`` trains each of them, ten seeds a job, and writes
``book/results/NAME.json`` in the form of :mod:`parity_lib.experiment`. What a
job found is kept beside that file until all are done, so that a run that was
stopped goes on where it was.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import torch
from tqdm.auto import tqdm

from parity_lib import ensemble, experiment
from parity_lib.data import Batch, Curriculum, ParityTask, running_parity
from parity_lib.ensemble import train_together
from parity_lib.errors import require_choice
from parity_lib.experiment import _shorts
from parity_lib.models import CELLS, ParityRNN
from parity_lib.training import _wants_progress, evaluate

LONGEST = 50
BUCKET = 5
SEEDS_A_JOB = 10
CONNECT_SECONDS = 20


# ---------------------------------------------------------------- one condition


class CarriedTask(ParityTask):
    """Padding after the string, and the question at the last column: the answer must be carried through the padding.

    >>> CarriedTask((1, 3), "end").batch(2, np.random.default_rng(0)).mask
    tensor([[False, False,  True],
            [False, False,  True]])
    """

    def stretched(self, factor: float) -> CarriedTask:
        """The same task on strings ``factor`` times as long."""
        longer = super().stretched(factor)
        return CarriedTask(longer.lengths, longer.label)

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Rows of :meth:`~parity_lib.data.ParityTask.draw` as a Batch with one label a row, in the last column."""
        batch = super().assemble(bits, parity, lengths)
        targets, mask = torch.zeros_like(batch.targets), torch.zeros_like(batch.mask)
        targets[:, -1] = batch.targets[torch.arange(len(lengths)), torch.from_numpy(lengths) - 1]
        mask[:, -1] = True
        return Batch(batch.inputs, targets, mask, torch.full_like(batch.run_lengths, bits.shape[1]))


@dataclass(frozen=True)
class Condition:
    """One choice of everything that may matter; trained from seeds 0, 1, 2, ...

    ``lengths``, ``label`` and ``padding`` are those of a
    :class:`~parity_lib.data.ParityTask`, and ``padding="carried"`` makes a
    :class:`CarriedTask`. ``forget_bias`` is an LSTM's at the start. The rest goes
    to :class:`~parity_lib.models.ParityRNN` and
    :func:`~parity_lib.ensemble.train_together`. A network has solved it when it is
    right on 5000 strings of its own kind, ``stretch`` times as long.
    """

    cell: str = "lstm"
    lengths: int | tuple[int, int] | Curriculum = (1, LONGEST)
    label: str = "end"
    padding: str = "after"
    hidden_size: int = 8
    num_layers: int = 1
    forget_bias: float | None = None
    batch_size: int = 64
    optimizer: str = "adam"
    lr: float = 0.01
    momentum: float = 0.0
    clip: float | None = 1.0
    pool: int | None = None
    stretch: float = 1.0
    max_steps: int = 4000

    def task(self) -> ParityTask:
        """What is learned."""
        if self.padding == "carried":
            return CarriedTask(self.lengths, self.label)
        return ParityTask(self.lengths, self.label, self.padding)

    def models(self, seeds: range) -> list[ParityRNN]:
        """A fresh network for each seed."""
        models = [ParityRNN(self.hidden_size, self.cell, self.num_layers, seed=seed) for seed in seeds]
        if self.forget_bias is not None:
            for model in models:
                _set_forget_bias(model, self.forget_bias)
        return models


@torch.no_grad()
def _set_forget_bias(model: ParityRNN, bias: float) -> None:
    forget = slice(model.hidden_size, 2 * model.hidden_size)  # the gates' order is input, forget, cell, output
    model.rnn.bias_ih_l0[forget] = bias
    model.rnn.bias_hh_l0[forget] = 0


@dataclass(frozen=True)
class Tests:
    """How trained networks are examined: strings of 1 to 50 bits and, where the task was solved, far longer ones."""

    __test__ = False  # no test of pytest's

    strings: int = 2000
    far: int = 10_000
    far_strings: int = 20


def train_and_test(condition: Condition, seeds: range, tests: Tests) -> list[dict[str, Any]]:
    """Train a condition from some seeds and examine each network: a row a seed.

    ``steps`` (None: not solved), ``bit_accuracy`` and ``sequence_accuracy`` of
    the last validation; ``by_length``, the share of strings right for 1..5,
    6..10, ... 50 bits; ``far``, the share of right bits in strings of ``tests.far`` bits
    with a label at every step (None: not solved).
    """
    torch.set_num_threads(1)
    models = condition.models(seeds)
    passed_on = ("batch_size", "optimizer", "lr", "momentum", "clip", "pool", "stretch", "max_steps")
    histories = train_together(models, condition.task(), seeds=seeds, progress=False,
                               **{name: getattr(condition, name) for name in passed_on})
    return [{"steps": history.solved_at,
             "bit_accuracy": history.validation[-1]["bit_accuracy"],
             "sequence_accuracy": history.validation[-1]["sequence_accuracy"],
             "by_length": _by_length(model, condition, tests),
             "far": _far(model, tests) if history.solved else None}
            for model, history in zip(models, histories, strict=True)]


def _by_length(model: ParityRNN, condition: Condition, tests: Tests) -> dict[str, list]:
    task = replace(condition, lengths=(1, LONGEST)).task()
    buckets = evaluate(model, task, count=tests.strings, seed=1, bucket=BUCKET)["by_length"]
    return {"from": [bucket["from"] for bucket in buckets],
            "right": [bucket["sequence_accuracy"] for bucket in buckets]}


def _far(model: ParityRNN, tests: Tests) -> float:
    return evaluate(model, ParityTask(tests.far), count=tests.far_strings, seed=2)["bit_accuracy"]


def _gathered(condition: Condition, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What a condition's seeds found, as the file has it."""
    steps = [row["steps"] for row in rows]
    solved = [step for step in steps if step is not None]
    low, median, high = np.quantile(solved, [0.25, 0.5, 0.75]).tolist() if solved else (None, None, None)
    right = np.array([row["by_length"]["right"] for row in rows])
    return {
        "settings": {key: value for key, value in asdict(condition).items() if value != getattr(Condition, key)},
        "seeds": len(rows), "solved": len(solved), "steps": steps,
        "median_steps": median, "quartiles": [low, high],
        "bit_accuracy": _shorts([row["bit_accuracy"] for row in rows]),
        "sequence_accuracy": _shorts([row["sequence_accuracy"] for row in rows]),
        "by_length": {"from": rows[0]["by_length"]["from"], "mean": _shorts(right.mean(0)),
                      "least": _shorts(right.min(0))},
        "far": _shorts([row["far"] for row in rows if row["far"] is not None]),
        "far_exact": sum(row["far"] == 1 for row in rows),
    }


# ---------------------------------------------------------------- the series

Conditions = dict[str, Condition]


def two_by_two(cells: tuple[str, ...] = CELLS, max_steps: int = 8000) -> Conditions:
    """OpenAI's question in full: a label at every step or at the end x 50 bits or 1 to 50, for each cell."""
    return {f"{label}, {_words(lengths)}, {cell}": Condition(cell, lengths, label, max_steps=max_steps)
            for label in ("every_step", "end") for lengths in (LONGEST, (1, LONGEST)) for cell in cells}


def sizes(cells: tuple[str, ...] = CELLS, hidden: tuple[int, ...] = (1, 2, 3, 4, 8, 16, 32),
          max_steps: int = 2000) -> Conditions:
    """How many units and layers does it take, with a label at every step and 50 bits?"""
    return {f"{cell} {size} x {layers}": Condition(cell, LONGEST, "every_step", hidden_size=size, num_layers=layers,
                                                   batch_size=32, max_steps=max_steps)
            for cell in cells for layers in (1, 2) for size in hidden}


def fixed_lengths(lengths: tuple[int, ...] = (2, 3, 4, 5, 6, 8, 10, 20), max_steps: int = 10_000) -> Conditions:
    """Up to which fixed length does an LSTM learn from a label at the end?"""
    return {str(length): Condition(lengths=length, max_steps=max_steps) for length in lengths}


def lengths_present(max_steps: int = 4000) -> Conditions:
    """Which lengths must be among the strings, with a label at the end?"""
    ranges = ((1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (1, 50), (2, 50), (3, 50), (5, 50), (10, 50), (25, 50))
    return {_words(lengths): Condition(lengths=lengths, max_steps=max_steps) for lengths in ranges}


def padding_side(max_steps: int = 4000) -> Conditions:
    """Zeros before the string, after it, or after it and the question behind them."""
    return {padding: Condition(padding=padding, max_steps=max_steps) for padding in ("after", "before", "carried")}


def optimizers_at_the_end(max_steps: int = 4000) -> Conditions:
    """Adam against plain gradient descent, with a label at the end and lengths from 1 to 50."""
    choices = {"adam 0.01": {}, "adam 0.001": {"lr": 0.001}, "sgd 1": {"optimizer": "sgd", "lr": 1.0},
               "sgd 0.1": {"optimizer": "sgd", "lr": 0.1},
               "sgd 0.1, momentum 0.9": {"optimizer": "sgd", "lr": 0.1, "momentum": 0.9}}
    return {name: Condition(max_steps=max_steps, **choice) for name, choice in choices.items()}


def forget_biases(biases: tuple[int, ...] = (0, 1, 2, 3, 5), max_steps: int = 4000) -> Conditions:
    """Does a forget gate that starts open help, where strings are fixed and where they vary?"""
    return {f"{_words(lengths)}, bias {bias}": Condition(lengths=lengths, forget_bias=bias, max_steps=max_steps)
            for lengths in ((1, LONGEST), LONGEST, 5) for bias in biases}


def pools(max_steps: int = 4000) -> Conditions:
    """Fresh strings against a fixed pool of them."""
    return {"fresh" if pool is None else f"{pool} strings": Condition(pool=pool, max_steps=max_steps)
            for pool in (None, 100_000, 10_000, 1000)}


def curriculum(cells: tuple[str, ...] = CELLS, max_steps: int = 8000) -> Conditions:
    """Longest lengths that grow from 2 to 50 with success, against 1 to 50 from the start."""
    ways = {"grows": Curriculum(2, LONGEST), "from the start": (1, LONGEST)}
    return {f"{cell}, {way}": Condition(cell, lengths, max_steps=max_steps)
            for cell in cells for way, lengths in ways.items()}


class ScoredTask(ParityTask):
    """Zeros after the string are part of it: labels go on behind its end, and all of them count."""

    def stretched(self, factor: float) -> ScoredTask:
        """The same task on strings ``factor`` times as long."""
        longer = super().stretched(factor)
        return ScoredTask(longer.lengths, longer.label)

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Rows of :meth:`~parity_lib.data.ParityTask.draw` as a Batch with a label in every column."""
        bits = bits * (np.arange(bits.shape[1]) < lengths[:, None])
        whole = np.full(len(bits), bits.shape[1])
        return ParityTask(bits.shape[1]).assemble(bits, running_parity(bits), whole)


class ScoredCondition(Condition):
    """A condition of a :class:`ScoredTask`."""

    def task(self) -> ParityTask:
        """What is learned."""
        return ScoredTask(self.lengths, self.label)


def published(pool: int = 100_000, shorten: int = 1) -> Conditions:
    """What others have reported on OpenAI's question, run as they describe it (see PUBLISHED), five seeds each."""
    fifty, up_to_fifty = {"lengths": LONGEST, "label": "every_step"}, {"lengths": (1, LONGEST), "label": "every_step"}
    keras = {"label": "end", "lr": 0.001, "batch_size": 32, "clip": None, "pool": pool, "max_steps": 20 * pool // 32}
    sgd = {"optimizer": "sgd", "lr": 1.0, "batch_size": 8, "clip": None, "pool": pool, "max_steps": pool // 8}
    adam = {"batch_size": 8, "clip": None, "pool": pool, "max_steps": pool // 8}
    described = {
        "hedgehoglabs, fixed": Condition(**fifty, **sgd, momentum=0.99, hidden_size=2),
        "hedgehoglabs, varying": ScoredCondition(**up_to_fifty | {"lengths": (1, LONGEST - 1)}, **sgd, momentum=0.9,
                                                 hidden_size=2),
        "andrewsagio, two units": Condition(**fifty, **adam, hidden_size=2),
        "andrewsagio, three layers": Condition(**fifty, **adam, num_layers=3),
        "blog of 2020": Condition(**up_to_fifty, **adam | {"pool": None}, hidden_size=2),
        "vitez": Condition(**fifty, **adam | {"lr": 0.001, "batch_size": 128, "max_steps": 10 * pool // 128},
                           hidden_size=1),
        "enerrio, fixed": Condition(**keras, lengths=LONGEST, hidden_size=32),
        "enerrio, padding before": Condition(**keras, padding="before", hidden_size=32),
        "enerrio, padding after": Condition(**keras, padding="carried", hidden_size=32),
        "Ariel-Perez, fixed": Condition(**keras, lengths=LONGEST, hidden_size=10),
        "Ariel-Perez, varying": Condition(**keras, padding="before", hidden_size=10),
        "Flux model zoo": Condition(**keras | {"batch_size": 1, "pool": pool // 50, "max_steps": 20 * pool // 50},
                                    lengths=(1, 10), hidden_size=20),
    }
    return {name: replace(one, max_steps=max(5, one.max_steps // shorten)) for name, one in described.items()}


@dataclass(frozen=True)
class Statement:
    """What somebody reported, in our words: whether they say that it ``works``, and what they leave open."""

    who: str
    said: str
    works: bool
    unsaid: str = ""


PUBLISHED: dict[str, Statement] = {
    "hedgehoglabs, fixed": Statement(
        "hedgehoglabs, 2018", "LSTM of 2 units, a label at every step, 50 bits: converges after 16,000 examples", True),
    "hedgehoglabs, varying": Statement(
        "hedgehoglabs, 2018", "the same, lengths 1 to 49 and padding scored: converges after 4,000 examples", True,
        "the labels on padding; here the parity stands"),
    "andrewsagio, two units": Statement(
        "andrewsagio", "LSTM of 2 units, a label at every step, 50 bits: not converged", False,
        "Adam's rate; here 0.01"),
    "andrewsagio, three layers": Statement(
        "andrewsagio", "LSTM of three layers, a label at every step, 50 bits, Adam: not converged", False,
        "units and rate; here 8 and 0.01"),
    "blog of 2020": Statement(
        "Learning the XOR function with an LSTM, 2020",
        "LSTM of 2 units, a label at every step, lengths up to 50, Adam: all right after 1,500 steps", True),
    "vitez": Statement(
        "vitez.me, 2020", "LSTM of one unit, a label at every step, 50 bits, 10 epochs: works", True),
    "enerrio, fixed": Statement(
        "enerrio", "LSTM of 32 units, a label at the end, 50 bits, 20 epochs: a coin", False),
    "enerrio, padding before": Statement(
        "enerrio", "the same, varying lengths with zeros before the string: all right", True),
    "enerrio, padding after": Statement(
        "enerrio", "the same, varying lengths with zeros after the string: a coin", False),
    "Ariel-Perez, fixed": Statement(
        "Ariel-Perez", "LSTM of 10 units, a label at the end, 50 bits, 20 epochs: no better than a coin", False,
        "the size of a batch; here 32"),
    "Ariel-Perez, varying": Statement(
        "Ariel-Perez", "the same, varying lengths: most strings right", True,
        "the size of a batch and the side of the padding; here 32, and before"),
    "Flux model zoo": Statement(
        "FluxML model zoo", "LSTM of 20 units, a label at the end, 2,000 strings of 1 to 10 bits, 20 epochs: right on "
        "longer strings too", True, "the size of a batch; here 1"),
}


def _words(lengths: int | tuple[int, int]) -> str:
    return str(lengths) if isinstance(lengths, int) else f"{lengths[0]}..{lengths[1]}"


SERIES: dict[str, Callable[..., Conditions]] = {
    function.__name__: function
    for function in (two_by_two, sizes, fixed_lengths, lengths_present, padding_side, optimizers_at_the_end,
                     forget_biases, pools, curriculum, published)
}
SEEDS = dict.fromkeys(SERIES, 20) | {"two_by_two": 50, "published": 5}
# What `--quick` changes. In the 2 x 2 a few nets really learn, so that their rates can be held against the book's.
QUICK_TESTS = Tests(strings=50, far=200, far_strings=2)
QUICK: dict[str, dict[str, Any]] = {name: {"max_steps": 5} for name in SERIES} | {
    "two_by_two": {"cells": ("lstm",), "max_steps": 1500},
    "sizes": {"cells": ("tanh", "lstm"), "hidden": (1, 8), "max_steps": 5},
    "curriculum": {"cells": ("gru",), "max_steps": 5},
    "published": {"pool": 200, "shorten": 10_000},
}
QUICK_SEEDS = dict.fromkeys(SERIES, 2) | {"two_by_two": 3}


# ---------------------------------------------------------------- running


@dataclass(frozen=True)
class Job:
    """Some seeds of one condition."""

    name: str
    condition: Condition
    seeds: range


def run(name: str, folder: Path, quick: bool = False, scheduler: str | None = None, jobs: int = -1) -> Path:
    """Train a series, write ``folder/NAME.json`` and return its path.

    Uses ``jobs`` processes (-1: one a core), or the workers of the Dask
    scheduler at an address such as ``tcp://host:8786``, which need this
    package. The block ``results`` is the same either way.
    """
    require_choice("name", name, tuple(SERIES))
    settings = QUICK[name] if quick else {}
    seeds, tests = (QUICK_SEEDS[name], QUICK_TESTS) if quick else (SEEDS[name], Tests())
    conditions = SERIES[name](**settings)
    todo = [Job(key, condition, range(start, min(start + SEEDS_A_JOB, seeds)))
            for key, condition in conditions.items() for start in range(0, seeds, SEEDS_A_JOB)]
    began = time.perf_counter()
    parts = _Parts(folder / "unfinished" / name, name, tests)
    found = _all_jobs(todo, parts, tests, scheduler, jobs)
    rows = {key: [row for job in todo if job.name == key for row in found[job]] for key in conditions}
    path = experiment.write(folder / f"{name}.json", {
        "results": {"defaults": asdict(Condition()),
                    "conditions": {key: _gathered(condition, rows[key]) for key, condition in conditions.items()}},
        "provenance": experiment.provenance(settings | {"seeds": seeds, "tests": asdict(tests)}, source_hash(name),
                                            time.perf_counter() - began),
    })
    parts.remove()
    return path


def _all_jobs(todo: list[Job], parts: _Parts, tests: Tests, scheduler: str | None, jobs: int) -> dict[Job, list]:
    """What every job found: read where it is kept, trained where it is not."""
    found = {job: rows for job in todo if (rows := parts.read(job)) is not None}
    missing = [job for job in todo if job not in found]
    bar = tqdm(total=len(todo), initial=len(found), desc=parts.folder.name, unit="job", smoothing=0,
               disable=not _wants_progress(None))
    with bar, _workers(scheduler, jobs) as parallel:
        for number, rows in parallel(joblib.delayed(_work)(number, job, tests) for number, job in enumerate(missing)):
            parts.write(missing[number], rows)
            found[missing[number]] = rows
            bar.update()
    return found


def _work(number: int, job: Job, tests: Tests) -> tuple[int, list[dict[str, Any]]]:
    return number, train_and_test(job.condition, job.seeds, tests)


@contextlib.contextmanager
def _workers(scheduler: str | None, jobs: int) -> Iterator[joblib.Parallel]:
    """joblib on this machine's cores, or on a Dask cluster."""
    if scheduler is None:
        yield joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
        return
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("a scheduler needs Dask: pip install -e '.[cluster]'") from None
    with Client(scheduler, timeout=CONNECT_SECONDS), joblib.parallel_config(backend="dask"):
        yield joblib.Parallel(return_as="generator_unordered", batch_size=1)


class _Parts:
    """What finished jobs found, a file each, until the series is complete.

    A file is found again by a hash of its job and of the sources, and carries a
    hash of its content: one that was damaged, or is of other sources, is not used.
    """

    def __init__(self, folder: Path, name: str, tests: Tests) -> None:
        self.folder, self.sources, self.tests = folder, source_hash(name), tests

    def _path(self, job: Job) -> Path:
        job_of = [asdict(job.condition), [job.seeds.start, job.seeds.stop], asdict(self.tests), self.sources]
        return self.folder / f"{_hash(job_of)}.json"

    def read(self, job: Job) -> list[dict[str, Any]] | None:
        """The rows of a finished job, or None."""
        try:
            content = json.loads(self._path(job).read_text(encoding="utf-8"))
            whole = content["hash"] == _hash(content["rows"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return content["rows"] if whole else None

    def write(self, job: Job, rows: list[dict[str, Any]]) -> None:
        experiment.write(self._path(job), {"hash": _hash(rows), "rows": rows})

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=repr).encode()).hexdigest()[:20]


# ---------------------------------------------------------------- which code made a result

_THIS_SOURCE = Path(__file__).read_text(encoding="utf-8")
_ENSEMBLE_SOURCE = Path(ensemble.__file__).read_text(encoding="utf-8")


def source_hash(name: str) -> str:
    """A hash of the code behind a series, as :func:`parity_lib.experiment.source_hash`; the ensemble is part of it."""
    behind = [definition for part in (name, "train_and_test", "_gathered")
              for definition in experiment._definitions_behind(part, _THIS_SOURCE)]
    return experiment._digest([*behind, experiment._shape(ast.parse(_ENSEMBLE_SOURCE))])


def state(name: str, folder: Path | None = None) -> str:
    """``"current"``, ``"missing"``, or ``"of other sources"``: what NAME.json is to the code as it stands."""
    return experiment.state(name, folder, source_hash)
