"""One condition of the series in which a network is shown all strings of n bits, or batches drawn from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from parity_lib.all_strings import train_on_all_strings
from parity_lib.experiments.nets import set_forget_bias
from parity_lib.experiments.summaries import shorts
from parity_lib.models import ParityRNN


@dataclass(frozen=True)
class Enumerated:
    """One choice of everything that may matter; trained from seeds 0, 1, 2, ...

    ``batch_size`` strings are drawn for each update, or all 2^``bits`` are taken
    (None). The rest goes to :class:`~parity_lib.models.ParityRNN` and
    :func:`~parity_lib.all_strings.train_on_all_strings`; ``double`` computes in
    float64. A network has solved it when it is right on all 2^``bits`` strings.
    """

    cell: str = "lstm"
    bits: int = 5
    batch_size: int | None = None
    replace: bool = True
    hidden_size: int = 8
    forget_bias: float | None = None
    optimizer: str = "adam"
    lr: float = 0.01
    clip: float | None = 1.0
    reset_after: int | None = None
    double: bool = False
    max_steps: int = 8000

    @property
    def seeds_a_job(self) -> int:
        """How many seeds are trained in one batched computation: the more, the fewer strings a net has to read."""
        return 50 if self.bits <= 5 else 25 if self.bits == 6 else 10

    def models(self, seeds: range) -> list[ParityRNN]:
        """A fresh network for each seed."""
        models = [ParityRNN(self.hidden_size, self.cell, seed=seed) for seed in seeds]
        for model in models:
            if self.forget_bias is not None:
                set_forget_bias(model, self.forget_bias)
            if self.double:
                model.double()
        return models

    def rows(self, seeds: range, examination: Any = None) -> list[dict[str, Any]]:
        """See :func:`train_rows`; there is nothing else to examine where every string was asked."""
        return train_rows(self, seeds)

    def gathered(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """What the seeds found, as the file has it."""
        steps = [row["steps"] for row in rows]
        solved = [step for step in steps if step is not None]
        return {"settings": self.changed(), "seeds": len(rows), "solved": len(solved), "steps": steps,
                "median_steps": float(np.median(solved)) if solved else None,
                "sequence_accuracy": shorts([row["sequence_accuracy"] for row in rows])}

    def changed(self) -> dict[str, Any]:
        """The settings that are not the usual ones."""
        return {key: value for key, value in asdict(self).items() if value != getattr(Enumerated, key)}


def train_rows(condition: Enumerated, seeds: range, models: list[ParityRNN] | None = None,
               **more: Any) -> list[dict[str, Any]]:
    """Train a condition from some seeds: a row a seed, ``steps`` (None: not solved) and last ``sequence_accuracy``."""
    passed_on = ("batch_size", "replace", "optimizer", "lr", "clip", "reset_after", "max_steps")
    histories = train_on_all_strings(models or condition.models(seeds), condition.bits, seeds=seeds, **more,
                                     **{name: getattr(condition, name) for name in passed_on})
    return [{"steps": history.solved_at, "sequence_accuracy": history.validation[-1]["sequence_accuracy"]}
            for history in histories]
