"""How loud is what the labels say against the noise of a batch, along the way that the labels point?

The gradient of the loss over all 2^n strings, with o the logit at the last step,
has one part in which the labels stand: half the mean of (-1)^parity do/dw. Its
norm is the *signal*. A batch of B strings disturbs it in every direction, but only
the disturbance along the signal's own direction can hide it: the standard
deviation of one string's gradient projected there, divided by the root of B, is
the *noise*. (noise / signal)^2 is the number of batches after which their mean
shows the signal as loudly as its noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from parity_lib.all_strings import StringTree
from parity_lib.experiments.enumerated import Enumerated, train_rows
from parity_lib.models import ParityRNN

NUDGE = 1e-4  # how far weights are moved, in units of their direction, for a slope along it; float64


def signal_and_noise(tree: StringTree) -> dict[str, np.ndarray]:
    """The ``signal``, one string's ``noise`` along it, and the norm of the whole ``gradient``: ``[seeds]`` each.

    ``tree`` holds float64 weights. The slope of each string's logit along the
    signal's direction is a central difference. Divide the noise by the root of
    a batch's size to have that of the batch's mean.
    """
    strings = len(tree.odd)
    sign = np.where(tree.odd, 1.0, -1.0)
    logits = tree.final_logits()
    error = (expit(logits) - tree.odd) / strings
    gradient = np.linalg.norm(tree.gradient(error), axis=1)
    tree.final_logits()
    pull = tree.gradient(np.tile(sign / (2 * strings), (len(tree), 1)))  # towards the labels
    signal = np.linalg.norm(pull, axis=1)
    along = _slopes_along(tree, pull / np.maximum(signal, 1e-300)[:, None])
    return {"signal": signal, "noise": (strings * error * along).std(axis=1), "gradient": gradient}


def _slopes_along(tree: StringTree, direction: np.ndarray) -> np.ndarray:
    """The derivative of each string's logit along each network's own direction: ``[seeds, strings]``."""
    weights, answers = tree.parameters.copy(), []
    for side in (NUDGE, -NUDGE):
        tree.parameters[:] = weights + side * direction
        answers.append(tree.final_logits())
    tree.parameters[:] = weights
    return (answers[0] - answers[1]) / (2 * NUDGE)


def train_and_listen(condition: Enumerated, seeds: range, at: tuple[int, ...]) -> list[dict[str, Any]]:
    """Train a condition and measure before it and after the updates ``at`` (multiples of 50): a row a seed.

    A row is that of :func:`~parity_lib.experiments.enumerated.train_rows`, with
    ``signal``, ``noise`` (of one string) and ``gradient``, each a number a time of
    measuring; None where the network was done before.
    """
    models = condition.models(seeds)
    heard = [dict.fromkeys((0, *at)) for _ in models]

    def listen(step: int, tree: StringTree, rows: np.ndarray) -> None:
        if step not in heard[0]:
            return
        exact = StringTree([ParityRNN(condition.hidden_size, condition.cell, seed=0).double()], condition.bits)
        exact.replace(tree.parameters.astype(np.float64))
        found = signal_and_noise(exact)
        for place, row in enumerate(rows):
            heard[row][step] = {name: float(values[place]) for name, values in found.items()}

    listen(0, StringTree(models, condition.bits), np.arange(len(models)))
    rows = train_rows(condition, seeds, models=models, after_validation=listen)
    return [row | {name: [each and each[name] for each in times.values()] for name in ("signal", "noise", "gradient")}
            for row, times in zip(rows, heard, strict=True)]
