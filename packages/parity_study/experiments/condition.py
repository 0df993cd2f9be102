"""Training conditions and the evaluation of trained networks.

Chapter: *The experiment*. A condition consists of the task, the network and the settings of a training run.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch

from parity_lib.data import Batch, Curriculum, ParityTask, running_parity
from parity_lib.models import ParityRNN
from parity_lib.training import evaluate
from parity_study.ensemble import train_together
from parity_study.experiments.summaries import rounded, summarise_updates
from parity_study.experiments.trained_networks import set_forget_bias
from parity_study.full_batch import train_on_all_strings

Settings = dict[str, Any]
LONGEST = 50
BUCKET = 5
SEEDS_PER_JOB = 10  # the number of seeds that are trained in one batched computation
EVALUATION = {"strings": 2000, "far": 10_000, "far_strings": 20}  # numbers and length of the strings for evaluation


class CarriedTask(ParityTask):
    """A task whose only label comes after the padding.

    A network has to carry its answer through the padding to the last time step.

    >>> CarriedTask((1, 3), "end").batch(2, np.random.default_rng(0)).mask
    tensor([[False, False,  True],
            [False, False,  True]])
    """

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Convert strings to a batch whose only labels are at the last time step."""
        batch = super().assemble(bits, parity, lengths)
        targets, mask = torch.zeros_like(batch.targets), torch.zeros_like(batch.mask)
        targets[:, -1] = batch.targets[torch.arange(len(lengths)), torch.from_numpy(lengths) - 1]
        mask[:, -1] = True
        return Batch(batch.inputs, targets, mask, torch.full_like(batch.run_lengths, bits.shape[1]))


class ScoredTask(ParityTask):
    """A task with a label at every time step, including the padding after a string."""

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Convert strings to a batch with a label at every time step."""
        bits = bits * (np.arange(bits.shape[1]) < lengths[:, None])
        steps = bits.shape[1]
        return ParityTask(steps).assemble(bits, running_parity(bits), np.full(len(bits), steps))


@dataclass(frozen=True)
class ShortenedTask(ParityTask):
    """A task in which some of the training strings are shortened to one bit.

    The validation strings are not shortened.

    >>> ShortenedTask(4, "end", one_bit_share=0.5).draw(6, np.random.default_rng(0))[2]
    array([4, 4, 4, 4, 4, 1])
    """

    one_bit_share: float = 0.0

    def stretched(self, factor: float) -> ParityTask:
        """Return a validation task with longer strings, none of which is shortened to one bit."""
        return ParityTask(self.lengths, self.label, self.padding).stretched(factor)

    def draw(self, count: int, rng: np.random.Generator, longest: int | None = None):
        """Draw random strings and shorten some of them to one bit."""
        bits, parity, lengths = super().draw(count, rng, longest)
        return bits, parity, np.where(rng.random(count) < self.one_bit_share, 1, lengths)

    def assemble(self, bits: np.ndarray, parity: np.ndarray, lengths: np.ndarray) -> Batch:
        """Convert strings to a padded batch with a mask."""
        return ParityTask((1, self.longest), self.label, self.padding).assemble(bits, parity, lengths)


TASKS_BY_PADDING = {"carried": CarriedTask, "scored": ScoredTask}


class BaseCondition:
    """The base class of all training conditions."""

    cell: str
    hidden_size: int
    forget_bias: float | None
    num_layers, double, weight_scale = 1, False, 1.0    # for conditions without these fields

    def models(self, seeds: range) -> list[ParityRNN]:
        """Create an untrained network for each seed."""
        models = [ParityRNN(self.hidden_size, self.cell, self.num_layers, seed=seed) for seed in seeds]
        for model in models:
            with torch.no_grad():
                for weights in model.parameters():
                    weights.mul_(self.weight_scale)
            if self.forget_bias is not None:
                set_forget_bias(model, self.forget_bias)
            if self.double:
                model.double()
        return models

    def changes(self: Any) -> dict[str, Any]:
        """Return the settings that differ from the defaults."""
        return {key: value for key, value in asdict(self).items() if value != getattr(type(self), key)}


@dataclass(frozen=True)
class Condition(BaseCondition):
    """A training condition that specifies every setting except the seed.

    ``lengths``, ``label`` and ``padding`` are those of a :class:`~parity_lib.data.ParityTask`; ``padding="carried"``
    makes a :class:`CarriedTask`, ``padding="scored"`` a :class:`ScoredTask`, and a ``one_bit_share`` above 0 a
    :class:`ShortenedTask`. ``weight_scale`` multiplies all weights and biases as PyTorch draws them. ``forget_bias`` is
    the initial bias of an LSTM's forget gates; None leaves it as PyTorch draws it. The other fields are passed to
    :class:`~parity_lib.models.ParityRNN` and :func:`~parity_study.ensemble.train_together`. A network has solved the
    task if it is correct at every labelled position of 5000 fresh strings of the same kind, ``stretch`` times as
    long.
    """

    cell: str = "lstm"
    lengths: int | tuple[int, int] | Curriculum = (1, LONGEST)
    label: str = "end"
    padding: str = "after"
    hidden_size: int = 8
    num_layers: int = 1
    weight_scale: float = 1.0
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

    seeds_per_job = SEEDS_PER_JOB

    def task(self) -> ParityTask:
        """Return the task on which the networks are trained."""
        if self.one_bit_share:
            return ShortenedTask(self.lengths, self.label, self.padding, self.one_bit_share)
        if self.padding in TASKS_BY_PADDING:
            return TASKS_BY_PADDING[self.padding](self.lengths, self.label)
        return ParityTask(self.lengths, self.label, self.padding)

    def train(self, seeds: range) -> list[dict[str, Any]]:
        """Train and evaluate a network for each seed.

        Returns a dict for each seed, which contains ``steps``, the update at which the task was solved, or None;
        ``bit_accuracy`` and ``sequence_accuracy`` at the last validation; ``by_length``, the fraction of strings of
        1..5, 6..10, ..., 46..50 bits answered correctly; and ``far``, the accuracy per bit on strings of 10,000 bits
        with a label at every time step, or None if the task was not solved.
        """
        torch.set_num_threads(1)
        models = self.models(seeds)
        passed_on = ("batch_size", "optimizer", "lr", "momentum", "clip", "pool", "stretch", "max_steps")
        histories = train_together(models, self.task(), seeds=seeds, progress=False,
                                   **{name: getattr(self, name) for name in passed_on})
        return [{"steps": history.solved_at,
                 "bit_accuracy": history.validation[-1]["bit_accuracy"],
                 "sequence_accuracy": history.validation[-1]["sequence_accuracy"],
                 "by_length": self.accuracy_by_length(model),
                 "far": evaluate(model, ParityTask(EVALUATION["far"]), count=EVALUATION["far_strings"],
                                 seed=2)["bit_accuracy"] if history.solved else None}
                for model, history in zip(models, histories, strict=True)]

    def accuracy_by_length(self, model: ParityRNN) -> dict[str, list]:
        """Return the fraction of correctly answered strings for lengths of 1..5, 6..10, ..., 46..50 bits."""
        task = replace(self, lengths=(1, LONGEST), one_bit_share=0.0).task()
        buckets = evaluate(model, task, count=EVALUATION["strings"], seed=1, bucket=BUCKET)["by_length"]
        return {"from": [bucket["from"] for bucket in buckets],
                "right": [bucket["sequence_accuracy"] for bucket in buckets]}

    def summarise(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Create a summary for the result file from the rows returned by :meth:`train`."""
        updates = [row["steps"] for row in rows]
        correct = np.array([row["by_length"]["right"] for row in rows])
        return {
            "settings": self.changes(), **summarise_updates(updates),
            "bit_accuracy": rounded([row["bit_accuracy"] for row in rows]),
            "sequence_accuracy": rounded([row["sequence_accuracy"] for row in rows]),
            "by_length": {"from": rows[0]["by_length"]["from"], "mean": rounded(correct.mean(0)),
                          "least": rounded(correct.min(0))},
            "far": rounded([row["far"] for row in rows if row["far"] is not None]),
            "far_exact": sum(row["far"] == 1 for row in rows),
        }


