"""Can one unit learn parity? One tanh, one GRU and one LSTM unit on strings of 10 bits.

Returns ``{"tanh" | "gru" | "lstm": {"seeds", "solved", "steps",
"median_steps", "bit_accuracy": [a seed each, at the last validation]}}``.
"""

from __future__ import annotations

from typing import Any

from joblib import Parallel, delayed

from parity_lib.experiments.nets import train_one
from parity_lib.experiments.summaries import counted, shorts

QUICK: dict[str, Any] = {"seeds": 2, "cap": 20}
SAMPLE: dict[str, Any] = {"seeds": 10}
PER_SEED = ("steps", "bit_accuracy")


def run(seeds: int = 50, cap: int = 1500, length: int = 10, lr: float = 0.03) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    results = {}
    for cell in ("tanh", "gru", "lstm"):
        histories = [history for _, history in Parallel(n_jobs=-1)(
            delayed(train_one)({"hidden_size": 1, "cell": cell}, seed, length, max_steps=cap, lr=lr, clip=1.0)
            for seed in range(seeds))]
        results[cell] = counted(histories) | {
            "bit_accuracy": shorts([history.validation[-1]["bit_accuracy"] for history in histories])}
    return results
