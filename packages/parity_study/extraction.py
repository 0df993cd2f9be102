"""Tools for extracting finite state machines from recurrent networks.

Chapter: *What did it learn?* A recurrent network that computes parity behaves like a machine with two states.
:func:`extract` constructs such a machine by clustering the states that the network visits.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch

from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN
from parity_study.cells import CELLS


class NumpyNetwork:
    """A one-layer recurrent network that can be started from any state.

    It takes and returns NumPy arrays and is computed with float64. A state is everything that the network passes on to
    the next time step, ``[size]``: h, and for an LSTM h and then c. ``weights`` are those of the layer, in PyTorch's
    order, and ``W [hidden]`` and ``c`` those of the readout.
    """

    def __init__(self, model: ParityRNN) -> None:
        require(isinstance(model, ParityRNN), "model", model, "a ParityRNN")
        require(model.num_layers == 1, "model.num_layers", model.num_layers, "1")
        *self.weights, W, c = (p.detach().cpu().double().numpy() for p in model.parameters())
        self.W, self.c = W[0], c[0]
        self.kind, self.hidden = model.cell, model.hidden_size
        self.size = self.hidden * (2 if isinstance(model.rnn, torch.nn.LSTM) else 1)
        # The relative error that we allow for in a sum or an activation: the rounding of the network in its own
        # dtype, and of the centres and radii of sets, which float64 computes with an error below 2**12 * 2**-53.
        self.rounding = torch.finfo(model.hidden_to_logits.weight.dtype).eps / 2 + 2.0**-41

    def next_states(self, states: np.ndarray, bits: np.ndarray) -> np.ndarray:
        """Compute the next states ``[count, size]`` for ``states [count, size]`` and ``bits [count]``."""
        U, V, b_input, b_state = map(torch.from_numpy, self.weights)
        state = torch.from_numpy(states.T).split(self.hidden)
        from_input = U * torch.from_numpy(bits) + b_input[:, None]
        return torch.cat(CELLS[self.kind](from_input, V @ state[0] + b_state[:, None], state)).T.numpy()

    def logits(self, states: np.ndarray) -> np.ndarray:
        """Return the network's logits ``[count]`` for ``states [count, size]``."""
        return states[:, :self.hidden] @ self.W + self.c

    def odd(self, states: np.ndarray) -> np.ndarray:
        """Return a mask of the states in which the network answers "odd"."""
        return self.logits(states) > 0

    def visited(self, bits: np.ndarray) -> np.ndarray:
        """Return the states ``[strings, steps, size]`` of the network while it reads ``bits [strings, steps]``."""
        states = np.zeros((*bits.shape, self.size))
        state = np.zeros((len(bits), self.size))
        for t in range(bits.shape[1]):
            states[:, t] = state = self.next_states(state, bits[:, t])
        return states


@dataclass(frozen=True)
class Automaton:
    """A finite state machine that reads bits.

    It starts in state 0. ``successors [states, 2]`` has the next state for each bit, and ``odd [states]`` the answers.

    >>> parity = Automaton(np.array([[0, 1], [1, 0]]), np.array([False, True]))
    >>> parity.answers(np.array([[1, 0, 1]])).tolist()
    [[True, True, False]]
    """

    successors: np.ndarray
    odd: np.ndarray

    def __len__(self) -> int:
        return len(self.odd)

    def answers(self, bits: np.ndarray) -> np.ndarray:
        """Return a mask ``[strings, steps]`` of the bits after which the machine answers "odd"."""
        states, answers = np.zeros(len(bits), dtype=int), np.zeros(bits.shape, dtype=bool)
        for t in range(bits.shape[1]):
            states = self.successors[states, bits[:, t]]
            answers[:, t] = self.odd[states]
        return answers

    def minimised(self) -> Automaton:
        """Return the smallest machine that gives the same answers as this one.

        Unreachable states are dropped. States then stay in one group until their answers or the groups of their
        successors differ (E. F. Moore, *Automata Studies*, 1956). The groups are numbered in the order in which they
        are reached.
        """
        reached = [0]
        for state in reached:
            reached += sorted(set(self.successors[state].tolist()) - set(reached))
        group = {state: int(self.odd[state]) for state in reached}
        while True:
            signatures = {state: (group[state], *(group[successor] for successor in self.successors[state].tolist()))
                          for state in reached}
            numbers = {signature: number for number, signature in enumerate(dict.fromkeys(signatures.values()))}
            count, group = len(set(group.values())), {state: numbers[signatures[state]] for state in reached}
            if len(numbers) == count:
                break
        first = [next(state for state in reached if group[state] == number) for number in range(count)]
        successors = [[group[successor] for successor in self.successors[state].tolist()] for state in first]
        return Automaton(np.array(successors), self.odd[first])


