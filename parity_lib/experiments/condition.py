"""One condition of a series: what is learned, by which net and how, from many seeds; and how the nets are examined.

Chapter: *The experiment*.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch

from parity_lib.data import Batch, Curriculum, ParityTask, running_parity
from parity_lib.ensemble import train_together
from parity_lib.experiments.nets import set_forget_bias
from parity_lib.experiments.summaries import shorts
from parity_lib.models import ParityRNN
from parity_lib.training import evaluate

LONGEST = 50
BUCKET = 5
SEEDS_A_JOB = 10  # these are trained in one batched computation; a recheck derives so many seeds


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


OTHER_TASKS = {"carried": CarriedTask, "scored": ScoredTask}


@dataclass(frozen=True)
class SprinkledTask(ParityTask):
    """A share of the strings is cut to one bit; those of the test are not.

    >>> SprinkledTask(4, "end", one_bit_share=0.5).draw(6, np.random.default_rng(0))[2]
    array([4, 4, 4, 4, 4, 1])
    """

    one_bit_share: float = 0.0

    def stretched(self, factor: float) -> ParityTask:
        """The task without the short strings, on strings ``factor`` times as long."""
        return ParityTask(self.lengths, self.label, self.padding).stretched(factor)

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Fresh strings, as :meth:`~parity_lib.data.ParityTask.draw` gives them, some with length 1."""
        bits, parity, lengths = super().draw(count, rng, longest)
        return bits, parity, np.where(rng.random(count) < self.one_bit_share, 1, lengths)

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Rows of :meth:`draw` as a Batch."""
        return ParityTask((1, self.longest), self.label, self.padding).assemble(bits, parity, lengths)


@dataclass(frozen=True)
class Condition:
    """One choice of everything that may matter; trained from seeds 0, 1, 2, ...

    ``lengths``, ``label`` and ``padding`` are those of a
    :class:`~parity_lib.data.ParityTask`; ``padding="carried"`` makes a
    :class:`CarriedTask` and ``"scored"`` a :class:`ScoredTask`. ``forget_bias`` is
    an LSTM's at the start. The rest goes to :class:`~parity_lib.models.ParityRNN`
    and :func:`~parity_lib.ensemble.train_together`. Solved means what it means
    there: right at every labelled position of 5000 fresh strings of the
    condition's own kind, ``stretch`` times as long. ``one_bit_share`` makes a
    :class:`SprinkledTask`.
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
    one_bit_share: float = 0.0
    max_steps: int = 4000

    @property
    def seeds_a_job(self) -> int:
        """How many seeds are trained in one batched computation."""
        return SEEDS_A_JOB

    def task(self) -> ParityTask:
        """What is learned."""
        if self.one_bit_share:
            return SprinkledTask(self.lengths, self.label, self.padding, self.one_bit_share)
        if self.padding in OTHER_TASKS:
            return OTHER_TASKS[self.padding](self.lengths, self.label)
        return ParityTask(self.lengths, self.label, self.padding)

    def models(self, seeds: range) -> list[ParityRNN]:
        """A fresh network for each seed."""
        models = [ParityRNN(self.hidden_size, self.cell, self.num_layers, seed=seed) for seed in seeds]
        if self.forget_bias is not None:
            for model in models:
                set_forget_bias(model, self.forget_bias)
        return models

    def rows(self, seeds: range, examination: Examination) -> list[dict[str, Any]]:
        """See :func:`train_and_test`."""
        return train_and_test(self, seeds, examination)

    def gathered(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """See :func:`gathered`."""
        return gathered(self, rows)

    def changed(self) -> dict[str, Any]:
        """What differs from the default condition."""
        return {key: value for key, value in asdict(self).items() if value != getattr(Condition, key)}


Conditions = dict[str, Condition]


@dataclass(frozen=True)
class Examination:
    """How trained networks are examined: strings of 1 to 50 bits and, where the task was solved, far longer ones."""

    strings: int = 2000
    far: int = 10_000
    far_strings: int = 20


QUICK_EXAMINATION = Examination(strings=50, far=200, far_strings=2)


def train_and_test(condition: Condition, seeds: range, examination: Examination) -> list[dict[str, Any]]:
    """Train a condition from some seeds and examine each network: a row a seed.

    ``steps`` (None: not solved), ``bit_accuracy`` and ``sequence_accuracy`` of
    the last validation; ``by_length``, the share of strings right for 1..5,
    6..10, ... 50 bits; ``far``, the share of right bits in strings of
    ``examination.far`` bits with a label at every step (None: not solved).
    """
    torch.set_num_threads(1)
    models = condition.models(seeds)
    passed_on = ("batch_size", "optimizer", "lr", "momentum", "clip", "pool", "stretch", "max_steps")
    histories = train_together(models, condition.task(), seeds=seeds, progress=False,
                               **{name: getattr(condition, name) for name in passed_on})
    return [{"steps": history.solved_at,
             "bit_accuracy": history.validation[-1]["bit_accuracy"],
             "sequence_accuracy": history.validation[-1]["sequence_accuracy"],
             "by_length": share_by_length(model, condition, examination),
             "far": far_accuracy(model, examination) if history.solved else None}
            for model, history in zip(models, histories, strict=True)]


def share_by_length(model: ParityRNN, condition: Condition, examination: Examination) -> dict[str, list]:
    """The share of strings right in each bucket of five lengths."""
    task = replace(condition, lengths=(1, LONGEST), one_bit_share=0.0).task()
    buckets = evaluate(model, task, count=examination.strings, seed=1, bucket=BUCKET)["by_length"]
    return {"from": [bucket["from"] for bucket in buckets],
            "right": [bucket["sequence_accuracy"] for bucket in buckets]}


def far_accuracy(model: ParityRNN, examination: Examination) -> float:
    """The share of right bits in far longer strings."""
    return evaluate(model, ParityTask(examination.far), count=examination.far_strings, seed=2)["bit_accuracy"]


def gathered(condition: Condition, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What a condition's seeds found, as the file has it."""
    steps = [row["steps"] for row in rows]
    solved = [step for step in steps if step is not None]
    low, median, high = np.quantile(solved, [0.25, 0.5, 0.75]).tolist() if solved else (None, None, None)
    right = np.array([row["by_length"]["right"] for row in rows])
    return {
        "settings": condition.changed(), "seeds": len(rows), "solved": len(solved), "steps": steps,
        "median_steps": median, "quartiles": [low, high],
        "bit_accuracy": shorts([row["bit_accuracy"] for row in rows]),
        "sequence_accuracy": shorts([row["sequence_accuracy"] for row in rows]),
        "by_length": {"from": rows[0]["by_length"]["from"], "mean": shorts(right.mean(0)),
                      "least": shorts(right.min(0))},
        "far": shorts([row["far"] for row in rows if row["far"] is not None]),
        "far_exact": sum(row["far"] == 1 for row in rows),
    }


def words(lengths: int | tuple[int, int]) -> str:
    """Lengths as names of conditions have them: 50 or 1..50."""
    return str(lengths) if isinstance(lengths, int) else f"{lengths[0]}..{lengths[1]}"
