"""Training conditions: what a network is trained on, and with which settings.

Chapter: *OpenAI's question*. A :class:`Condition` trains on strings that are drawn anew, and an :class:`Enumerated`
condition on the strings of one length, of which there are few enough to test all of them. Both train a network from
each of several seeds, and summarise the results for a result file. :mod:`~parity_study.experiments.series` lists the
conditions.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn.utils import parameters_to_vector

from parity_lib.data import Curriculum, ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import evaluate
from parity_study.all_strings import train_on_all_strings
from parity_study.ensemble import train_together
from parity_study.experiments.summaries import rounded, summarise_updates
from parity_study.experiments.tasks import CarriedTask, ScoredTask, ShortenedTask
from parity_study.trained_networks import set_forget_bias

Settings = dict[str, Any]
LONGEST = 50
BUCKET = 5
SEEDS_PER_JOB = 10  # the number of seeds that are trained in one batched computation
EVALUATION = {"strings": 2000, "far": 10_000, "far_strings": 20}  # numbers and length of the strings for evaluation


@dataclass(frozen=True, kw_only=True)
class BaseCondition:
    """The settings common to all conditions."""

    # The untrained networks
    cell: str = "lstm"
    hidden_size: int = 8
    weight_scale: float = 1.0           # multiplies weights and biases as PyTorch draws them
    scaled: str = ""                    # which ones: those whose names begin like this
    forget_bias: float | None = None    # the bias of an LSTM's forget gates; None: as PyTorch draws it
    num_layers = 1                      # for conditions without this field
    # The optimiser
    lr: float = 0.01
    clip: float | None = 1.0

    def models(self, seeds: range) -> list[ParityRNN]:
        """Create an untrained network for each seed."""
        models = [ParityRNN(self.hidden_size, self.cell, self.num_layers, seed=seed) for seed in seeds]
        for model in models:
            with torch.no_grad():
                for name, weights in model.named_parameters():
                    if name.startswith(self.scaled):
                        weights.mul_(self.weight_scale)
            if self.forget_bias is not None:
                set_forget_bias(model, self.forget_bias)
        return models

    def group(self) -> str:
        """Return a key that is the same for conditions whose networks can be trained in one batched computation."""
        return repr(self)

    def changes(self) -> Settings:
        """Return the settings that differ from the defaults."""
        return {key: value for key, value in asdict(self).items() if value != getattr(type(self), key)}


@dataclass(frozen=True, kw_only=True)
class Condition(BaseCondition):
    """A condition in which each batch has new random strings, or strings from a fixed pool.

    A network has solved the task if it is correct at every labelled position of 5000 new strings of the same kind.
    """

    # The strings and their labels, as in ParityTask
    lengths: int | tuple[int, int] | Curriculum = (1, LONGEST)
    label: str = "end"
    padding: str = "after"              # or "before", or "carried" or "scored" for the tasks of these names
    one_bit_share: float = 0.0          # the share of the training strings that are cut to one bit
    # The networks
    num_layers: int = 1
    # The training and the validation, as in train_together
    batch_size: int = 64
    optimizer: str = "adam"
    momentum: float = 0.0
    pool: int | None = None             # the number of strings in a fixed pool
    stretch: float = 1.0                # how much longer the validation strings are
    max_updates: int = 4000

    seeds_per_job = SEEDS_PER_JOB

    def task(self) -> ParityTask:
        """Return the task on which the networks are trained."""
        if self.one_bit_share:
            return ShortenedTask(self.lengths, self.label, self.padding, self.one_bit_share)
        if self.padding in ("carried", "scored"):
            return (CarriedTask if self.padding == "carried" else ScoredTask)(self.lengths, self.label)
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
        histories = train_together(
            models, self.task(), seeds=seeds, max_updates=self.max_updates, batch_size=self.batch_size, lr=self.lr,
            optimizer=self.optimizer, momentum=self.momentum, clip=self.clip, pool=self.pool, stretch=self.stretch,
            progress=False)
        if any(not history.solved and history.updates < self.max_updates for history in histories):
            raise KeyboardInterrupt     # train_together ends at Ctrl-C, but these are no results of the condition
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


@dataclass(frozen=True, kw_only=True)
class Enumerated(BaseCondition):
    """A condition that trains on all strings of one length, with a label at the end.

    A network has solved the task if it is correct on all 2^``bits`` strings.
    """

    bits: int = 5
    batch_size: int | None = None       # the number of random strings in an update; None: all strings, once each
    optimizer: str = "adam"             # or "sgd", or "sign" for the sign of a running mean of the gradients
    betas: tuple[float, float] = (0.9, 0.999)   # Adam's
    eps: float = 1e-8                   # Adam's
    max_updates: int = 8000

    seeds_per_job = 50

    def group(self) -> str:
        """Return a key that is the same for conditions that differ only in their initial weights and batches."""
        return repr(replace(self, weight_scale=1.0, scaled="", forget_bias=None, batch_size=None))

    def train(self, seeds: range, *others: "Enumerated") -> list[dict[str, Any]]:
        """Train a network from each seed under this condition, and then under each of the ``others`` in its group.

        Returns a dict for each network, which contains ``steps``, the update at which the task was solved, or None; the
        final ``sequence_accuracy`` on all strings; and ``moved``, the root mean square of the changes of its weights.
        """
        torch.set_num_threads(1)
        conditions = (self, *others)
        models = [model for condition in conditions for model in condition.models(seeds)]
        before = [parameters_to_vector(model.parameters()).detach() for model in models]
        histories = train_on_all_strings(
            models, self.bits, seeds=[*seeds] * len(conditions), max_updates=self.max_updates, lr=self.lr,
            clip=self.clip, batch_size=[condition.batch_size for condition in conditions for _ in seeds],
            optimizer=self.optimizer,
            **({"betas": self.betas, "eps": self.eps} if self.optimizer == "adam" else {}))
        return [{"steps": history.solved_at, "sequence_accuracy": history.validation[-1]["sequence_accuracy"],
                 "moved": (parameters_to_vector(model.parameters()) - weights).square().mean().sqrt().item()}
                for history, model, weights in zip(histories, models, before, strict=True)]

    def summarise(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Create a summary for the result file from the rows returned by :meth:`train`."""
        return {"settings": self.changes(), **summarise_updates([row["steps"] for row in rows]),
                **{key: rounded([row[key] for row in rows]) for key in ("sequence_accuracy", "moved")}}


def format_lengths(lengths: int | tuple[int, int]) -> str:
    """Format string lengths for the names of conditions, such as ``"50"`` or ``"1..50"``."""
    return str(lengths) if isinstance(lengths, int) else f"{lengths[0]}..{lengths[1]}"
