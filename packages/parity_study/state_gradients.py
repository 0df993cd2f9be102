"""How much of the gradient of the last loss reaches each state of a network.

Chapter: *The gradient through time*.
"""

import copy

import numpy as np
import torch

from parity_lib.data import ParityTask
from parity_lib.models import ParityRNN
from parity_lib.training import masked_loss
from parity_study.trained_networks import TRAINED_ON


def orthogonal(gain: float, seed: int) -> ParityRNN:
    """Create a tanh network with 16 units whose recurrent weight matrix is ``gain`` times an orthogonal matrix."""
    model = ParityRNN(16, "tanh", seed=seed)
    torch.nn.init.orthogonal_(model.rnn.weight_hh_l0, gain, generator=torch.Generator().manual_seed(seed))
    return model


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
