"""What stops an LSTM at 7 and 8 bits, though its gradient is that of all strings? More updates, rates, float64."""

from __future__ import annotations

from parity_lib.experiments.enumerated import Enumerated

SEEDS = 20
LONG = 60_000
QUICK = {"seeds": 2, "shorten": 1000}
SAMPLE = ("7 bits, bias 5",)


def conditions(shorten: int = 1) -> dict[str, Enumerated]:
    """The conditions by name; ``shorten`` divides the cap on updates."""
    changes = {"": {}, ", float64": {"double": True}, ", rate 0.003": {"lr": 0.003}, ", rate 0.03": {"lr": 0.03},
               ", bias 5": {"forget_bias": 5.0}}
    return {f"{n} bits{name}": Enumerated(bits=n, max_steps=LONG // shorten, **change)
            for n, chosen in ((7, changes), (8, (", bias 5",))) for name, change in changes.items()
            if name in chosen}
