"""Can a single tanh, GRU or LSTM unit learn the parity of 10 bits?

Returns ``{"tanh" | "gru" | "lstm": {"seeds", "solved", "steps", "bit_accuracy": [of each seed at its
last validation]}}``.
"""

from typing import Any

from parity_lib.data import ParityTask
from parity_study.experiments.summaries import final_bit_accuracy, summarise_histories
from parity_study.experiments.trained_networks import train_seeds

QUICK: dict[str, Any] = {"seeds": 2, "cap": 20}


def run(seeds: int = 50, cap: int = 1500, length: int = 10, lr: float = 0.03) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    results = {}
    for cell in ("tanh", "gru", "lstm"):
        _, histories = train_seeds({"hidden_size": 1, "cell": cell}, range(seeds), ParityTask(length), max_steps=cap,
                                   lr=lr, clip=1.0)
        results[cell] = summarise_histories(histories) | {"bit_accuracy": final_bit_accuracy(histories)}
    return results
