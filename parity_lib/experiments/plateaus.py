"""What stops an LSTM at 7 and 8 bits, though its gradient is exact? More updates, other rates, more units, float64."""

from __future__ import annotations

from parity_lib.experiments.enumerated import Enumerated

SEEDS = 50
LONG = 16_000
CHANGES = {
    7: {"": {}, ", float64": {"double": True}},
    8: {"": {}, ", float64": {"double": True}, ", rate 0.003": {"lr": 0.003}, ", rate 0.03": {"lr": 0.03},
        ", bias 5": {"forget_bias": 5.0}, ", 32 units": {"hidden_size": 32}, ", Adam afresh": {"reset_after": 200}},
}
QUICK = {"seeds": 2, "shorten": 1000}
SAMPLE = ("7 bits",)


def conditions(shorten: int = 1) -> dict[str, Enumerated]:
    """The conditions by name; ``shorten`` divides the cap on updates."""
    return {f"{n} bits{name}": Enumerated(bits=n, max_steps=LONG // shorten, **change)
            for n, changes in CHANGES.items() for name, change in changes.items()}
