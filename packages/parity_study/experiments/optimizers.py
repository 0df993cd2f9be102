"""Does plain gradient descent succeed as often as Adam?

Both are used in the book's two recipes, with all other settings unchanged. Returns ``{"relu 32" | "tanh 16": {"adam" |
"sgd 1" | "sgd 0.1": {"seeds", "solved", "steps"}}}``. The number is the learning rate; Adam uses that
of the recipe.
"""

from typing import Any

from parity_study.experiments.summaries import summarise_histories
from parity_study.trained_networks import RECIPES, train_seeds

QUICK: dict[str, Any] = {"seeds": 1, "cap": 10}


def run(seeds: int = 20, cap: int = 2000, first_seed: int = 0) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    choices: dict[str, dict[str, Any]] = {
        "adam": {}, "sgd 1": {"optimizer": "sgd", "lr": 1.0}, "sgd 0.1": {"optimizer": "sgd", "lr": 0.1}}
    results = {}
    for recipe in ("relu 32", "tanh 16"):
        network, settings = RECIPES[recipe]
        results[recipe] = {
            name: summarise_histories(train_seeds(network, range(first_seed, first_seed + seeds), max_updates=cap,
                                                   **settings | choice)[1])
            for name, choice in choices.items()}
    return results
