"""Does a forget gate that starts open help an LSTM on strings of one length, and does it depend on the batch?"""

from __future__ import annotations

from parity_lib.experiments.enumerated import Enumerated

SEEDS = 100
FIVE = ((64, 256, 1024, None), tuple(range(6)))
SIX = ((64, 1024, None), tuple(range(6)))
QUICK = {"seeds": 2, "five": ((64, None), (0,)), "six": ((), ()), "max_steps": 100}
SAMPLE = ("5 bits, all, bias 5", "5 bits, 1024, bias 5")


def conditions(five=FIVE, six=SIX, max_steps: int = 8000) -> dict[str, Enumerated]:
    """The conditions by name; ``five`` and ``six`` hold batch sizes (None: all strings) and biases for 5 and 6 bits."""
    return {f"{n} bits, {size or 'all'}, bias {bias}":
            Enumerated(bits=n, batch_size=size, forget_bias=float(bias), max_steps=max_steps)
            for n, (sizes, biases) in ((5, five), (6, six)) for size in sizes for bias in biases}
