"""How often do the course's settings work? tanh RNN of 4 units, SGD with rate 1, batches of 8, no clipping.

``fixed``: 50 bits; ``varying``: lengths uniform on 1 to 50, padding masked.
Returns ``{"fixed" | "varying": {"seeds", "solved", "steps", "median_steps",
"bit_accuracy": [a seed each, at the last validation]}}``.
"""

from __future__ import annotations

from typing import Any

from joblib import Parallel, delayed

from parity_lib.experiments.nets import TRAINED_ON, train_one
from parity_lib.experiments.summaries import counted, shorts

QUICK: dict[str, Any] = {"seeds": 1, "cap": 20, "validate_every": 10}
SAMPLE: dict[str, Any] = {"seeds": 1}
PER_SEED = ("steps", "bit_accuracy")


def run(seeds: int = 20, cap: int = 15_000, validate_every: int = 1000) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    results = {}
    for name, lengths in (("fixed", TRAINED_ON), ("varying", (1, TRAINED_ON))):
        histories = [history for _, history in Parallel(n_jobs=-1)(
            delayed(train_one)({"hidden_size": 4, "cell": "tanh"}, seed, lengths, max_steps=cap, batch_size=8, lr=1.0,
                               optimizer="sgd", clip=None, validate_every=validate_every)
            for seed in range(seeds))]
        results[name] = counted(histories) | {
            "bit_accuracy": shorts([history.validation[-1]["bit_accuracy"] for history in histories])}
    return results
