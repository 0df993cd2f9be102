"""Do networks that fail within the caps of the other experiments learn with three times as many updates?

Chapter: *The experiment*. Prediction, made before the first run: more of the networks learn whose training strings have
1 to 100 bits, because their curves were still rising at the cap of 4,000; where no network had learned, few do.

The conditions from "answer after the padding" on were added later. Prediction, made before they ran: a smaller learning
rate and SGD with momentum only make training slower, so that with Adam at 0.001 and with momentum many networks learn;
with plain SGD few do. The answer after the padding and lengths from 3 or 5 to 50 remain unlearned.

Then the conditions from "1 to 200 bits" on were added. Prediction, made before they ran: some networks learn lengths
from 1 to 200, but fewer than half of them. No network learns lengths from 10 or 25 to 50, and none learns 50 bits with
any of the single changes of ``empty_corner``. (Its condition with a cap of 50,000 is left out, because that cap is
already twelve times as large.)

The other failures of the book were added after GRUs had learned 50 bits: three changes of ``empty_corner`` (32 units,
two layers, batches of 512) and the conditions from "8 bits" on. Predictions, made before they ran:

- With 24,000 updates, more GRUs learn 50 bits than the 3 of 20 that learn them with 12,000, but not all.
- From the gradient over all strings, some LSTMs learn 8 bits, but fewer than half; no network learns 9 or 10 bits.
- No other condition changes: random batches, half of the strings, balanced batches, SGD with the noise of a batch, a
  share of one-bit strings among strings of 50 bits, larger first weights at 50 bits.

Last came what had been left out because it resembles a repeated setting: from "50 bits, tanh, 24,000 updates" on.
Prediction, made before it ran: none of these networks learns.
"""

import importlib
from dataclasses import replace

from parity_study.experiments.empty_corner import SWEPT

SEEDS = 20
LEFT_OUT = ("50,000 steps",)
TIMES = 3
FAILED = {  # for each condition, the series that contains it and its name there
    "1 to 100 bits": ("longest_lengths", "1..100"),
    **{f"{start} to {stop} bits": ("lengths_present", f"{start}..{stop}")
       for start, stop in ((2, 50), (3, 10), (4, 10), (5, 10))},
    **{f"{length} bits": ("fixed_lengths", str(length)) for length in (4, 5, 6)},
    **{f"5 bits, forget bias {bias}": ("forget_biases", f"5, bias {bias}") for bias in (0, 5)},
    "answer after the padding": ("padding_side", "carried"),
    **{name: ("optimizers_at_the_end", place) for name, place in (
        ("Adam at 0.001", "adam 0.001"), ("SGD at 0.1 with momentum", "sgd 0.1, momentum 0.9"), ("SGD at 1", "sgd 1"),
        ("SGD at 0.1", "sgd 0.1"))},
    **{f"{start} to 50 bits": ("lengths_present", f"{start}..50") for start in (3, 5)},
    "1 to 200 bits": ("longest_lengths", "1..200"),
    **{f"{start} to 50 bits": ("lengths_present", f"{start}..50") for start in (10, 25)},
    **{f"50 bits, {name}": ("empty_corner", name) for name in SWEPT if name not in LEFT_OUT},
    **{f"{length} bits": ("fixed_lengths", str(length)) for length in (8, 10, 20)},
    **{f"{bits} bits, half of the strings": ("dose_response", f"{bits} bits, half of them") for bits in (5, 6)},
    **{f"{bits} bits, {size:,} drawn": ("dose_response", f"{bits} bits, 2^{power} drawn")
       for bits, size, power in ((5, 1024, 10), (6, 4096, 12))},
    **{f"6 bits, balanced {size}": ("controls", f"6 bits, balanced {size}") for size in (64, 1024)},
    "4 bits, SGD, all noise": ("noise_parts", "4 bits, SGD, all noise"),
    **{f"{bits} bits, all strings, {cell}": ("all_strings", f"{cell}, {bits} bits")
       for cell, bits in (("lstm", 8), ("lstm", 9), ("lstm", 10), ("gru", 9), ("gru", 10))},
    **{f"50 bits, {share} of one bit": ("one_bit_share", f"50, {share} of one bit")
       for share in ("1/128", "1/32", "1/8")},
    "50 bits, gru, 24,000 updates": ("two_by_two", "end, 50, gru"),
    "50 bits, weights x 10": ("weights_and_lengths", "50 bits, x 10"),
    "8 to 50 bits, growing": ("weights_and_lengths", "growing from 8 bits, x 1"),
    **{f"50 bits, {cell}, 24,000 updates": ("two_by_two", f"end, 50, {cell}") for cell in ("tanh", "relu")},
    **{f"50 bits, forget bias {bias}": ("forget_biases", f"50, bias {bias}") for bias in (0, 1, 2, 3)},
    "5 bits, forget bias 1": ("forget_biases", "5, bias 1"),
    "50 bits, 1/512 of one bit": ("one_bit_share", "50, 1/512 of one bit"),
    **{f"{length} bits, all strings, tanh": ("all_strings", f"tanh, {length} bits") for length in (9, 10)},
}
SAMPLE = ("3 to 10 bits", "5 bits")


def with_higher_cap(series: str, name: str):
    """Return a condition of another series with a cap that is ``TIMES`` times as large."""
    condition = importlib.import_module(f"parity_study.experiments.{series}").CONDITIONS[name]
    return replace(condition, max_steps=TIMES * condition.max_steps)


CONDITIONS = {name: with_higher_cap(*place) for name, place in FAILED.items()}
