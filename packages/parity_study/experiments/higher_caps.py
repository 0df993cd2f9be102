"""Do networks that fail within the caps of the other experiments learn with three times as many updates?

Chapter: *The experiment*. Prediction, made before the first run: more of the networks learn whose training strings have
1 to 100 bits, because their curves were still rising at the cap of 4,000; where no network had learned, few do.
"""

import importlib
from dataclasses import replace

SEEDS = 20
TIMES = 3
FAILED = {  # for each condition, the series that contains it and its name there
    **{f"{start} to {stop} bits": ("lengths_present", f"{start}..{stop}")
       for start, stop in ((3, 10), (4, 10), (5, 10), (2, 50), (3, 50), (5, 50))},
    **{f"1 to {stop} bits": ("longest_lengths", f"1..{stop}") for stop in (100, 200)},
    **{f"1 to 50 bits, {cell}": ("two_by_two", f"end, 1..50, {cell}") for cell in ("tanh", "relu")},
    "1 to 50 bits, Adam at 0.001": ("optimizers_at_the_end", "adam 0.001"),
    "1 to 50 bits, SGD at 1": ("optimizers_at_the_end", "sgd 1"),
    "1 to 50 bits, SGD at 0.1": ("optimizers_at_the_end", "sgd 0.1"),
    "1 to 50 bits, SGD at 0.1 with momentum": ("optimizers_at_the_end", "sgd 0.1, momentum 0.9"),
    "1 to 50 bits, answer after the padding": ("padding_side", "carried"),
    **{f"{length} bits": ("fixed_lengths", str(length)) for length in (4, 5, 6, 8)},
    **{f"{length} bits, forget bias {bias}": ("forget_biases", f"{length}, bias {bias}")
       for length, bias in ((5, 0), (5, 5), (50, 5))},
    "50 bits, one string in 8 of one bit": ("one_bit_share", "50, 1/8 of one bit"),
}
SAMPLE = ("3 to 10 bits", "5 bits")


def with_higher_cap(series: str, name: str):
    """Return a condition of another series with a cap that is ``TIMES`` times as large."""
    condition = importlib.import_module(f"parity_study.experiments.{series}").CONDITIONS[name]
    return replace(condition, max_steps=TIMES * condition.max_steps)


CONDITIONS = {name: with_higher_cap(*place) for name, place in FAILED.items()}
