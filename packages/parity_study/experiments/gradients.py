"""How much of the gradient of the last loss reaches earlier states?

For each network, the norm of dL_50/dh_t is averaged over random strings and divided by that of dL_50/dh_50. Returns
``{"steps": 50, "nets": {name: {"seeds", "ratio", "norm", "cell_ratio"}}}``. ``ratio`` and ``norm`` (the norm before the
division) have the form ``{"median", "low", "high"}`` with 50 numbers each, for t = 1..50; low and high are the
quartiles over the seeds. ``cell_ratio`` has the same form for an LSTM's c_t, divided by the norm at c_49 (49 numbers),
and is None for other cells. The names are

- ``"tanh 16 untrained"``, ``"tanh 16 trained"`` (the solved seeds only), and the same
  for the other recipes;
- ``"tanh by hand"``;
- ``"orthogonal 0.5"``, ``1``, ``1.5``, ``2``: 16 tanh units, with V equal to this gain
  times an orthogonal matrix;
- ``"forget bias 0"``, ``1``, ``2``, ``3``, ``5``: an LSTM of 8 units with this bias of
  the forget gates.
"""

import copy
from typing import Any

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN, by_hand
from parity_lib.training import masked_loss
from parity_study.experiments.summaries import quartiles
from parity_study.experiments.trained_networks import RECIPES, TRAINED_ON, trained, with_forget_bias

QUICK: dict[str, Any] = {"seeds": 1, "cap": 20, "strings": 2}


def run(seeds: int = 20, cap: int = 3000, strings: int = 64) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    groups: dict[str, list[ParityRNN]] = {"tanh by hand": [by_hand("tanh")] * seeds}
    for recipe, (network, _) in RECIPES.items():
        groups[f"{recipe} untrained"] = [ParityRNN(**network, seed=seed) for seed in range(seeds)]
        groups[f"{recipe} trained"] = [model for model, history in zip(*trained(recipe, seeds, cap))
                                       if history.solved]
    for gain in (0.5, 1, 1.5, 2):
        groups[f"orthogonal {gain}"] = [orthogonal(gain, seed) for seed in range(seeds)]
    for bias in (0, 1, 2, 3, 5):
        groups[f"forget bias {bias}"] = [with_forget_bias(bias, seed) for seed in range(seeds)]
    return {"steps": TRAINED_ON, "nets": {name: summarise(models, strings) for name, models in groups.items()}}


def orthogonal(gain: float, seed: int) -> ParityRNN:
    """Create a tanh network with 16 units whose recurrent weight matrix is ``gain`` times an orthogonal matrix."""
    model = ParityRNN(16, "tanh", seed=seed)
    torch.nn.init.orthogonal_(model.rnn.weight_hh_l0, gain, generator=torch.Generator().manual_seed(seed))
    return model


def summarise(models: list[ParityRNN], strings: int) -> dict[str, Any]:
    """Summarise the state gradients of several models as medians and quartiles."""
    norms = [state_gradients(model, strings, seed) for seed, model in enumerate(models)]
    h = np.array([norm["h"] for norm in norms]).reshape(len(models), TRAINED_ON)
    c = np.array([norm["c"][:-1] for norm in norms if "c" in norm])  # the loss reads h_50 and not c_50
    return {"seeds": len(models), "ratio": quartiles(h / h[:, -1:]), "norm": quartiles(h),
            "cell_ratio": quartiles(c / c[:, -1:]) if len(c) else None}


def state_gradients(model: ParityRNN, strings: int, seed: int) -> dict[str, np.ndarray]:
    """Measure how much of the gradient of the last loss reaches each earlier state.

    The norms are averaged over random strings. The result is a dict with an array ``[steps]`` for ``"h"`` and, for an
    LSTM, another one for ``"c"``. They contain the norms of the gradient with respect to these states; the h and c of
    an LSTM are treated as separate inputs of the next time step. The network is run in float64 and one time step at a
    time, so that each state is a node of its own in the computation graph.
    """
    model = copy.deepcopy(model).double()
    batch = ParityTask(TRAINED_ON).batch(strings, np.random.default_rng(seed))
    state, states = None, []
    for t in range(TRAINED_ON):
        _, state = model.rnn(batch.inputs[:, t:t + 1].double(), state)
        states.append(state if isinstance(state, tuple) else (state,))
        for part in states[-1]:
            part.retain_grad()
    logits = model.hidden_to_logits(states[-1][0][-1]).unsqueeze(1)
    mask = torch.ones(strings, 1, dtype=torch.bool)
    (strings * masked_loss(logits, batch.targets[:, -1:].double(), mask)).backward()
    return {name: np.array([_mean_norm(parts[index].grad) for parts in states])
            for index, name in enumerate("hc"[:len(states[0])])}


def _mean_norm(gradient: torch.Tensor | None) -> float:
    return 0.0 if gradient is None else gradient[-1].norm(dim=-1).mean().item()
