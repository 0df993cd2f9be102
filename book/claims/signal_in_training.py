"""Claims about how well a count of batches predicts the number of updates.

They are about the seeds that were kept for the test.
"""

from math import inf

import numpy as np
from scipy.stats import spearmanr

from parity_study.experiments.comparisons import holm

from .claim import Claim, Condition, Results, replaced
from .words import named, power, rate

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


def ratio(results: Results, name: str) -> float:
    """Compute the ratio of the median prediction to the median number of updates."""
    count, steps = counted(results, name)
    return float(np.median(count) / np.median(steps))


def louder(name: str, factor: float):
    """Return a function that scales the signal in the results, so that fewer batches are counted."""
    return lambda results: replaced(results, "conditions", name, "signal", results["at"].index(AFTER),
                                    by=lambda values: [value and value * factor for value in values])


def shuffled(name: str):
    """Return a function that shuffles the numbers of updates among the seeds."""
    return lambda results: replaced(results, "conditions", name, "steps", by=lambda steps: [
        steps[i] for i in np.random.default_rng(1).permutation(len(steps))])


def sorted_out(name: str):
    """Return a function that assigns more updates to seeds with larger predictions."""
    def falsify(results: Results) -> Results:
        place = results["at"].index(AFTER)
        row = results["conditions"][name]
        order = np.argsort([noise / signal for signal, noise in zip(row["signal"][place], row["noise"][place])])
        steps = dict(zip(order.tolist(), sorted(row["steps"], key=lambda step: step or inf)))
        return replaced(results, "conditions", name, "steps", by=[steps[i] for i in range(len(order))])
    return falsify


def told(results: Results) -> list[float]:
    """Compute the p-values of the three correlations that the book claims, with Holm's correction."""
    return holm([ranks(results, name).pvalue for name in (AT_THREE, *LARGE)])


def fall(results: Results, name: str) -> float:
    """Compute the ratio of the median gradient norm after 200 updates to that before training."""
    before, after = (np.median([value for value in results["conditions"][name]["gradient"][results["at"].index(step)]
                                if value is not None]) for step in (0, 200))
    return float(after / before)


def share(results: Results, name: str, updates: int) -> float:
    """Compute the ratio of the signal's norm to the norm of the whole gradient.

    It is the median over the seeds that have not yet solved the task.
    """
    row, place = results["conditions"][name], results["at"].index(updates)
    return float(np.median([signal / gradient for signal, gradient in zip(row["signal"][place], row["gradient"][place])
                            if gradient is not None]))


def part(name: str, updates: int, words: str, holds, wrong: float) -> Condition:
    """Create a condition on the ratio of the signal to the whole gradient after some updates."""
    def falsify(results: Results) -> Results:
        place = results["at"].index(updates)
        gradients = results["conditions"][name]["gradient"][place]
        return replaced(results, "conditions", name, "signal", place,
                        by=[value and wrong * value for value in gradients])
    return Condition(words, lambda results: holds(share(results, name, updates)), falsify)


def show(results: Results, *names: str) -> str:
    """Summarise the predictions and the observed updates for each condition."""
    parts = []
    for name in names:
        count, steps = counted(results, name)
        middle = np.median(steps)
        parts.append(f"{named(name)}: {rate(results['conditions'][name])}; median count "
                     f"{power(float(np.median(count)))}, median of the updates "
                     f"{f'{middle:,.0f}' if middle < inf else 'not reached'}, rank correlation "
                     f"{ranks(results, name).statistic:.2f} ({len(count)} odd seeds)")
    return "; ".join(parts) + "."


CLAIMS = (
    Claim(
        "count-foretells-three-bits",
        "At three bits with batches of 64 the count of batches after 100 updates is right on average, its median "
        "within a factor of one and a half of the median number of updates, and it tells seeds apart: its rank "
        "correlation with the updates is above one half (odd seeds alone).",
        [Condition("the median count is above two thirds of the updates",
                   lambda results: ratio(results, AT_THREE) > 2 / 3, louder(AT_THREE, 1.5)),
         Condition("the median count is below one and a half of the updates",
                   lambda results: ratio(results, AT_THREE) < 1.5, louder(AT_THREE, 0.8)),
         Condition("the rank correlation is above one half",
                   lambda results: ranks(results, AT_THREE).statistic > 0.5, shuffled(AT_THREE))],
        lambda results: show(results, AT_THREE)),
    Claim(
        "count-ranks-large-batches",
        "With batches of 1024, at four bits and at five with a forget bias of 5, seeds with a larger count after 100 "
        "updates take longer (Spearman's rank correlation on odd seeds; three comparisons with three bits, Holm's "
        "correction).",
        [Condition(f"{name}: a positive correlation",
                   lambda results, name=name, place=place: told(results)[place] < 0.05
                   and ranks(results, name).statistic > 0, shuffled(name),
                   tuple(("conditions", name) for name in (AT_THREE, *LARGE)))
         for place, name in enumerate(LARGE, start=1)],
        lambda results: show(results, *LARGE)),
    Claim(
        "count-too-large",
        "At four and five bits the count is too large: half of the runs are done after less than a quarter of it, with "
        "batches of 1024 and, at a forget bias of 5, with batches of 64 too (odd seeds alone).",
        [Condition(f"{name}: the median count is above four times the updates",
                   lambda results, name=name: ratio(results, name) > 4, louder(name, 10.0))
         for name in (*LARGE, AT_FIVE)],
        lambda results: show(results, *LARGE, AT_FIVE)),
    Claim(
        "count-silent-at-five",
        "At five bits with batches of 64 and a forget bias of 5, these runs cannot tell whether a seed with a larger "
        "count takes longer.",
        [Condition("no correlation told from none", lambda results: ranks(results, AT_FIVE).pvalue >= 0.05,
                   sorted_out(AT_FIVE))],
        lambda results: show(results, AT_FIVE)),
    Claim(
        "label-free-part-dies",
        "With all strings of 5, 6 or 7 bits as the batch, the gradient of an LSTM is after 200 updates less than a ten "
        "thousandth of what it was before training (medians).",
        [Condition(f"{name}: less than a ten thousandth", lambda results, name=name: fall(results, name) < 1e-4,
                   lambda results, name=name: replaced(results, "conditions", name, "gradient", 3,
                                                       by=lambda values: [0.1] * len(values)))
         for name in EXACT],
        lambda results: "Median gradient after 200 updates by that before training: " + ", ".join(
            f"{name} {power(fall(results, name))}" for name in EXACT) + "."),
    Claim(
        "labels-a-small-part",
        "With all strings of 5, 6 or 7 bits as the batch, the signal of an untrained LSTM is less than a thousandth of "
        "its gradient; after 3,200 updates it is more than a quarter of it at 6 bits, and less than a twentieth at 7 "
        "(medians, of the seeds that are not done by then).",
        [*(part(name, 0, f"{name}, untrained: less than a thousandth", lambda share: share < 1e-3, 1e-3)
           for name in EXACT),
         part("6 bits, all", 3200, "6 bits: more than a quarter later", lambda share: share > 0.25, 0.25),
         part("7 bits, all", 3200, "7 bits: less than a twentieth later", lambda share: share < 0.05, 0.05)],
        lambda results: "Median of the signal divided by the gradient: " + "; ".join(
            f"{name}: {power(share(results, name, 0))} before training"
            + f", {power(share(results, name, 3200))} after 3,200 updates" * (name != EXACT[0])
            for name in EXACT) + "."),
)
