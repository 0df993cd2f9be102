"""Does the ratio of signal to noise before training predict which networks learn, whatever changes the ratio?

Chapter: *Why five bits are hard*. The string length, the size of the first weights, the bias of the forget gates and
the batch size are varied together. Signal and noise (:mod:`parity_study.experiments.signal_and_noise`) are measured
before training. Predictions, made before the first run:

- If the ratio of signal to noise before training is all that matters, the success rates of all conditions lie on one
  curve over this ratio, and a curve that is fitted to half of the conditions predicts the other half.
- If the flow of the gradient back through time or the optimiser matters by itself, conditions of the same ratio but
  different biases, sizes of weights or lengths have different success rates.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from parity_study.experiments.signal_and_noise import Measured

SEEDS = 100
SAMPLE = ("4 bits, 64 drawn, x 1, bias drawn",)
CONDITIONS = {f"{n} bits, {size} drawn, x {scale}, bias {'drawn' if bias is None else bias}":
              Measured(bits=n, batch_size=size, weight_scale=float(scale), forget_bias=bias)
              for n in (4, 5, 6) for size in (64, 1024, 16_384) for scale in (1, 2, 4, 8) for bias in (None, 3.0)}


def points(results: dict[str, Any]) -> list[tuple[str, float, int, int]]:
    """Return ``(name, ratio, successes, runs)`` for each condition in the results of this series.

    ``ratio`` is the median over the seeds of the signal divided by the noise of a batch, before training.
    """
    rows = []
    for name, row in results["conditions"].items():
        batch_size = (results["defaults"] | row["settings"])["batch_size"]
        ratios = np.array(row["signal"]) / np.array(row["noise"]) * np.sqrt(batch_size)
        rows.append((name, float(np.median(ratios)), row["solved"], row["seeds"]))
    return rows


def fit(rows: Sequence[tuple[str, float, int, int]]) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a logistic curve of the logarithm of the ratio to success rates, by maximum likelihood.

    ``rows`` are some of :func:`points`. Returns a function from ratios to success rates.

    >>> curve = fit([("a", 0.1, 10, 100), ("b", 10.0, 90, 100)])
    >>> np.round(curve(np.array([0.1, 1.0, 10.0])), 2).tolist()
    [0.1, 0.5, 0.9]
    """
    x, solved, runs = np.array([row[1:] for row in rows]).T

    def loss(parameters: np.ndarray) -> float:
        logits = parameters[0] + parameters[1] * np.log(x)
        return float((solved * np.logaddexp(0, -logits) + (runs - solved) * np.logaddexp(0, logits)).sum())

    level, slope = minimize(loss, (0.0, 1.0)).x
    return lambda ratios: expit(level + slope * np.log(ratios))
