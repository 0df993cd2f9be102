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
    predicted = logits if mistake == "logit-not-probability" else 1 / (1 + np.exp(-logits))
    difference = labels - predicted if mistake == "sign" else predicted - labels
    divisor = {"sum-not-mean": 1, "rectangle-counted": mask.size, "mask-forgotten": mask.size,
               "strings-counted": len(mask)}.get(mistake, mask.sum())
    return np.where(mask | (mistake == "mask-forgotten"), difference, 0) / divisor


def gradients_of(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays, mistake: str = "") -> Arrays:
    """Return the gradients of the loss as a dict from weight names to arrays, with a mistake or without."""
    V, W = weights["V"], weights["W"]
    logits, states = NumpyRNN(*(weights[name] for name in "UVbWc")).forward(bits[..., None], weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask, mistake)
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later = np.zeros_like(states[:, 0])
    for t in reversed(range(bits.shape[1])):
        d_logit, h = d_logits[:, t:t + 1], states[:, t + 1]
        slope_at = {"no-slope": 0 * h, "slope-before": states[:, t]}.get(mistake, h)
        d_pre_activation = (d_logit @ W + from_later) * (1 - slope_at**2)
        state = states[:, t + (mistake == "state-after")]
        terms = {"U": d_pre_activation.T @ bits[:, t:t + 1], "V": d_pre_activation.T @ state,
                 "b": d_pre_activation.sum(axis=0), "W": d_logit.T @ h, "c": d_logit.sum(axis=0)}
        for name, term in terms.items():
            gradients[name] = term if mistake == "overwritten" else gradients[name] + term
        from_later = (0 if mistake == "nothing-passed-back" else 1) * d_pre_activation @ (
            V.T if mistake == "V-transposed" else V)
    if mistake == "gradient-transposed":
        gradients["V"] = gradients["V"].T
    gradients["h0"] = from_later.sum(axis=0) / (len(bits) if mistake == "h0-averaged" else 1)
    return gradients


OUTPUT_MISTAKES = ("mask-forgotten", "rectangle-counted", "sum-not-mean", "logit-not-probability", "sign",
                   "strings-counted")
MISTAKES = ("nothing-passed-back", "overwritten", "no-slope", "V-transposed", "slope-before", "state-after",
            "gradient-transposed", "h0-averaged", *OUTPUT_MISTAKES)
