"""Networks for the tests of state machines, sets of states and verdicts."""

from functools import cache
from itertools import islice

import numpy as np
import torch

from parity_lib.models import ParityRNN
from parity_study.certificate_store import read_store
from parity_study.trained_networks import as_model

CELLS = ("tanh", "relu", "lstm", "gru")


@cache
def stored(kind, verdict, count):
    """Return networks of the store, which were trained on 50 bits with a label at every time step."""
    return [as_model(network) for network in islice(
        (each for each in read_store() if (each.kind, each.verdict) == (kind, verdict)), count)]


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
