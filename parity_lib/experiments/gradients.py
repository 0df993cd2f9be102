"""How much of the gradient of the loss at step 50 is left at each earlier state?

For each net: the norm of dL_50/dh_t, averaged over random strings, divided
by that of dL_50/dh_50. Returns ``{"steps": 50, "nets": {name: {"seeds",
"ratio": {"median", "low", "high": 50 numbers each, t = 1..50}, "norm":
{the same, not divided}, "cell_ratio": {the same for an LSTM's c_t, 49 numbers
divided by that of c_49} or None}}}``; low and high are quartiles over seeds. Names: ``"tanh 16 untrained"``,
``"tanh 16 trained"``, the same for ``"relu 32"``, ``"lstm 8"``, ``"gru 8"``
(trained: only seeds that were solved); ``"tanh by hand"``;
``"orthogonal 0.5"``, ``"... 1"``, ``"... 1.5"``, ``"... 2"`` (16 tanh units,
V = gain times an orthogonal matrix); ``"forget bias 0"``, ``"... 1"``,
``"... 2"``, ``"... 3"``, ``"... 5"`` (LSTM of 8 units, the forget gate's bias
set to this).
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_lib.experiments.nets import RECIPES, TRAINED_ON, trained, with_forget_bias
from parity_lib.experiments.summaries import band
from parity_lib.models import ParityRNN, by_hand
from parity_lib.training import masked_loss

QUICK: dict[str, Any] = {"seeds": 1, "cap": 20, "strings": 2}


def run(seeds: int = 20, cap: int = 3000, strings: int = 64) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    nets: dict[str, list[ParityRNN]] = {"tanh by hand": [by_hand("tanh")] * seeds}
    for recipe, (net, _) in RECIPES.items():
        runs = [trained(recipe, seed, cap) for seed in range(seeds)]
        nets[f"{recipe} untrained"] = [ParityRNN(**net, seed=seed) for seed in range(seeds)]
        nets[f"{recipe} trained"] = [model for model, history in runs if history.solved]
    for gain in (0.5, 1, 1.5, 2):
        nets[f"orthogonal {gain}"] = [orthogonal(gain, seed) for seed in range(seeds)]
    for bias in (0, 1, 2, 3, 5):
        nets[f"forget bias {bias}"] = [with_forget_bias(bias, seed) for seed in range(seeds)]
    return {"steps": TRAINED_ON, "nets": {name: gradient_bands(group, strings) for name, group in nets.items()}}


def orthogonal(gain: float, seed: int) -> ParityRNN:
    net = ParityRNN(16, "tanh", seed=seed)
    torch.nn.init.orthogonal_(net.rnn.weight_hh_l0, gain, generator=torch.Generator().manual_seed(seed))
    return net


def gradient_bands(nets: list[ParityRNN], strings: int) -> dict[str, Any]:
    """Medians and quartiles over nets of :func:`state_gradients`."""
    norms = [state_gradients(net, strings, seed) for seed, net in enumerate(nets)]
    h = np.array([norm["h"] for norm in norms]).reshape(len(nets), TRAINED_ON)
    c = np.array([norm["c"][:-1] for norm in norms if "c" in norm])  # the loss reads h_50 and not c_50
    return {"seeds": len(nets), "ratio": band(h / h[:, -1:]), "norm": band(h),
            "cell_ratio": band(c / c[:, -1:]) if len(c) else None}


def state_gradients(net: ParityRNN, strings: int, seed: int) -> dict[str, np.ndarray]:
    """The norm of the last step's loss's gradient at each state, a mean over strings: ``[steps]``.

    Computed in float64, one time step at a time, so that each state is a node
    of its own. ``h`` for every cell; ``c`` too for the LSTM, whose h and c are
    taken as separate inputs of the next step.
    """
    net = copy.deepcopy(net).double()
    batch = ParityTask(TRAINED_ON).batch(strings, np.random.default_rng(seed))
    state, states = None, []
    for t in range(TRAINED_ON):
        _, state = net.rnn(batch.inputs[:, t:t + 1].double(), state)
        states.append(state if isinstance(state, tuple) else (state,))
        for part in states[-1]:
            part.retain_grad()
    logits = net.hidden_to_logits(states[-1][0][-1]).unsqueeze(1)
    only = torch.ones(strings, 1, dtype=torch.bool)
    (strings * masked_loss(logits, batch.targets[:, -1:].double(), only)).backward()
    return {name: np.array([_norm(parts[index].grad) for parts in states])
            for index, name in enumerate("hc"[:len(states[0])])}


def _norm(gradient: torch.Tensor | None) -> float:
    return 0.0 if gradient is None else gradient[-1].norm(dim=-1).mean().item()
