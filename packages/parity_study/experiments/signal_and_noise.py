"""Functions that measure the signal and the noise in gradients.

The signal comes from the labels, and the noise from the random choice of a batch. Consider the gradient of the loss
over all 2^n strings, where o is the logit at the last time step. Only one part of it depends on the labels: half the
mean of (-1)^parity do/dw. The norm of this part is the *signal*. The *noise* along the signal, in a batch of B strings,
is the standard deviation of a single string's gradient, projected on the signal, divided by the square root of B. After
(noise / signal)^2 batches, the signal in their mean is as large as the noise in it.
"""

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from parity_lib.models import ParityRNN
from parity_study.experiments.condition import Enumerated
from parity_study.experiments.summaries import rounded
from parity_study.full_batch import StringTree

NUDGE = 1e-4  # the distance by which the weights are moved to measure a slope, in float64
MEASURED = ("signal", "noise", "gradient")


def signal_and_noise(tree: StringTree) -> dict[str, np.ndarray]:
    """Measure the signal, the noise and the norm of the gradient for each network.

    Returns a dict of three arrays ``[seeds]``: ``signal``, ``noise`` (of a single string) and ``gradient``. ``tree``
    must hold float64 weights. Divide the noise by the square root of the batch size for the noise of a batch. The slope
    of each string's logit along the signal's direction is computed as a central difference.
    """
    strings = len(tree.odd)
    logits = tree.final_logits()
    error = (expit(logits) - tree.odd) / strings
    gradient = np.linalg.norm(tree.gradient(error), axis=1)
    label_part = tree.signal()
    signal = np.linalg.norm(label_part, axis=1)
    slopes = _slopes_along(tree, label_part / np.maximum(signal, 1e-300)[:, None])
    return {"signal": signal, "noise": (strings * error * slopes).std(axis=1), "gradient": gradient}


def _slopes_along(tree: StringTree, direction: np.ndarray) -> np.ndarray:
    """Compute the derivatives ``[seeds, strings]`` of all logits along a direction in weight space."""
    weights, answers = tree.parameters.copy(), []
    for side in (NUDGE, -NUDGE):
        tree.parameters[:] = weights + side * direction
        answers.append(tree.final_logits())
    tree.parameters[:] = weights
    return (answers[0] - answers[1]) / (2 * NUDGE)


def train_and_measure(condition: Enumerated, seeds: range, at: tuple[int, ...]) -> list[dict[str, Any]]:
    """Train networks and measure the signal and noise of their gradients at several times.

    The times are before training and after the updates in ``at``. ``at`` contains multiples of 50. Returns the dicts of
    :meth:`Enumerated.train`, one for each seed, with the additional keys ``signal``, ``noise`` (of a single string) and
    ``gradient``. Each is a list with an entry for each measurement, which is None if the training had ended before.
    """
    models = condition.models(seeds)
    measured = [dict.fromkeys((0, *at)) for _ in models]

    def measure(step: int, tree: StringTree, rows: np.ndarray) -> None:
        if step not in measured[0]:
            return
        exact = StringTree([ParityRNN(condition.hidden_size, condition.cell, seed=0).double()], condition.bits)
        exact.replace(tree.parameters.astype(np.float64))
        values = signal_and_noise(exact)
        for place, row in enumerate(rows):
            measured[row][step] = {name: float(values[name][place]) for name in MEASURED}

    measure(0, StringTree(models, condition.bits), np.arange(len(models)))
    rows = condition.train(seeds, models=models, after_validation=measure)
    return [row | {name: [values and values[name] for values in times.values()] for name in MEASURED}
            for row, times in zip(rows, measured, strict=True)]


@dataclass(frozen=True)
class Measured(Enumerated):
    """A training condition whose signal and noise are measured before training."""

    def train(self, seeds: range, models: list[ParityRNN] | None = None, **options: Any) -> list[dict[str, Any]]:
        """Measure the signal and noise of a network from each seed, train it, and return the results.

        Returns the dicts of :meth:`Enumerated.train`, one for each seed, with the additional keys ``signal``, ``noise``
        (of a single string) and ``gradient``.
        """
        models = models or self.models(seeds)
        exact = StringTree([copy.deepcopy(model).double() for model in models], self.bits)
        values = signal_and_noise(exact)
        return [row | {name: float(values[name][place]) for name in MEASURED}
                for place, row in enumerate(super().train(seeds, models, **options))]

    def summarise(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Summarise the rows that :meth:`train` returned for the result file."""
        return super().summarise(rows) | {name: rounded([row[name] for row in rows]) for name in MEASURED}