@dataclass(frozen=True)
class Enumerated(BaseCondition):
    """A training condition that covers all strings of a given length.

    The 2^``bits`` strings of ``bits`` bits have a label at the end. Each update uses ``batch_size`` strings that are
    drawn at random, or all strings if it is None. ``weight_scale`` multiplies all weights and biases as PyTorch draws
    them, before the bias of the forget gates is set. ``double`` selects float64. The other fields are passed to
    :class:`~parity_lib.models.ParityRNN` and :func:`~parity_study.full_batch.train_on_all_strings`. A network has
    solved the task if it is correct on all 2^``bits`` strings.
    """

    cell: str = "lstm"
    bits: int = 5
    batch_size: int | None = None
    replace: bool = True
    balanced: bool = False
    noise: str = "all"
    hidden_size: int = 8
    weight_scale: float = 1.0
    forget_bias: float | None = None
    optimizer: str = "adam"
    lr: float = 0.01
    momentum: float = 0.0
    beta2: float = 0.999
    eps: float = 1e-8
    exact_scale: bool = False
    clip: float | None = 1.0
    reset_after: int | None = None
    double: bool = False
    max_steps: int = 8000

    @property
    def seeds_per_job(self) -> int:
        """The number of networks, one per seed, that are trained in one batched computation."""
        return 50 if self.bits <= 5 else 25 if self.bits == 6 else 10

    def train(self, seeds: range, models: list[ParityRNN] | None = None, **options: Any) -> list[dict[str, Any]]:
        """Train a network from each seed and return the results.

        ``models`` are the networks, which are new by default. Returns a dict for each seed, which contains ``steps``,
        the update at which the task was solved, or None, and the final ``sequence_accuracy`` on all strings.
        ``options`` are passed to :func:`~parity_study.full_batch.train_on_all_strings`.
        """
        passed_on = ("batch_size", "replace", "balanced", "noise", "optimizer", "lr", "momentum", "beta2", "eps",
                     "exact_scale", "clip", "reset_after", "max_steps")
        histories = train_on_all_strings(models or self.models(seeds), self.bits, seeds=seeds, **options,
                                         **{name: getattr(self, name) for name in passed_on})
        return [{"steps": history.solved_at, "sequence_accuracy": history.validation[-1]["sequence_accuracy"]}
                for history in histories]

    def summarise(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Create a summary for the result file from the rows returned by :meth:`train`."""
        return {"settings": self.changes(), **summarise_updates([row["steps"] for row in rows]),
                "sequence_accuracy": rounded([row["sequence_accuracy"] for row in rows])}


def format_lengths(lengths: int | tuple[int, int]) -> str:
    """Format string lengths for the names of conditions, such as ``"50"`` or ``"1..50"``."""
    return str(lengths) if isinstance(lengths, int) else f"{lengths[0]}..{lengths[1]}"
