"""How much of the gradient of the last loss reaches earlier states?

For each network, the norm of dL_50/dh_t is averaged over random strings and divided by that of dL_50/dh_50. Returns
``{"steps": 50, "nets": {name: {"seeds", "ratio", "cell_ratio"}}}``. ``ratio`` is ``{"median", "low", "high"}`` with 50
numbers each, for t = 1..50; low and high are the quartiles over the seeds. ``cell_ratio`` has the same form for an
LSTM's c_t, divided by the norm at c_49 (49 numbers), and is None for other cells. The names are

- ``"tanh 16 untrained"``, ``"tanh 16 trained"`` (the solved seeds only), and the same
  for the other recipes;
- ``"tanh by hand"``;
- ``"orthogonal 0.5"``, ``1``, ``1.5``, ``2``: 16 tanh units, with V equal to this gain
  times an orthogonal matrix;
- ``"forget bias 0"``, ``1``, ``2``, ``3``, ``5``: an LSTM of 8 units with this bias of
  the forget gates.
"""

from typing import Any

import numpy as np

from parity_lib.models import ParityRNN, by_hand
from parity_study.experiments.summaries import quartiles
from parity_study.state_gradients import orthogonal, state_gradients
from parity_study.trained_networks import RECIPES, TRAINED_ON, trained, with_forget_bias

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


def summarise(models: list[ParityRNN], strings: int) -> dict[str, Any]:
    """Summarise the state gradients of several models as medians and quartiles."""
    norms = [state_gradients(model, strings, seed) for seed, model in enumerate(models)]
    h = np.array([norm["h"] for norm in norms]).reshape(len(models), TRAINED_ON)
    c = np.array([norm["c"][:-1] for norm in norms if "c" in norm])  # the loss reads h_50 and not c_50
    return {"seeds": len(models), "ratio": quartiles(h / h[:, -1:]),
            "cell_ratio": quartiles(c / c[:, -1:]) if len(c) else None}
