"""Gradients of a small tanh network: the correct ones, and those of common mistakes."""

import numpy as np

from parity_lib.numpy_rnn import NumpyRNN

NAMES = ("U", "V", "b", "W", "c", "h0")
Arrays = dict[str, np.ndarray]


def draw_weights(hidden: int, rng: np.random.Generator, size: float = 1.0) -> Arrays:
    """Draw the weights of a tanh network from a normal distribution."""
    shapes = {"U": (hidden, 1), "V": (hidden, hidden), "b": (hidden,), "W": (1, hidden), "c": (1,), "h0": (hidden,)}
    return {name: rng.normal(scale=size, size=shape) for name, shape in shapes.items()}


def output_gradient(logits: np.ndarray, labels: np.ndarray, mask: np.ndarray, mistake: str = "") -> np.ndarray:
    """Return the gradient ``[batch, steps]`` of the loss with respect to the logits, with a mistake or without."""
    chance, forgotten = 1 / (1 + np.exp(-logits)), mistake.startswith("mask-forgotten")
    difference = {"logit-not-probability": logits - labels, "answer-not-probability": (logits > 0) - labels,
                  "tanh-not-sigmoid": np.tanh(logits) - labels, "sigmoid-sign": 1 - chance - labels,
                  "sign": labels - chance,
                  "extra-slope": (chance - labels) * chance * (1 - chance),
                  "squared-error": 2 * (chance - labels) * chance * (1 - chance),
                  "slope-missing": (chance - labels) / (chance * (1 - chance)),
                  "loss-not-gradient": np.logaddexp(0, logits) - labels * logits}.get(mistake, chance - labels)
    divisor = {"sum-not-mean": 1, "rectangle-counted": mask.size, "mask-forgotten": mask.size,
               "strings-counted": len(mask), "steps-counted": mask.shape[1],
               "each-string-averaged": np.maximum(1, mask.sum(axis=1, keepdims=True))}.get(mistake, mask.sum())
    return np.where(forgotten | (mask != (mistake == "mask-negated")), difference, 0) / divisor


def gradients_of(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays, mistake: str = "") -> Arrays:
    """Return the gradients of the loss as a dict from weight names to arrays, with a mistake or without."""
    V, W = weights["V"], weights["W"]
    logits, states = NumpyRNN(*(weights[name] for name in "UVbWc")).forward(bits[..., None], weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask, mistake)
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later = np.zeros_like(states[:, 0])
    steps = range(mistake == "first-step-left-out", bits.shape[1])
    for t in steps if mistake == "forward-in-time" else reversed(steps):
        d_logit, h = d_logits[:, t:t + 1], states[:, t + 1]
        slope = {"no-slope": 1, "slope-before": 1 - states[:, t]**2, "slope-not-squared": 1 - h,
                 "slope-of-sigmoid": h * (1 - h), "slope-of-tanh-of-h": 1 - np.tanh(h)**2}.get(mistake, 1 - h**2)
        d_pre_activation = (d_logit @ W * (1 if mistake == "slope-of-later-part" else slope)
                            + from_later * (1 if mistake == "slope-of-own-part" else slope))
        state = states[:, t + (mistake == "state-after")]
        terms = {"U": d_pre_activation.T @ bits[:, t:t + 1], "V": d_pre_activation.T @ state,
                 "b": d_pre_activation.sum(axis=0), "W": d_logit.T @ states[:, t + (mistake != "W-state-before")],
                 "c": d_logit.sum(axis=0)}
        for name, term in terms.items():
            gradients[name] = term if mistake == "overwritten" else gradients[name] + term
        passed = d_logit @ W + from_later if mistake == "passed-without-slope" else d_pre_activation
        from_later = (mistake == "passed-twice") * from_later + (mistake != "nothing-passed-back") * passed @ (
            V.T if mistake == "V-transposed" else V)
    if mistake == "gradient-transposed":
        gradients["V"] = gradients["V"].T
    gradients["h0"] = from_later.sum(axis=0) / (len(bits) if mistake == "h0-averaged" else 1)
    return {name: value / (len(bits) if mistake == "averaged" else 1) for name, value in gradients.items()}


OF_SOME_GRADIENTS = ("overwritten", "averaged", "first-step-left-out")  # may be in the lines of a few gradients
OUTPUT_MISTAKES = ("mask-forgotten", "mask-forgotten-in-sum", "rectangle-counted", "sum-not-mean",
                   "logit-not-probability", "sign", "strings-counted", "steps-counted", "each-string-averaged",
                   "mask-negated", "tanh-not-sigmoid", "sigmoid-sign", "answer-not-probability", "extra-slope",
                   "squared-error", "slope-missing", "loss-not-gradient")
MISTAKES = ("nothing-passed-back", "overwritten", "no-slope", "V-transposed", "slope-before", "slope-not-squared",
            "slope-of-sigmoid", "slope-of-tanh-of-h", "slope-of-own-part", "slope-of-later-part", "state-after",
            "W-state-before", "gradient-transposed", "h0-averaged", "averaged", "first-step-left-out",
            "forward-in-time", "passed-without-slope", "passed-twice", *OUTPUT_MISTAKES)
