"""Adam against plain gradient descent, all else as in the two recipes, clipping included.

Returns ``{"relu 32" | "tanh 16": {"adam" | "sgd 1" | "sgd 0.1": {"seeds",
"solved", "steps", "median_steps"}}}``; the number is the learning rate, and
Adam's is that of the recipe.
"""

from __future__ import annotations

from typing import Any

from joblib import Parallel, delayed

from parity_lib.experiments.nets import RECIPES, train_one
from parity_lib.experiments.summaries import counted

QUICK: dict[str, Any] = {"seeds": 1, "cap": 10}
SAMPLE: dict[str, Any] = {"seeds": 2}
PER_SEED = ("steps",)


def run(seeds: int = 20, cap: int = 2000) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    results = {}
    for recipe in ("relu 32", "tanh 16"):
        net, settings = RECIPES[recipe]
        choices = {"adam": {}, "sgd 1": {"optimizer": "sgd", "lr": 1.0}, "sgd 0.1": {"optimizer": "sgd", "lr": 0.1}}
        results[recipe] = {
            name: counted([history for _, history in Parallel(n_jobs=-1)(
                delayed(train_one)(net, seed, max_steps=cap, **settings | choice) for seed in range(seeds))])
            for name, choice in choices.items()
        }
    return results
