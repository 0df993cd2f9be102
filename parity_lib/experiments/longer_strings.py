"""Are nets that learned 50 bits right on longer strings?

Returns ``{"lengths", "strings": [a length each], "nets": {"relu 32" |
"tanh 16" | "lstm 8" | "tanh by hand": {"seeds", "solved", "exact": [a length
each: how many of the solved nets got every bit right], "bit_accuracy",
"sequence_accuracy": [a solved net each: [a length each]]}}}``.
"""

from __future__ import annotations

from typing import Any

from parity_lib.data import ParityTask
from parity_lib.experiments.nets import trained
from parity_lib.experiments.summaries import shorts
from parity_lib.models import ParityRNN, by_hand
from parity_lib.training import evaluate

QUICK: dict[str, Any] = {"seeds": 1, "cap": 20, "lengths": (50, 60), "strings": (8, 4)}


def run(seeds: int = 20, cap: int = 3000, lengths: tuple[int, ...] = (50, 75, 200, 1000, 10_000),
        strings: tuple[int, ...] = (2000, 2000, 1000, 500, 100)) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    nets = {}
    for recipe in ("relu 32", "tanh 16", "lstm 8"):
        runs = [trained(recipe, seed, cap) for seed in range(seeds)]
        solved = [model for model, history in runs if history.solved]
        nets[recipe] = {"seeds": seeds} | tested(solved, lengths, strings)
    nets["tanh by hand"] = {"seeds": 1} | tested([by_hand("tanh").float()], lengths, strings)
    return {"lengths": list(lengths), "strings": list(strings), "nets": nets}


def tested(group: list[ParityRNN], lengths, strings) -> dict[str, Any]:
    scores = [[evaluate(net, ParityTask(length), count=count, seed=length)
               for length, count in zip(lengths, strings, strict=True)] for net in group]
    return {
        "solved": len(group),
        "exact": [sum(row[i]["sequence_accuracy"] == 1 for row in scores) for i in range(len(lengths))],
        "bit_accuracy": [shorts([score["bit_accuracy"] for score in row]) for row in scores],
        "sequence_accuracy": [shorts([score["sequence_accuracy"] for score in row]) for row in scores],
    }
