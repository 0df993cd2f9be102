"""Correct and deliberately wrong gradients of a small tanh network."""

from __future__ import annotations

import numpy as np

from parity_lib.models import NumpyRNN

NAMES = ("U", "V", "b", "W", "c", "h0")
Arrays = dict[str, np.ndarray]


def draw_weights(hidden: int, rng: np.random.Generator, size: float = 1.0) -> Arrays:
    """Draw the weights of a tanh network from a normal distribution.

    They are U ``[H, 1]``, V ``[H, H]``, b ``[H]``, W ``[1, H]``, c ``[1]`` and h0 ``[H]``.
    """
    shapes = {"U": (hidden, 1), "V": (hidden, hidden), "b": (hidden,), "W": (1, hidden), "c": (1,), "h0": (hidden,)}
    return {name: rng.normal(scale=size, size=shape) for name, shape in shapes.items()}


def output_gradient(logits: np.ndarray, labels: np.ndarray, mask: np.ndarray, mistake: str = "") -> np.ndarray:
    """Return the gradient of the loss with respect to the logits.

    The gradient is ``[batch, steps]``. It is correct, or has one of OUTPUT_MISTAKES.
    """
    probability = 1 / (1 + np.exp(-logits))
    difference = (logits if mistake == "logits" else probability) - labels
    if mistake == "sign":
        difference = -difference
    if mistake == "slope of the sigmoid":
        difference = difference * probability * (1 - probability)
    divisor = {"sum": 1, "strings": len(mask), "rectangle": mask.size, "no mask": mask.size}.get(mistake, mask.sum())
    return difference * (mask | mistake.startswith("no mask")) / divisor


def correct_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays) -> Arrays:
    """Return the gradients of the loss with respect to the weights.

    They are returned as a dict with the names of the weights as keys.
    """
    network = NumpyRNN(*(weights[name] for name in "UVbWc"))
    inputs = bits[..., None].astype(float)
    logits, states = network.forward(inputs, weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask)[..., None]
    gradients = network.backward(inputs, states, d_logits)
    return {name: gradients[name] for name in "UVbWc"} | {"h0": gradients["h"][:, 0].sum(axis=0)}


def mistaken_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays,
                       mistake: str) -> Arrays:
    """Return the gradients that result from a common mistake.

    They are returned as a dict with the names of the weights as keys. ``mistake`` is one of MISTAKES, and any other
    text gives the correct gradients.
    """
    V, W = weights["V"], weights["W"]
    logits, states = NumpyRNN(*(weights[name] for name in "UVbWc")).forward(bits[..., None], weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask, mistake)
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later, steps = np.zeros_like(states[:, 0]), bits.shape[1]
    last = {"last step": steps - 1, "first step": 1}.get(mistake, 0)
    for t in range(steps - 1, last - 1, -1):
        d_logit, h = d_logits[:, t:t + 1], states[:, t + 1]
        slope = {"no slope": 1, "tanh twice": 1 - np.tanh(h)**2}.get(mistake, 1 - h**2)
        d_pre_activation = (d_logit @ W + from_later) * slope
        terms = {"U": d_pre_activation.T @ bits[:, t:t + 1], "b": d_pre_activation.sum(axis=0),
                 "V": d_pre_activation.T @ states[:, t + 1 if mistake == "state after" else t],
                 "W": d_logit.T @ h, "c": d_logit.sum(axis=0)}
        for name, term in terms.items():
            gradients[name] = term if mistake == "overwritten" else gradients[name] + term
        from_later = {"nothing": 0 * d_pre_activation, "V transposed": d_pre_activation @ V.T,
                      "stops": d_pre_activation @ V * mask[:, t:t + 1]}.get(mistake, d_pre_activation @ V)
    gradients["h0"] = from_later.mean(axis=0) if mistake == "h0 averaged" else from_later.sum(axis=0)
    return gradients


NO_MASK = "The mask is forgotten: positions without a label contribute to the gradient, too."
OUTPUT_MISTAKES = {
    "no mask": NO_MASK,
    "no mask, correct count": NO_MASK,
    "rectangle": "You divide by the size of the whole rectangle. Count the positions where the mask is True.",
    "strings": "You divide by the number of strings. The mean is over the positions where the mask is True.",
    "sum": "This is the gradient of the sum over the positions, and the loss is their mean.",
    "logits": "You compare the logit itself with the label. Compare its sigmoid, the probability.",
    "sign": "The sign is wrong: where the label is 1, a larger logit makes the loss smaller.",
    "slope of the sigmoid": "The slope of the sigmoid cancels with the derivative of the logarithm and leaves p - y.",
}
MISTAKES = {
    "nothing": "Nothing is passed to earlier states, so each time step has the gradient of its own output only.",
    "last step": "Only the last time step contributes. Every time step uses the weights, so add the terms of them all.",
    "first step": "The loop stops before the first time step, which uses the weights as well.",
    "overwritten": "The term of each time step replaces the one before. The weights are shared, so add the terms.",
    "no slope": "The slope of tanh, 1 - h**2, is missing.",
    "tanh twice": "You take the slope 1 - tanh(h)**2. The states have been through tanh already: it is 1 - h**2.",
    "V transposed": "V is transposed in the backward pass. The forward pass has h @ V.T, so the backward pass has @ V.",
    "state after": "In the gradient of V you use h_t, the state after the time step. V was multiplied with h_(t-1).",
    "stops": "The gradient stops at positions outside the mask. They have no label, but it passes through them.",
    "h0 averaged": "You average the gradient of h0 over the strings. All of them begin with it, so add the terms.",
    **OUTPUT_MISTAKES,
}
