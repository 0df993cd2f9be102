"""Zonotopes for propagating sets of states through a recurrent network.

Chapter: *What did it learn?* :class:`Zonotopes` represents many sets at once, and :func:`image` returns sets that
contain every state to which one time step leads.

We assume that PyTorch sums in any order, with at most the usual floating-point error (Higham, *Accuracy and Stability
of Numerical Algorithms*, chapter 3), and that its tanh and sigmoid have an error of at most ``ACTIVATION_ERROR`` units
of rounding. These errors are added to every set. The sets themselves are computed in float64 without outward rounding;
``NumpyNetwork.rounding`` allows for that. :mod:`~parity_study.verify` checks every published proof again with balls and
relies on nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parity_lib.errors import require_choice
from parity_study.extraction import NumpyNetwork

ACTIVATION_ERROR = 16  # the largest error of PyTorch's tanh and sigmoid that we allow for, in units of rounding


@dataclass
class Zonotopes:
    """A batch of zonotopes with an additional slack for each coordinate.

    Zonotopes are linear images of cubes. They contain the points ``centre + generators @ e + r`` with every e in [-1,
    1] and every r in [-slack, slack]. ``centre`` and ``slack`` are ``[sets, size]``, and ``generators`` is
    ``[sets, size, count]``. The generators record how the errors of different coordinates depend on each other, which
    makes zonotopes tighter than boxes.
    """

    centre: np.ndarray
    generators: np.ndarray
    slack: np.ndarray

    @classmethod
    def boxes(cls, low: np.ndarray, high: np.ndarray) -> Zonotopes:
        """Convert boxes to zonotopes with one generator for each coordinate."""
        radius = (high - low) / 2
        return cls((low + high) / 2, radius[:, :, None] * np.eye(low.shape[1]), np.zeros_like(radius))

    @classmethod
    def joined(cls, parts: list[Zonotopes], axis: int = 0) -> Zonotopes:
        """Concatenate batches of zonotopes along the batch axis, or along the coordinates if ``axis`` is 1."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts], axis=axis)
                     for name in ("centre", "generators", "slack")))

    def __getitem__(self, index) -> Zonotopes:
        return Zonotopes(self.centre[index], self.generators[index], self.slack[index])

    def __len__(self) -> int:
        return len(self.centre)

    @property
    def radius(self) -> np.ndarray:
        """The radius ``[sets, size]`` of each set in each coordinate."""
        return np.abs(self.generators).sum(axis=2) + self.slack

    @property
    def largest(self) -> np.ndarray:
        """An upper bound ``[sets, size]`` on the absolute value of each coordinate."""
        return np.abs(self.centre) + self.radius

    def as_generators(self) -> Zonotopes:
        """Convert the slack of each coordinate to a generator without changing the sets."""
        own = self.slack[:, :, None] * np.eye(self.slack.shape[1])
        return Zonotopes(self.centre, np.concatenate([self.generators, own], axis=2), np.zeros_like(self.slack))

    def widened(self, error) -> Zonotopes:
        """Return copies of the sets, enlarged by ``error`` on all sides."""
        return Zonotopes(self.centre, self.generators, self.slack + error)

    def times_matrix(self, matrix: np.ndarray) -> Zonotopes:
        """Multiply all points of the sets by ``matrix [rows, size]``."""
        return Zonotopes(self.centre @ matrix.T, matrix @ self.generators, self.slack @ np.abs(matrix).T)

    def __add__(self, other) -> Zonotopes:
        if isinstance(other, Zonotopes):
            return Zonotopes(self.centre + other.centre, self.generators + other.generators, self.slack + other.slack)
        return Zonotopes(self.centre + other, self.generators, self.slack)

    def __sub__(self, other: Zonotopes) -> Zonotopes:
        return Zonotopes(self.centre - other.centre, self.generators - other.generators, self.slack + other.slack)

    def __mul__(self, other: Zonotopes) -> Zonotopes:
        """Multiply two batches of sets elementwise, and add the products of two errors to the slack."""
        generators = self.centre[..., None] * other.generators + other.centre[..., None] * self.generators
        slack = (np.abs(self.centre) * other.slack + np.abs(other.centre) * self.slack + self.radius * other.radius)
        return Zonotopes(self.centre * other.centre, generators, slack)

    def tanh(self) -> Zonotopes:
        """Enclose the images of the sets under tanh.

        Let s be the slope at the end of an interval where it is smaller. Then tanh(x) - s x never falls inside the
        interval, so its values at the ends bound it (Singh et al., NeurIPS 2018).
        """
        low, high = self.centre - self.radius, self.centre + self.radius
        slope = 1 - np.maximum(np.tanh(low) ** 2, np.tanh(high) ** 2)
        at_low, at_high = np.tanh(low) - slope * low, np.tanh(high) - slope * high
        return self._map_near_line(slope, (at_low + at_high) / 2, np.maximum((at_high - at_low) / 2, 0))

    def sigmoid(self) -> Zonotopes:
        """Enclose the images of the sets under the sigmoid, which is (1 + tanh(x / 2)) / 2."""
        half = np.full_like(self.centre, 0.5)
        return self._map_near_line(half, 0, 0).tanh()._map_near_line(half, 0.5, 0)

    def relu(self) -> Zonotopes:
        """Enclose the images of the sets under relu.

        If an interval contains 0, we take the line halfway between the chord and its parallel through 0.
        """
        low, high = self.centre - self.radius, self.centre + self.radius
        crossing = (low < 0) & (high > 0)
        slope = np.where(crossing, high / np.where(crossing, high - low, 1), low >= 0)
        half = np.where(crossing, -slope * low / 2, 0)
        return self._map_near_line(slope, half, half)

    def _map_near_line(self, slope: np.ndarray, intercept, error) -> Zonotopes:
        """Enclose the images of the sets under a function that stays within ``error`` of a line."""
        return Zonotopes(slope * self.centre + intercept, slope[..., None] * self.generators,
                         slope * self.slack + error)


