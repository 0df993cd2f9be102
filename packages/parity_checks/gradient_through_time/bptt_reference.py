"""Gradients of a small tanh network: the correct one, and wrong ones for testing a student's check."""

from __future__ import annotations

import numpy as np

from parity_lib.numpy_rnn import NumpyRNN

NAMES = ("U", "V", "b", "W", "c", "h0")
Arrays = dict[str, np.ndarray]


def draw_weights(hidden: int, rng: np.random.Generator, size: float = 1.0) -> Arrays:
    """Draw the weights of a tanh network from a normal distribution."""
    shapes = {"U": (hidden, 1), "V": (hidden, hidden), "b": (hidden,), "W": (1, hidden), "c": (1,), "h0": (hidden,)}
    return {name: rng.normal(scale=size, size=shape) for name, shape in shapes.items()}


def output_gradient(logits: np.ndarray, labels: np.ndarray, mask: np.ndarray, mistake: str = "") -> np.ndarray:
    """Return the gradient ``[batch, steps]`` of the loss with respect to the logits."""
    probability = 1 / (1 + np.exp(-logits))
    difference = (logits if mistake == "logits" else probability) - labels
    if mistake == "sign":
        difference = -difference
    divisor = {"sum": 1, "rectangle": mask.size, "no mask": mask.size}.get(mistake, mask.sum())
    return np.where(mask | (mistake == "no mask"), difference, 0) / divisor


def correct_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays) -> Arrays:
    """Return the correct gradients of the loss as a dict from weight names to arrays."""
    network = NumpyRNN(*(weights[name] for name in "UVbWc"))
    inputs = bits[..., None].astype(float)
    logits, states = network.forward(inputs, weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask)[..., None]
    gradients = network.backward(inputs, states, d_logits)
    return {name: gradients[name] for name in "UVbWc"} | {"h0": gradients["h"][:, 0].sum(axis=0)}


def mistaken_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays,
                       mistake: str) -> Arrays:
    """Return the gradients that result from a common mistake."""
    V, W = weights["V"], weights["W"]
    logits, states = NumpyRNN(*(weights[name] for name in "UVbWc")).forward(bits[..., None], weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask, mistake)
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later = np.zeros_like(states[:, 0])
    for t in reversed(range(bits.shape[1])):
        d_logit, h = d_logits[:, t:t + 1], states[:, t + 1]
        d_pre_activation = (d_logit @ W + from_later) * (1 if mistake == "no slope" else 1 - h**2)
        terms = {"U": d_pre_activation.T @ bits[:, t:t + 1], "V": d_pre_activation.T @ states[:, t],
                 "b": d_pre_activation.sum(axis=0), "W": d_logit.T @ h, "c": d_logit.sum(axis=0)}
        for name, term in terms.items():
            gradients[name] = term if mistake == "overwritten" else gradients[name] + term
        from_later = {"nothing": 0 * d_pre_activation, "V transposed": d_pre_activation @ V.T}.get(
            mistake, d_pre_activation @ V)
    gradients["h0"] = from_later.sum(axis=0)
    return gradients


OUTPUT_MISTAKES = {
    "no mask": "The mask is forgotten: positions without a label contribute to the gradient, too.",
    "rectangle": "You divide by the size of the whole rectangle. Count the positions where the mask is True.",
    "sum": "This is the gradient of the sum over the positions, and the loss is their mean.",
    "logits": "You compare the logit itself with the label. Compare its sigmoid, the probability.",
    "sign": "The sign is wrong: where the label is 1, a larger logit makes the loss smaller.",
}
MISTAKES = {
    "nothing": "Nothing is passed to earlier states, so each time step has the gradient of its own output only.",
    "overwritten": "The term of each time step replaces the one before. The weights are shared, so add the terms.",
    "no slope": "The slope of tanh, 1 - h**2, is missing.",
    "V transposed": "V is transposed in the backward pass. The forward pass has h @ V.T, so the backward pass has @ V.",
    **OUTPUT_MISTAKES,
}
