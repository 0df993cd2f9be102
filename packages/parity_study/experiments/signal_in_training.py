"""How large is the signal in an LSTM's gradient before and during training on all strings of n bits?

The signal (:mod:`parity_study.experiments.signal_and_noise`) and the gradient are measured before training and after
some updates. Returns ``{"at": [updates], "conditions": {name: {"settings", "seeds", "solved", "steps", "signal",
"noise", "gradient"}}}``. The last three have a list for each entry of ``at``, with an entry for each seed, which is
None if the seed had solved the task before. ``noise`` is the noise of a single string.
"""

from dataclasses import replace
from typing import Any

from parity_study.experiments.condition import Enumerated
from parity_study.experiments.signal_and_noise import MEASURED, train_and_measure
from parity_study.experiments.summaries import rounded

AT = (50, 100, 200, 400, 800, 1600, 3200)
MEASURED_CONDITIONS = {
    "5 bits, all": Enumerated(bits=5),
    "6 bits, all": Enumerated(bits=6),
    "7 bits, all": Enumerated(bits=7),
}
QUICK: dict[str, Any] = {"seeds": 2, "max_steps": 100, "at": (50, 100)}
SAMPLE: dict[str, Any] = {"chosen": ("5 bits, all",)}


def run(seeds: int = 100, max_steps: int = 8000, at: tuple[int, ...] = AT,
        chosen: tuple[str, ...] = tuple(MEASURED_CONDITIONS), first_seed: int = 0) -> dict[str, Any]:
    """Run the experiment for the conditions named in ``chosen`` and return its results."""
    summaries = {}
    for name in chosen:
        condition = replace(MEASURED_CONDITIONS[name], max_steps=max_steps)
        rows = train_and_measure(condition, range(first_seed, first_seed + seeds), at)
        summary = condition.summarise(rows)
        summaries[name] = {key: summary[key] for key in ("settings", "seeds", "solved", "steps")} | {
            key: rounded([[row[key][place] for row in rows] for place in range(len(at) + 1)]) for key in MEASURED}
    return {"at": [0, *at], "conditions": summaries}