def image(network: NumpyNetwork, sets: Zonotopes, bit: int) -> Zonotopes:
    """Propagate sets of states through one time step of a network.

    The network reads ``bit``. The result contains every state that can follow, including the rounding errors of the
    network in its own dtype. Raises ValueError for a cell whose equations are not below.
    """
    hidden, error = network.hidden, ACTIVATION_ERROR * network.rounding
    h, (U, V, b_input, b_state) = sets[:, :hidden], network.weights
    from_input, gates = U[:, 0] * bit + b_input, [slice(k, k + hidden) for k in range(0, len(V), hidden)]
    # The error of a sum of n products, in any order, is at most n u / (1 - n u) times the sum of their absolute values.
    sizes = h.largest @ np.abs(V).T + np.abs(U[:, 0]) * bit + np.abs(b_input) + np.abs(b_state)
    sum_error = (hidden + 8) * network.rounding * sizes
    from_state = (h.times_matrix(V) + b_state).widened(sum_error)
    pre_activation = from_state + from_input
    if network.kind == "relu":
        return pre_activation.relu().widened(error).as_generators()
    if network.kind == "gru":
        r, z = (pre_activation[:, gate].sigmoid().widened(error) for gate in gates[:2])
        n = r * from_state[:, gates[2]] + from_input[gates[2]]
        n = n.widened(2 * sum_error[:, gates[2]]).tanh().widened(error)
        return (n + z * (h - n)).widened(error).as_generators()
    if network.kind == "tanh":
        return pre_activation.tanh().widened(error).as_generators()
    require_choice("network.kind", network.kind, ("tanh", "relu", "gru", "lstm"))
    i, f, o = (pre_activation[:, gates[place]].sigmoid().widened(error) for place in (0, 1, 3))
    g = pre_activation[:, gates[2]].tanh().widened(error)
    c = f * sets[:, hidden:] + i * g
    c = c.widened(error * (1 + c.largest))  # relative to the size of c, which may exceed 1
    h = (o * c.tanh().widened(error)).widened(error)
    return Zonotopes.joined([h, c], axis=1).as_generators()


def answers_proved(network: NumpyNetwork, sets: Zonotopes, odd: np.ndarray) -> np.ndarray:
    """Return a mask of the sets for which the network's answer is provably correct.

    The correct answers are ``odd [sets]``. The result is a boolean array ``[sets]``. The proof takes into account the
    rounding errors of the network.
    """
    h = sets[:, :network.hidden]
    logit = h.times_matrix(network.W[None])
    sizes = h.largest @ np.abs(network.W) + abs(network.c)
    radius = logit.radius[:, 0] + (network.hidden + 8) * network.rounding * sizes
    centre = logit.centre[:, 0] + network.c
    return np.where(odd, centre - radius > 0, centre + radius <= 0)
