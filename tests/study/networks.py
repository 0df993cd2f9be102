"""Networks for the tests of state machines, sets of states and verdicts."""

from functools import cache

import numpy as np
import torch

from parity_lib.models import ParityRNN
from parity_study.trained_networks import train_seeds

CELLS = ("tanh", "relu", "lstm", "gru")


def trained(hidden_size, cell, seeds, **changes):
    """Train networks on 50 bits with a label at every time step, and return the solved ones by seed."""
    settings = {"batch_size": 64, "lr": 0.01, "clip": 1.0, "max_updates": 2500, "validation_size": 1000} | changes
    models, histories = train_seeds({"hidden_size": hidden_size, "cell": cell}, seeds, **settings)
    return {seed: model for seed, model, history in zip(seeds, models, histories) if history.solved}


@cache
def tanh_8():
    return trained(8, "tanh", range(4))


@cache
def gru_8():
    return trained(8, "gru", range(3), batch_size=32, lr=0.03, max_updates=1000)


def make_wide_network(cell, seed, hidden=3, dtype=torch.float32):
    """Return an untrained network with larger weights than usual."""
    model = ParityRNN(hidden, cell, seed=seed).to(dtype)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model


def next_states(model, states, bit):
    """Compute a time step from ``states [count, size]`` by PyTorch in the model's dtype, and return the new states."""
    dtype = model.hidden_to_logits.weight.dtype
    h = torch.from_numpy(states[None, :, :model.hidden_size]).to(dtype).contiguous()
    inputs = torch.full((len(states), 1, 1), float(bit), dtype=dtype)
    with torch.no_grad():
        if model.cell != "lstm":
            return model.rnn(inputs, h)[1][0].double().numpy()
        c = torch.from_numpy(states[None, :, model.hidden_size:]).to(dtype).contiguous()
        h, c = model.rnn(inputs, (h, c))[1]
        return np.concatenate([h[0].double().numpy(), c[0].double().numpy()], axis=1)
