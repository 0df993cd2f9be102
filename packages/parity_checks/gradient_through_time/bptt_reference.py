"""The gradient of a small tanh network's loss, correct or with one common mistake."""

from __future__ import annotations

import numpy as np

from parity_lib.models import NumpyRNN

NAMES = ("U", "V", "b", "W", "c", "h0")
Arrays = dict[str, np.ndarray]


def draw_weights(hidden: int, rng: np.random.Generator, size: float = 1.0) -> Arrays:
    """Draw normal weights: U ``[H, 1]``, V ``[H, H]``, b ``[H]``, W ``[1, H]``, c ``[1]`` and h0 ``[H]``."""
    shapes = {"U": (hidden, 1), "V": (hidden, hidden), "b": (hidden,), "W": (1, hidden), "c": (1,), "h0": (hidden,)}
    return {name: rng.normal(scale=size, size=shape) for name, shape in shapes.items()}


def output_gradient(logits: np.ndarray, labels: np.ndarray, mask: np.ndarray, slip: str = "") -> np.ndarray:
    """Return the gradient of the loss at the logits ``[batch, steps]``, correct or with one slip of OUTPUT_SLIPS."""
    probability = 1 / (1 + np.exp(-logits))
    difference = (logits if slip == "logits" else probability) - labels
    if slip == "sign":
        difference = -difference
    if slip == "slope of the sigmoid":
        difference = difference * probability * (1 - probability)
    divisor = {"sum": 1, "strings": len(mask), "rectangle": mask.size, "no mask": mask.size}.get(slip, mask.sum())
    return difference * (mask | slip.startswith("no mask")) / divisor


def correct_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays) -> Arrays:
    """Return the gradient of the loss at each weight, by name."""
    network = NumpyRNN(*(weights[name] for name in "UVbWc"))
    inputs = bits[..., None].astype(float)
    logits, states = network.forward(inputs, weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask)[..., None]
    gradients = network.backward(inputs, states, d_logits)
    return {name: gradients[name] for name in "UVbWc"} | {"h0": gradients["h"][:, 0].sum(axis=0)}


def slipped_gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: Arrays, slip: str) -> Arrays:
    """Return the gradients by name with one slip of SLIPS; any other text gives the correct ones."""
    V, W = weights["V"], weights["W"]
    logits, states = NumpyRNN(*(weights[name] for name in "UVbWc")).forward(bits[..., None], weights["h0"])
    d_logits = output_gradient(logits[..., 0], labels, mask, slip)
    gradients = {name: np.zeros_like(value) for name, value in weights.items()}
    from_later, steps = np.zeros_like(states[:, 0]), bits.shape[1]
    last = {"last step": steps - 1, "first step": 1}.get(slip, 0)
    for t in range(steps - 1, last - 1, -1):
        d_logit, h = d_logits[:, t:t + 1], states[:, t + 1]
        slope = {"no slope": 1, "tanh twice": 1 - np.tanh(h)**2}.get(slip, 1 - h**2)
        before_tanh = (d_logit @ W + from_later) * slope
        parts = {"U": before_tanh.T @ bits[:, t:t + 1], "b": before_tanh.sum(axis=0),
                 "V": before_tanh.T @ states[:, t + 1 if slip == "state after" else t],
                 "W": d_logit.T @ h, "c": d_logit.sum(axis=0)}
        for name, part in parts.items():
            gradients[name] = part if slip == "overwritten" else gradients[name] + part
        from_later = {"nothing": 0 * before_tanh, "V transposed": before_tanh @ V.T,
                      "stops": before_tanh @ V * mask[:, t:t + 1]}.get(slip, before_tanh @ V)
    gradients["h0"] = from_later.mean(axis=0) if slip == "h0 averaged" else from_later.sum(axis=0)
    return gradients


NO_MASK = "The mask is forgotten: positions without a label contribute to the gradient, too."
OUTPUT_SLIPS = {
    "no mask": NO_MASK,
    "no mask, right count": NO_MASK,
    "rectangle": "You divide by the size of the whole rectangle. Count the positions where the mask is True.",
    "strings": "You divide by the number of strings. The mean is over the positions where the mask is True.",
    "sum": "This is the gradient of the sum over the positions, and the loss is their mean.",
    "logits": "You compare the logit itself with the label. Compare its sigmoid, the probability.",
    "sign": "The sign is wrong: where the label is 1, a larger logit makes the loss smaller.",
    "slope of the sigmoid": "The slope of the sigmoid cancels with the derivative of the logarithm: p - y is all.",
}
SLIPS = {
    "nothing": "Nothing is passed to earlier states, so each time step has the gradient of its own output only.",
    "last step": "Only the last time step contributes. Every time step uses the weights, so every one adds its part.",
    "first step": "The loop stops before the first time step, which uses the weights as well.",
    "overwritten": "The part of each time step replaces the one before. The weights are shared, so add the parts.",
    "no slope": "The slope of tanh, 1 - h**2, is missing.",
    "tanh twice": "You take the slope 1 - tanh(h)**2. The states have been through tanh already: it is 1 - h**2.",
    "V transposed": "V is transposed in the backward pass. Forwards it is h @ V.T, so backwards it is @ V.",
    "state after": "In the gradient of V you use h_t, the state after the time step. V was multiplied with h_(t-1).",
    "stops": "The gradient stops at positions outside the mask. They have no label, but it passes through them.",
    "h0 averaged": "You average the gradient of h0 over the strings. All of them begin with it, so add the parts.",
    **OUTPUT_SLIPS,
}
