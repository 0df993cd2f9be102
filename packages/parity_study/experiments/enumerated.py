"""Training conditions for networks that learn all strings of n bits.

Each update uses all strings, or a batch drawn from them.
"""

from dataclasses import dataclass
from typing import Any

from parity_lib.models import ParityRNN
from parity_study.experiments.condition import BaseCondition
from parity_study.experiments.summaries import rounded, summarise_updates
from parity_study.full_batch import train_on_all_strings


@dataclass(frozen=True)
class Enumerated(BaseCondition):
    """A training condition that covers all strings of a given length.

    The 2^``bits`` strings of ``bits`` bits have a label at the end. Each update uses ``batch_size`` strings that are
    drawn at random, or all strings if it is None. ``double`` selects float64. The other fields are passed to
    :class:`~parity_lib.models.ParityRNN` and :func:`~parity_study.full_batch.train_on_all_strings`. A network has
    solved the task if it is correct on all 2^``bits`` strings.
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
    def seeds_per_job(self) -> int:
        """The number of seeds that are trained in one batched computation."""
        return 50 if self.bits <= 5 else 25 if self.bits == 6 else 10

    def train(self, seeds: range, models: list[ParityRNN] | None = None, **options: Any) -> list[dict[str, Any]]:
        """Train a network from each seed and return the results.

        ``models`` are the networks, which are new by default. Returns a dict for each seed, which contains ``steps``,
        the update at which the task was solved, or None, and the final ``sequence_accuracy`` on all strings.
        ``options`` are passed to :func:`~parity_study.full_batch.train_on_all_strings`.
        """
        passed_on = ("batch_size", "replace", "optimizer", "lr", "clip", "reset_after", "max_steps")
        histories = train_on_all_strings(models or self.models(seeds), self.bits, seeds=seeds, **options,
                                         **{name: getattr(self, name) for name in passed_on})
        return [{"steps": history.solved_at, "sequence_accuracy": history.validation[-1]["sequence_accuracy"]}
                for history in histories]

    def summarise(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Summarise the rows that :meth:`train` returned for the result file."""
        return {"settings": self.changes(), **summarise_updates([row["steps"] for row in rows]),
                "sequence_accuracy": rounded([row["sequence_accuracy"] for row in rows])}
