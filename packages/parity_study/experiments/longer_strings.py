"""Are networks that were trained on 50 bits correct on longer strings?

Returns ``{"lengths", "strings": [of each length], "nets": {"relu 32" | "tanh 16" | "lstm 8" | "tanh by hand": {"seeds",
"solved", "exact", "bit_accuracy", "sequence_accuracy"}}}``. ``exact`` has an entry for each length: the number of
solved networks that are correct at every bit. Each accuracy is a list with a list for each solved network, which has an
entry for each length.
"""

from typing import Any

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN, by_hand
from parity_lib.training import evaluate
from parity_study.experiments.summaries import rounded
from parity_study.trained_networks import trained

QUICK: dict[str, Any] = {"seeds": 1, "cap": 20, "lengths": (50, 60), "strings": (8, 4)}


def run(seeds: int = 20, cap: int = 3000, lengths: tuple[int, ...] = (50, 75, 200, 1000, 10_000),
        strings: tuple[int, ...] = (2000, 2000, 1000, 500, 100)) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    results = {}
    for recipe in ("relu 32", "tanh 16", "lstm 8"):
        solved = [model for model, history in zip(*trained(recipe, seeds, cap)) if history.solved]
        results[recipe] = {"seeds": seeds} | evaluate_all(solved, lengths, strings)
    results["tanh by hand"] = {"seeds": 1} | evaluate_all([by_hand("tanh").float()], lengths, strings)
    return {"lengths": list(lengths), "strings": list(strings), "nets": results}


def evaluate_all(models: list[ParityRNN], lengths: tuple[int, ...], strings: tuple[int, ...]) -> dict[str, Any]:
    """Evaluate every model on ``strings[i]`` strings of ``lengths[i]`` bits."""
    scores = [[evaluate(model, ParityTask(length), count=count, seed=length)
               for length, count in zip(lengths, strings, strict=True)] for model in models]
    return {
        "solved": len(models),
        "exact": [sum(row[place]["sequence_accuracy"] == 1 for row in scores) for place in range(len(lengths))],
        "bit_accuracy": rounded([[score["bit_accuracy"] for score in row] for row in scores]),
        "sequence_accuracy": rounded([[score["sequence_accuracy"] for score in row] for row in scores]),
    }
