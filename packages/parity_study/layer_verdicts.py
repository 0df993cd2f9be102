"""Functions that test layers on long strings, look for wrong strings, and prove layers with exact factors correct."""

from __future__ import annotations

from itertools import product

import numpy as np
import torch

from parity_lib.data import running_parity
from parity_study.layers import Layer, Transformer


@torch.no_grad()
def first_errors(network: Layer, strings: np.ndarray, chunk: int = 100) -> np.ndarray:
    """Return the first time step at which each network errs on each of the strings ``[count, steps]``.

    The result is ``[seeds, count]``. Time steps are counted from 1, and 0 means that the network never errs.
    """
    seeds, (count, steps) = len(network.c), strings.shape
    if isinstance(network, Transformer):
        group, chunk = max(1, 50_000 // steps), steps
        if count > group:
            return np.concatenate([first_errors(network, strings[start:start + group])
                                   for start in range(0, count, group)], axis=1)
    truth, state, errors = running_parity(strings) == 1, None, np.zeros((seeds, count), dtype=int)
    bits = torch.from_numpy(strings).to(network.c.dtype).T[:, None, :, None].expand(-1, seeds, -1, -1)
    for start in range(0, steps, chunk):
        logits, state = network(bits[start:start + chunk], state)
        wrong = (logits > 0).numpy() != truth.T[start:start + chunk, None]
        errors = np.where((errors == 0) & wrong.any(axis=0), start + 1 + wrong.argmax(axis=0), errors)
        if errors.all():
            break
    return errors
