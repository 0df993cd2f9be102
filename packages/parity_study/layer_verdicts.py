"""Functions that test layers on long strings, look for errors, and prove that layers with exact factors are correct."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from fractions import Fraction
from typing import cast

import numpy as np
import torch

from parity_lib.data import running_parity
from parity_study.certificate_store import StoredNetwork
from parity_study.recurrent_layers import BOTH, LAYERS, UNITS, DeltaNet, Diagonal, Layer, Transformer, snap
from parity_study.results import FOLDER


def trained_layers(kind: str) -> Layer:
    """Return the trained networks of a kind, such as ``"tanh, rate 0.01"``, one for each seed."""
    with np.load(FOLDER / "layers.npz") as file:
        return LAYERS[kind.partition(", rate ")[0]].from_vectors(file[kind])


@torch.no_grad()
def first_errors(network: Layer, strings: np.ndarray, chunk: int = 100, labelled: int = 1) -> np.ndarray:
    """Return the first time step at which each network errs on each of the ``strings [count, steps]``.

    The result is ``[seeds, count]``. Time steps are counted from 1, and 0 means that the network never errs. Answers
    before the time step ``labelled`` do not count.
    """
    seeds, (count, steps) = len(network.c), strings.shape
    if isinstance(network, Transformer):
        group, chunk = max(1, 50_000 // steps), steps
        if count > group:
            return np.concatenate([first_errors(network, strings[start:start + group], labelled=labelled)
                                   for start in range(0, count, group)], axis=1)
    truth, state, errors = running_parity(strings) == 1, None, np.zeros((seeds, count), dtype=int)
    bits = torch.from_numpy(strings).to(network.c.dtype).T[:, None, :, None].expand(-1, seeds, -1, -1)
    for start in range(0, steps, chunk):
        logits, state = network(bits[start:start + chunk], state)
        wrong = (logits > 0).numpy() != truth.T[start:start + chunk, None]
        wrong[:max(0, labelled - 1 - start)] = False
        errors = np.where((errors == 0) & wrong.any(axis=0), start + 1 + wrong.argmax(axis=0), errors)
        if errors.all():
            break
    return errors


def as_bits(string: str) -> np.ndarray:
    """Return a string such as ``"10"`` as an array ``[1, steps]``."""
    return np.array([list(string)], dtype=np.uint8)


def wrong_strings(network: Layer, strings: np.ndarray) -> list[str | None]:
    """Return, for each network, the shortest prefix of the strings on which it errs, or None if it never errs."""
    found: list[str | None] = []
    for errors in first_errors(network, strings):
        place = np.where(errors == 0, strings.shape[1] + 1, errors).argmin()
        found.append("".join(map(str, strings[place, :errors[place]])) or None)
    return found


@torch.no_grad()
def machine_states(network: Diagonal | DeltaNet, most: int = 1000) -> list[int | None]:
    """Return the number of states of each network with snapped factors, or None if it is not proved correct.

    The proof follows every state that the network reaches with exact fractions, until there is no new one, and
    requires a correct answer after each step. It ends without a proof if there are more than ``most`` states.

    A DeltaNet has two states, S = 0 and S = 2 v k^T, if beta is 2 after a 1, because k has length 1:
    after a 1, S becomes S - 2 (S k) k^T + 2 v k^T. So its answers to strings of two bits are all that it ever gives.
    """
    network = deepcopy(network).double()
    if isinstance(network, DeltaNet):
        network.snapped = "all"
        reverses = (network.beta(BOTH.double())[1, :, 0, 0] == 2).numpy()
        errors = first_errors(network, np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.uint8))
        return [2 if kept else None for kept in reverses & (errors == 0).all(axis=1)]
    a, b = (part[:, :, 0].tolist() for part in snap(*network.terms(BOTH.double()), True))
    proved: list[int | None] = []
    for seed in range(len(network.c)):
        start = (0, (Fraction(0),) * len(a[0][seed]))
        seen, waiting, arrivals = {start}, [start], set()
        while waiting and len(seen) <= most:
            odd, h = waiting.pop()
            for bit in (0, 1):
                after = odd ^ bit, tuple(int(factor) * value + Fraction(added) for factor, value, added in zip(
                    a[bit][seed], h, b[bit][seed]))
                arrivals.add((bit, *after))
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        bits, odd, states = (torch.tensor(column).double() for column in zip(
            *((bit, odd, list(map(float, h))) for bit, odd, h in arrivals)))
        one = cast(Diagonal, network.only([seed]))
        logits = one.answer(one.output(bits[:, None, None, None], states[:, None, None]))[:, 0, 0]
        correct = bool((logits * (2 * odd - 1) > 1e-6).all())
        proved.append(len(seen) if correct and not waiting else None)
    return proved


def as_stored(kind: str, network: Layer, seeds: Sequence[int], wrong: Sequence[str | None]) -> list[StoredNetwork]:
    """Convert tanh networks to the form that :func:`~parity_study.experiments.verdicts.decide` takes.

    Their weights are put into PyTorch's order. ``wrong`` has a string that refutes a network, or None.
    """
    U, V, b, W, c = (weight.detach().transpose(1, 2).flatten(1) for weight in network.parameters())
    vectors = torch.cat([U, V, b, torch.zeros_like(b), W, c], dim=1)
    return [StoredNetwork(kind, "tanh", UNITS, seed, vector,
                          "refuted" if string else "undecided", string)
            for seed, vector, string in zip(seeds, vectors.numpy(), wrong, strict=True)]
