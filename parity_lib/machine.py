"""The state machine inside a network.

Chapter: *What did it learn?* A recurrent net that computes parity behaves like a
machine with two states. :func:`extract` finds a machine by grouping the states
that the net visits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * z)  # never takes the exponential of a large number


class NumpyCell:
    """The weights of a one-layer net in float64, and what one time step does to a state or to sets of states.

    A state is all that the net carries on, ``[size]``: h, and for an LSTM h and
    then c. In the order of PyTorch, ``U [rows]``, ``V [rows, hidden]`` and the two
    biases hold one block of rows a gate.
    """

    def __init__(self, model: ParityRNN) -> None:
        require(isinstance(model, ParityRNN), "model", model, "a ParityRNN")
        require(model.num_layers == 1, "model.num_layers", model.num_layers, "1")
        U, self.V, self.b_input, self.b_state, W, c = (p.detach().cpu().double().numpy() for p in model.parameters())
        self.U, self.W, self.c = U[:, 0], W[0], c[0]
        self.kind, self.hidden = model.cell, model.hidden_size
        self.size = self.hidden * (2 if model.cell == "lstm" else 1)
        # What a sum or an activation may be off by, relatively: the net's own rounding, and that of the sets'
        # centres and radii, which are computed in float64, with a relative error below 2**12 * 2**-53.
        self.rounding = torch.finfo(model.hidden_to_logits.weight.dtype).eps / 2 + 2.0**-41

    def gates(self, parts):
        """Blocks of rows, one a gate, of an array ``[.., rows]`` or of sets."""
        return [parts[:, k * self.hidden:(k + 1) * self.hidden] for k in range(len(self.U) // self.hidden)]

    def state(self, state: np.ndarray, bits: np.ndarray) -> np.ndarray:
        """The next states ``[count, size]`` after one bit each, ``bits [count]``."""
        h = state[:, :self.hidden]
        from_input, from_state = np.outer(bits, self.U) + self.b_input, h @ self.V.T + self.b_state
        if self.kind == "tanh":
            return np.tanh(from_input + from_state)
        if self.kind == "relu":
            return np.maximum(from_input + from_state, 0)
        if self.kind == "gru":
            (r, z, n), (r_state, z_state, n_state) = self.gates(from_input), self.gates(from_state)
            n = np.tanh(n + sigmoid(r + r_state) * n_state)
            return n + sigmoid(z + z_state) * (h - n)
        i, f, g, o = self.gates(from_input + from_state)
        c = sigmoid(f) * state[:, self.hidden:] + sigmoid(i) * np.tanh(g)
        return np.concatenate([sigmoid(o) * np.tanh(c), c], axis=1)

    def odd(self, state: np.ndarray) -> np.ndarray:
        """What the net answers in these states ``[count, size]``: True for odd."""
        return state[:, :self.hidden] @ self.W + self.c > 0


# ---------------------------------------------------------------- the machine


@dataclass(frozen=True)
class Automaton:
    """A machine that reads bits: ``successors [states, 2]`` by bit, ``odd [states]`` its answers; it starts in 0.

    >>> parity = Automaton(np.array([[0, 1], [1, 0]]), np.array([False, True]))
    >>> parity.answers(np.array([[1, 0, 1]])).tolist()
    [[True, True, False]]
    """

    successors: np.ndarray
    odd: np.ndarray

    def __len__(self) -> int:
        return len(self.odd)

    def answers(self, bits: np.ndarray) -> np.ndarray:
        """What it says after each bit of ``bits [strings, steps]``: True for odd."""
        at, said = np.zeros(len(bits), dtype=int), np.zeros(bits.shape, dtype=bool)
        for t in range(bits.shape[1]):
            at = self.successors[at, bits[:, t]]
            said[:, t] = self.odd[at]
        return said

    def minimised(self) -> Automaton:
        """The smallest machine with the same answers.

        Unreachable states are dropped. Then states stand in one group until their
        answers or the groups of their successors differ (E. F. Moore, *Automata
        Studies*, 1956).
        """
        reached = self._reached()
        group = np.unique(self.odd[reached], return_inverse=True)[1]
        while True:
            of_state = np.zeros(len(self), dtype=int)
            of_state[reached] = group
            looks = np.column_stack([group, of_state[self.successors[reached]]])
            finer = np.unique(looks, axis=0, return_inverse=True)[1].reshape(-1)
            if finer.max() == group.max():
                return self._grouped(reached, of_state)
            group = finer

    def _reached(self) -> np.ndarray:
        found = [0]
        for state in found:
            found += sorted({int(after) for after in self.successors[state]} - set(found))
        return np.array(found)

    def _grouped(self, reached: np.ndarray, of_state: np.ndarray) -> Automaton:
        """One state a group, numbered in the order in which the reached states come; the start is 0."""
        first = list({of_state[state]: state for state in reached[::-1]}.values())[::-1]
        first.sort(key=reached.tolist().index)
        number = {of_state[state]: place for place, state in enumerate(first)}
        successors = [[number[of_state[after]] for after in self.successors[state]] for state in first]
        return Automaton(np.array(successors), self.odd[first])


@dataclass(frozen=True)
class Extraction:
    """A machine found in a net, and where in the net its states lie.

    ``automaton`` has the start as state 0 and then a state a cluster;
    ``centres [clusters, size]``; ``states [count, size]`` are the states that were
    grouped, ``cluster [count]`` where each belongs. ``agreement`` is the share of
    fresh strings on which machine and net say the same after every bit.
    """

    automaton: Automaton
    centres: np.ndarray
    states: np.ndarray
    cluster: np.ndarray
    agreement: float


def extract(model: ParityRNN, *, strings: int = 200, steps: int = 50, most: int = 16, seed: int = 0) -> Extraction:
    """The smallest machine, with one state a cluster of the net's states, that answers as the net does.

    The net reads random strings; its states are grouped by k-means into 1, 2, ..
    clusters, each with the answer and the successors of most of its states. The
    first machine that agrees with the net on all of as many fresh strings is
    taken, and the last one where none does. Grouping states is the usual way:
    Omlin and Giles, *Neural Networks* 9(1), 1996, cut the space into a grid.

    >>> from parity_lib.models import by_hand
    >>> found = extract(by_hand("tanh"))
    >>> len(found.centres), found.automaton.minimised().successors.tolist()
    (3, [[0, 1], [1, 0]])
    """
    for name, value in (("strings", strings), ("steps", steps), ("most", most)):
        require_int(name, value, least=1)
    require_int("seed", seed, least=0)
    cell, rng = NumpyCell(model), np.random.default_rng(seed)
    bits, fresh = rng.integers(2, size=(2, strings, steps))
    states, expected = _visited(cell, bits), cell.odd(_visited(cell, fresh)).reshape(fresh.shape)
    for count in range(1, most + 1):
        centres, cluster = _k_means(states, count)
        automaton = _machine(cell, centres, cluster, states)
        agreement = float((automaton.answers(fresh) == expected).all(axis=1).mean())
        if agreement == 1:
            break
    return Extraction(automaton, centres, states, cluster, agreement)


def _visited(cell: NumpyCell, bits: np.ndarray) -> np.ndarray:
    """The state after each bit of each string, ``[strings * steps, size]``."""
    states = np.zeros((*bits.shape, cell.size))
    state = np.zeros((len(bits), cell.size))
    for t in range(bits.shape[1]):
        states[:, t] = state = cell.state(state, bits[:, t])
    return states.reshape(-1, cell.size)


def _k_means(points: np.ndarray, count: int, rounds: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """Centres ``[count, size]`` and the nearest centre of each point.

    The first centre is the mean, each further one starts at the point that is
    farthest from all before it, so nothing is drawn.
    """
    centres = points.mean(axis=0, keepdims=True)
    while len(centres) < count:
        centres = np.vstack([centres, points[_distances(points, centres).min(axis=1).argmax()]])
    for _ in range(rounds):
        nearest = _distances(points, centres).argmin(axis=1)
        moved = np.array([points[nearest == k].mean(axis=0) if (nearest == k).any() else centres[k]
                          for k in range(count)])
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres, _distances(points, centres).argmin(axis=1)


def _distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - centres, axis=2)


def _machine(cell: NumpyCell, centres: np.ndarray, cluster: np.ndarray, states: np.ndarray) -> Automaton:
    """State 0 is the start, state k + 1 is cluster k; answers and successors are those of most of its states."""
    count = len(centres)
    successors, odd = np.zeros((count + 1, 2), dtype=int), np.zeros(count + 1, dtype=bool)
    for bit in (0, 1):
        for place, group in enumerate([np.zeros((1, cell.size)), *(states[cluster == k] for k in range(count))]):
            if len(group):
                after = _distances(cell.state(group, np.full(len(group), bit)), centres).argmin(axis=1)
                successors[place, bit] = 1 + np.bincount(after).argmax()
    odd[1:] = [len(group) and cell.odd(group).mean() > 0.5 for group in (states[cluster == k] for k in range(count))]
    return Automaton(successors, odd)
