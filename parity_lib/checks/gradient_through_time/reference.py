"""The gradient of a small tanh net's loss, written out, as it should be or with one known slip."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from parity_lib.checks.constants import constant

EXERCISE = "gradient_through_time"
NAMES = ("U", "V", "b", "W", "c", "h0")


def gain() -> float:
    """What the sum is multiplied with before tanh."""
    return constant(EXERCISE, "gain")


def divisor(mask: np.ndarray, mean: str | None = None) -> int:
    """What the sum over the positions is divided by: in a variant another number than that of the positions."""
    return {"positions": mask.sum(), "sum": 1, "strings": len(mask), "steps": mask.shape[1],
            "rectangle": mask.size}[mean or constant(EXERCISE, "mean")]


def draw_weights(hidden: int, rng: np.random.Generator, size: float = 1.0) -> dict[str, np.ndarray]:
    """Normal weights by name: U ``[H, 1]``, V ``[H, H]``, b ``[H]``, W ``[1, H]``, c ``[1]``, h0 ``[H]``."""
    shapes = {"U": (hidden, 1), "V": (hidden, hidden), "b": (hidden,), "W": (1, hidden), "c": (1,), "h0": (hidden,)}
    return {name: rng.normal(scale=size, size=shape) for name, shape in shapes.items()}


def by_autograd(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray,
                weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """PyTorch's gradients of the loss on the positions of ``mask``, by name, in float64."""
    U, V, b, W, c, h0 = own = [torch.from_numpy(weights[name]).clone().requires_grad_() for name in NAMES]
    h, outputs = h0.expand(len(bits), -1), []
    with torch.enable_grad():
        for x in torch.from_numpy(bits).double().T:
            h = torch.tanh(gain() * (x[:, None] @ U.T + h @ V.T + b))
            outputs.append(h @ W[0] + c[0])
        chosen = torch.from_numpy(mask)
        loss = binary_cross_entropy_with_logits(torch.stack(outputs, dim=1)[chosen],
                                                torch.from_numpy(labels).double()[chosen])
        loss = loss * float(mask.sum() / divisor(mask))
        found = torch.autograd.grad(loss, own)
    return {name: one.numpy() for name, one in zip(NAMES, found, strict=True)}