@dataclass(frozen=True)
class Extraction:
    """A state machine extracted from a recurrent network.

    The clusters that became its states are stored with it. State 0 of ``automaton`` is the start, and state k + 1 is
    cluster k, with its centre in ``centres [clusters, size]``. ``states [count, size]`` contains the network's states
    that were clustered. ``agreement`` is the share of new strings on which the machine and the network agree after
    every bit.
    """

    automaton: Automaton
    centres: np.ndarray
    states: np.ndarray
    agreement: float


def extract(model: ParityRNN, *, strings: int = 200, steps: int = 50, most: int = 16, seed: int = 0) -> Extraction:
    """Extract a small state machine that gives the same answers as a recurrent network.

    The network reads random strings. k-means groups its states into 1, 2, ..., ``most`` clusters, and each cluster gets
    the answer and the successors of most of its states. We return the first machine that agrees with the network on all
    strings of a second random sample, or the last machine if none agrees. Clustering states is the usual method; Omlin
    and Giles, *Neural Networks* 9(1), 1996, divide the space into a grid instead.

    >>> from parity_lib.models import by_hand
    >>> extraction = extract(by_hand("tanh"))
    >>> len(extraction.centres), extraction.automaton.minimised().successors.tolist()
    (3, [[0, 1], [1, 0]])
    """
    for name, value in (("strings", strings), ("steps", steps), ("most", most)):
        require_int(name, value, least=1)
    require_int("seed", seed, least=0)
    network, rng = NumpyNetwork(model), np.random.default_rng(seed)
    bits, fresh = rng.integers(2, size=(2, strings, steps))
    states = network.visited(bits).reshape(-1, network.size)
    expected = network.odd(network.visited(fresh).reshape(-1, network.size)).reshape(fresh.shape)
    first_centres = states.mean(axis=0, keepdims=True)
    for _ in range(most):
        centres, cluster = _k_means(states, first_centres)
        automaton = _build_machine(network, centres, [states[cluster == k] for k in range(len(centres))])
        agreement = float((automaton.answers(fresh) == expected).all(axis=1).mean())
        if agreement == 1:
            break
        # The next centre starts at the state that is farthest from all earlier centres, so that nothing is random.
        first_centres = np.vstack([first_centres, states[_find_nearest(states, first_centres)[1].argmax()]])
    return Extraction(automaton, centres, states, agreement)


def _k_means(states: np.ndarray, first_centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cluster states with k-means. Return the centres of the non-empty clusters and the cluster of each state."""
    from scipy.cluster.vq import kmeans2

    with warnings.catch_warnings(action="ignore", category=UserWarning):  # kmeans2 warns of empty clusters
        centres, _ = kmeans2(states, first_centres, iter=50, minit="matrix")
    used, cluster = np.unique(_find_nearest(states, centres)[0], return_inverse=True)
    return centres[used], cluster


def _find_nearest(states: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each state, return the index of the nearest cluster centre and the distance to it."""
    from scipy.cluster.vq import vq  # imported here because importing it takes half a second

    return vq(states, centres)


def _build_machine(network: NumpyNetwork, centres: np.ndarray, clusters: list[np.ndarray]) -> Automaton:
    """Build a state machine from clusters of hidden states.

    The answer and the successors of each cluster are those of most of its hidden states.
    """
    start = np.zeros((1, network.size))

    def find_successor(group: np.ndarray, bit: int) -> int:
        next_clusters, _ = _find_nearest(network.next_states(group, np.full(len(group), bit)), centres)
        return 1 + int(np.bincount(next_clusters).argmax())

    successors = [[find_successor(group, bit) for bit in (0, 1)] for group in (start, *clusters)]
    return Automaton(np.array(successors), np.array([False, *(network.odd(group).mean() > 0.5 for group in clusters)]))
