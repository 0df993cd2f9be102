"""Do networks that were trained on strings of 50 bits also get longer strings right?

Returns ``{"lengths", "strings": [of each length], "nets": {"relu 32" | "tanh 16" | "lstm 8": {"seeds", "solved",
"exact"}}}``. ``exact`` has an entry for each length: the number of solved networks that are correct at every bit.
"""

from typing import Any

from parity_lib.data import ParityTask
from parity_lib.training import evaluate
from parity_study.trained_networks import trained

QUICK: dict[str, Any] = {"seeds": 1, "cap": 20, "lengths": (50, 60), "strings": (8, 4)}


def run(seeds: int = 20, cap: int = 3000, lengths: tuple[int, ...] = (50, 75, 200, 1000, 10_000),
        strings: tuple[int, ...] = (2000, 2000, 1000, 500, 100)) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    results = {}
    for recipe in ("relu 32", "tanh 16", "lstm 8"):
        solved = [model for model, history in zip(*trained(recipe, seeds, cap)) if history.solved]
        results[recipe] = {"seeds": seeds, "solved": len(solved), "exact": [
            sum(evaluate(model, ParityTask(length), count=count, seed=length)["sequence_accuracy"] == 1
                for model in solved) for length, count in zip(lengths, strings, strict=True)]}
    return {"lengths": list(lengths), "strings": list(strings), "nets": results}