def forward(bits: np.ndarray, weights: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """States ``[batch, steps + 1, H]``, h0 first, and logits ``[batch, steps]``."""
    U, V, b, W, c, h0 = (weights[name] for name in NAMES)
    states = np.zeros((len(bits), bits.shape[1] + 1, len(b)))
    states[:, 0] = h0
    for t in range(bits.shape[1]):
        states[:, t + 1] = np.tanh(gain() * (bits[:, t:t + 1] @ U.T + states[:, t] @ V.T + b))
    return states, states[:, 1:] @ W[0] + c[0]


def output_gradient(logits: np.ndarray, labels: np.ndarray, mask: np.ndarray, slip: str = "") -> np.ndarray:
    """The loss's gradient at the logits ``[batch, steps]``, as it should be or with one known slip."""
    chance = 1 / (1 + np.exp(-logits))
    off = {"logits": logits, "tanh": np.tanh(logits), "hard": (logits > 0).astype(float)}.get(slip, chance) - labels
    if slip == "sign":
        off = -off
    if slip == "squared":
        off = 2 * off * chance * (1 - chance)
    if slip == "slope of the sigmoid":
        off = off * chance * (1 - chance)
    count = mask.size if slip == "unmasked" else divisor(mask, slip if slip in MEANS else None)
    if slip in ("mean of means", "sum of means"):
        count = np.maximum(mask.sum(axis=1, keepdims=True), 1) * (len(mask) if slip == "mean of means" else 1)
    return off * (mask | slip.startswith("unmasked")) / count


MEANS = {"positions": "the mean over the positions where the mask is True", "sum": "the sum over the positions",
         "strings": "the sum over the positions, divided by the number of strings",
         "steps": "the sum over the positions, divided by the number of steps",
         "rectangle": "the sum over the positions, divided by the size of the whole rectangle"}
OUTPUT_SLIPS = {
    "unmasked": "the mask is forgotten: positions that do not count pull as well",
    "unmasked, right count": "the mask is forgotten: positions that do not count pull as well",
    "rectangle": "the mean is over the whole rectangle; count the positions where the mask is True",
    "strings": "the sum is divided by the number of strings; the mean is over the positions where the mask is True",
    "steps": "the sum is divided by the number of steps; the mean is over the positions where the mask is True",
    "sum": "this is the gradient of the sum over the positions; the loss is their mean",
    "mean of means": "this is a mean for each string first; the mean is over all positions at once",
    "sum of means": "this is a mean for each string by itself; the mean is over all positions at once",
    "tanh": "tanh is a curve from -1 to 1; the probability is the sigmoid of the logit",
    "logits": "the logit itself is compared with the label; its sigmoid is",
    "hard": "the answer 0 or 1 is compared with the label; the sigmoid of the logit is",
    "sign": "the sign is the wrong way round: where the label is 1, a larger logit makes the loss smaller",
    "slope of the sigmoid": "the slope of the sigmoid is in it, which the logarithm has cancelled: p - y is all",
    "squared": "this is the gradient of a squared error; the loss is the cross-entropy",
}


def output_slips() -> dict[str, str]:
    """The slips at the logits, with words for the loss that is asked for."""
    asked = constant(EXERCISE, "mean")
    if asked == "positions":
        return OUTPUT_SLIPS
    return OUTPUT_SLIPS | {mean: f"this is the gradient of {words}; the loss is {MEANS[asked]}"
                           for mean, words in MEANS.items()}


def slips() -> dict[str, str]:
    """All slips, with words for the net that is asked for."""
    without = {"no gain": f"the slope of tanh({gain():g} a) has the factor {gain():g} in it"}
    return SLIPS | output_slips() | (without if gain() != 1 else {})


def gradients(bits: np.ndarray, labels: np.ndarray, mask: np.ndarray, weights: dict[str, np.ndarray],
              slip: str = "") -> dict[str, np.ndarray]:
    """The gradients by name, as they should be or with one known slip."""
    V, W = weights["V"], weights["W"]
    states, logits = forward(bits, weights | {"h0": 0 * weights["h0"]} if slip == "from zero" else weights)
    at_logits = output_gradient(logits, labels, mask, slip)
    found = {name: np.zeros_like(value) for name, value in weights.items()}
    at_state = at_sum = later = np.zeros_like(states[:, 0])
    for t in _order(bits.shape[1], slip):
        own = at_logits[:, t:t + 1] @ W
        at_state = later if slip == "end only" and t < bits.shape[1] - 1 else own + later
        slope = _slope(states[:, t if slip == "slope before" else t + 1], slip)
        at_sum = (1 if slip == "no gain" else gain()) * at_state * slope
        bit = bits[:, max(t - 1, 0):max(t, 1)] if slip == "bit before" else bits[:, t:t + 1]
        parts = {"U": at_sum.T @ bit, "b": at_sum.sum(axis=0),
                 "V": at_sum.T @ states[:, t + 1 if slip == "state after" else t],
                 "W": at_logits[:, t:t + 1].T @ states[:, t if slip == "readout before" else t + 1],
                 "c": at_logits[:, t:t + 1].sum(axis=0)}
        for name, part in parts.items():
            found[name] = part if slip == "overwritten" else found[name] + part
        later = {"V transposed": at_sum @ V.T, "cut": 0 * later, "without V": at_sum,
                 "slope afterwards": at_state @ V, "strings mixed": np.tile((at_sum @ V).sum(axis=0), (len(bits), 1)),
                 "stops at holes": (at_sum @ V) * mask[:, t:t + 1]}.get(
                     slip, at_sum @ V)
    if slip == "V over its transpose":
        found["V"] = found["V"].T
    found["h0"] = {"h0 of one string": later[0], "h0 averaged": later.mean(axis=0), "h1": at_state.sum(axis=0),
                   "h0 without V": at_sum.sum(axis=0)}.get(slip, later.sum(axis=0))
    return found


def _order(steps: int, slip: str) -> range:
    if slip == "forwards":
        return range(steps)
    if slip == "last step":
        return range(steps - 1, steps - 2, -1)
    return range(steps - 1, 0 if slip == "first step left out" else -1, -1)


def _slope(state: np.ndarray, slip: str) -> np.ndarray:
    if slip == "no slope":
        return np.ones_like(state)
    return {"tanh twice": 1 - np.tanh(state)**2, "sigmoid slope": state * (1 - state),
            "slope not squared": 1 - state}.get(slip, 1 - state**2)


SLIPS = {
    "cut": "nothing is passed to the states before: each step sees the gradient of its own output only",
    "last step": "only the last step contributes; every step has used the same weights, so every step adds its part",
    "first step left out": "the loop stops before the first step, which has used the weights as well",
    "forwards": "the loop runs forwards; what comes back from later steps is known only if it begins at the end",
    "overwritten": "each step's part replaces the one before; the weights are shared, so the parts are added",
    "no slope": "the slope of tanh, 1 - h**2, is missing",
    "tanh twice": "the slope is 1 - tanh(h)**2; the states have been through tanh already: 1 - h**2",
    "sigmoid slope": "h * (1 - h) is the slope of a sigmoid; that of tanh is 1 - h**2",
    "slope not squared": "the slope is 1 - h; that of tanh is 1 - h**2",
    "slope afterwards": "what goes back through V has not been through the slope of tanh",
    "slope before": "the slope of tanh is taken at the state before the step; it belongs to the state that comes out",
    "bit before": "U is given the bit of the step before; in step t it was multiplied with bits[:, t]",
    "strings mixed": "the strings are added up on the way back; each has a path of its own, and only weights add up",
    "from zero": "the states do not begin with h0",
    "h0 of one string": "only the first string's part arrives at h0; every string begins with it",
    "V transposed": "V is transposed on the way back: forwards it is h @ V.T, so backwards @ V",
    "V over its transpose": "the gradient of V is transposed: row i belongs to unit i",
    "without V": "what goes to the state before has not been through V",
    "state after": "in the gradient of V you use h_t, the state after the step; it needs h_(t-1), that V was "
                   "multiplied with",
    "readout before": "the gradient of W takes the state before the step; the readout reads the one after it",
    "end only": "only the last step's own output is there; each output of the mask sends a gradient into its state",
    "stops at holes": "the gradient stops at positions outside the mask; they have no label, but it passes through",
    "h0 averaged": "the gradient of h0 is averaged over the strings; all of them begin with it, so the parts are added",
    "h1": "this is the gradient at the state after the first step; h0 is one step earlier",
    "h0 without V": "what goes from the first step to h0 has not been through V",
    **OUTPUT_SLIPS,
}
