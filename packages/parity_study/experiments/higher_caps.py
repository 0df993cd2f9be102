"""Do networks that fail within the caps of the other experiments learn with three times as many updates?

Chapter: *The experiment*. Prediction, made before the first run: more of the networks learn whose training strings have
1 to 100 bits, because their curves were still rising at the cap of 4,000; where no network had learned, few do.
"""

import importlib
from dataclasses import replace

SEEDS = 20
TIMES = 3
FAILED = {
    "longest_lengths": ("1..100", "1..200"),
    "lengths_present": ("3..10", "4..10", "5..10", "2..50", "3..50", "5..50"),
    "one_bit_share": ("50, 1/8 of one bit",),
    "optimizers_at_the_end": ("adam 0.001", "sgd 1", "sgd 0.1", "sgd 0.1, momentum 0.9"),
    "padding_side": ("carried",),
    "forget_biases": ("5, bias 0", "5, bias 5", "50, bias 5"),
    "fixed_lengths": ("4", "5", "6", "8"),
    "two_by_two": ("end, 1..50, tanh", "end, 1..50, relu"),
}
SAMPLE = ("lengths_present: 3..10", "fixed_lengths: 5")


def with_higher_cap(series: str, name: str):
    """Return a condition of another series with a cap that is ``TIMES`` times as large."""
    condition = importlib.import_module(f"parity_study.experiments.{series}").CONDITIONS[name]
    return replace(condition, max_steps=TIMES * condition.max_steps)


CONDITIONS = {f"{series}: {name}": with_higher_cap(series, name) for series, names in FAILED.items() for name in names}
