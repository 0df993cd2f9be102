"""Claims about the signal and the whole gradient during training with all strings in each update."""

import numpy as np

from .claim import Claim, Number, Results, replaced
from .words import named

EXACT = ("5 bits, all", "6 bits, all", "7 bits, all")


def fall(name: str) -> Number:
    """Return the median gradient norm after 200 updates divided by the median before training."""
    def median(results: Results, updates: int) -> float:
        norms = results["conditions"][name]["gradient"][results["at"].index(updates)]
        return float(np.median([norm for norm in norms if norm is not None]))

    return Number(named(name), "Median gradient after 200 updates divided by that before training",
                  lambda results: median(results, 200) / median(results, 0),
                  lambda results, wrong: replaced(results, "conditions", name, "gradient", results["at"].index(200),
                                                  by=lambda norms: [wrong * median(results, 0)] * len(norms)))


def share(name: str, updates: int) -> Number:
    """Return the signal's norm divided by the norm of the whole gradient after some updates.

    The number is the median over the seeds that have not yet solved the task.
    """
    def norms(results: Results, key: str) -> list[float | None]:
        return results["conditions"][name][key][results["at"].index(updates)]

    return Number(named(name), f"Median of the signal divided by the gradient after {updates:,} updates",
                  lambda results: float(np.median([signal / gradient for signal, gradient in zip(
                      norms(results, "signal"), norms(results, "gradient")) if gradient is not None])),
                  lambda results, wrong: replaced(results, "conditions", name, "signal", results["at"].index(updates),
                                                  by=[norm and wrong * norm for norm in norms(results, "gradient")]))


SIGNAL_IN_TRAINING = {
    "label-free-part-dies": Claim(
        "With all strings of 5, 6 or 7 bits in each batch, the median norm of an LSTM's gradient after 200 updates is "
        "less than a ten-thousandth of the median norm before training.",
        [fall(name).below(1e-4) for name in EXACT]),
    "labels-a-small-part": Claim(
        "With all strings of 5, 6 or 7 bits in each batch, the signal of an untrained LSTM is less than a thousandth "
        "of its gradient. After 3,200 updates, the signal is more than a quarter of the gradient at 6 bits, and less "
        "than a twentieth at 7 bits (medians over the seeds that have not yet solved the task).",
        [*(share(name, 0).below(1e-3) for name in EXACT),
         share("6 bits, all", 3200).above(0.25), share("7 bits, all", 3200).below(0.05)]),
}
