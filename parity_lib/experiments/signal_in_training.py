"""Does the signal, measured against the noise along its own direction early in training, foretell the time to solve?

Trained are LSTMs on strings of n bits, on batches that are drawn or on all
strings. Before training and after some updates, signal and noise are measured
(:mod:`parity_lib.experiments.signal_and_noise`). Returns ``{"at": [updates],
"conditions": {name: {"settings", "seeds", "solved", "steps", "median_steps",
"signal", "noise", "gradient": [a time each: [a seed each, None where it was
done]]}}}``; ``noise`` is that of one string.
"""

from __future__ import annotations

from typing import Any

from parity_lib.experiments.enumerated import Enumerated
from parity_lib.experiments.signal_and_noise import train_and_listen
from parity_lib.experiments.summaries import short

AT = (50, 100, 200, 400, 800, 1600, 3200)
QUICK: dict[str, Any] = {"seeds": 2, "max_steps": 100, "at": (50, 100)}
SAMPLE: dict[str, Any] = {"seeds": 5}
PER_SEED = ("steps", "signal", "noise", "gradient")


def run(seeds: int = 100, max_steps: int = 8000, at: tuple[int, ...] = AT) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    conditions = {
        "3 bits, 64 drawn": Enumerated(bits=3, batch_size=64, max_steps=max_steps),
        "4 bits, 64 drawn": Enumerated(bits=4, batch_size=64, max_steps=max_steps),
        "4 bits, 1024 drawn": Enumerated(bits=4, batch_size=1024, max_steps=max_steps),
        "5 bits, 64 drawn": Enumerated(bits=5, batch_size=64, max_steps=max_steps),
        "5 bits, 64 drawn, bias 5": Enumerated(bits=5, batch_size=64, forget_bias=5.0, max_steps=max_steps),
        "5 bits, 1024 drawn, bias 5": Enumerated(bits=5, batch_size=1024, forget_bias=5.0, max_steps=max_steps),
        "5 bits, all": Enumerated(bits=5, max_steps=max_steps),
        "6 bits, all": Enumerated(bits=6, max_steps=max_steps),
        "7 bits, all": Enumerated(bits=7, max_steps=max_steps),
    }
    return {"at": [0, *at], "conditions": {name: followed(condition, seeds, at)
                                           for name, condition in conditions.items()}}


def followed(condition: Enumerated, seeds: int, at: tuple[int, ...]) -> dict[str, Any]:
    """What the seeds of one condition found, and what was measured on the way."""
    rows = train_and_listen(condition, range(seeds), at)
    heard = {name: [[None if row[name][place] is None else short(row[name][place]) for row in rows]
                    for place in range(len(at) + 1)] for name in ("signal", "noise", "gradient")}
    found = condition.gathered(rows)
    return {key: found[key] for key in ("settings", "seeds", "solved", "steps", "median_steps")} | heard
