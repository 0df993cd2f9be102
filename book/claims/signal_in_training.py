"""Claims about how well a count of batches predicts the number of updates.

They are only about the seeds that were kept for the test.
"""

from collections.abc import Callable
from math import inf

import numpy as np
from scipy.stats import spearmanr

from .claim import Claim, Condition, Number, Results, replaced
from .words import named

AFTER = 100     # updates after which signal and noise are measured
AT_THREE, AT_FIVE = "3 bits, 64 drawn", "5 bits, 64 drawn, bias 5"
EXACT = ("5 bits, all", "6 bits, all", "7 bits, all")
LARGE = ("4 bits, 1024 drawn", "5 bits, 1024 drawn, bias 5")


def counted(results: Results, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the predicted number of batches and the observed number of updates for each test seed.

    The test seeds are the odd ones. The prediction counts the batches that are needed to detect the labels. The number
    of updates is infinite if the task was not solved.
    """
    row, place = results["conditions"][name], results["at"].index(AFTER)
    pairs = zip(row["signal"][place], row["noise"][place], row["steps"])
    heard = [((noise / signal) ** 2 / row["settings"]["batch_size"], steps or inf)
             for signal, noise, steps in list(pairs)[1::2] if signal is not None]
    return tuple(np.array(heard).T)


def ranks(results: Results, name: str):
    """Compute the rank correlation of prediction and observation; unsolved runs share the last rank."""
    count, steps = counted(results, name)
    return spearmanr(count, np.minimum(steps, 1e9))


def ratio(name: str) -> Number:
    """Return the median prediction divided by the median number of updates."""
    def read(results: Results) -> float:
        count, steps = counted(results, name)
        return float(np.median(count) / np.median(steps))

    def write(results: Results, wrong: float) -> Results:
        factor = (read(results) / wrong) ** 0.5     # the larger the signal, the fewer batches are needed
        return replaced(results, "conditions", name, "signal", results["at"].index(AFTER),
                        by=lambda values: [value and value * factor for value in values])
    return Number(named(name), "Median prediction divided by the median number of updates", read, write)


def correlated(name: str, words: str, holds: Callable[[Results], bool]) -> Condition:
    """Create a condition on the rank correlation of prediction and observation.

    It is falsified by shuffling the numbers of updates among the seeds.
    """
    def falsify(results: Results) -> Results:
        steps = results["conditions"][name]["steps"]
        order = np.random.default_rng(1).permutation(len(steps))
        return replaced(results, "conditions", name, "steps", by=[steps[place] for place in order])

    return Condition(f"{named(name)}: {words}", holds, falsify, (), lambda results: [
        ("Rank correlation on odd seeds", f"{named(name)}: {ranks(results, name).statistic:.2f}")])


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
    "count-foretells-three-bits": Claim(
        "At three bits with batches of 64, the number of batches predicted after 100 updates tells fast seeds from "
        "slow ones: its rank correlation with the number of updates is above one half (odd seeds only).",
        [correlated(AT_THREE, "rank correlation above one half",
                    lambda results: ranks(results, AT_THREE).statistic > 0.5)]),
    "count-too-large": Claim(
        "At four bits with batches of 1024, and at five bits with a forget bias of 5 and batches of 64 or 1024, the "
        "number of batches predicted after 100 updates is too large: its median is more than four times the median "
        "number of updates (odd seeds only).",
        [ratio(name).above(4.0) for name in (*LARGE, AT_FIVE)]),
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
