"""Sets of states, and what one time step of a network makes of them.

Chapter: *What did it learn?* :class:`Zonotopes` hold many sets at once, and
:func:`image` returns sets that hold every state to which the net goes from them.

What this rests on: PyTorch sums in any order it likes, with at most the
usual error of floating point (Higham, *Accuracy and Stability of Numerical
Algorithms*, chapter 3), and its tanh and sigmoid are off by at most
``ACTIVATION_ERROR`` units of rounding. All of this is added to every set. The sets are
themselves computed in float64, and not rounded outward: ``NumpyCell.rounding`` allows for that,
and what is published is computed again with balls by :mod:`~parity_lib.verify`, which rests on none of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from parity_lib.machine import NumpyCell, sigmoid

ACTIVATION_ERROR = 16  # what PyTorch's tanh and sigmoid are assumed to be off by at most, in units of rounding


@dataclass
class Zonotopes:
    """Zonotopes: points ``centre + generators @ e + r`` with every e in -1..1 and every r in -slack..slack.

    ``centre`` and ``slack`` are ``[sets, size]``, ``generators [sets, size, count]``.
    The sums of two coordinates' errors are kept apart by the generators, which
    is what makes zonotopes tighter than boxes.
    """

    centre: np.ndarray
    generators: np.ndarray
    slack: np.ndarray

    @classmethod
    def boxes(cls, centre: np.ndarray, radius: np.ndarray) -> Zonotopes:
        """Boxes with these centres and radii, ``[sets, size]`` each, as a generator a coordinate."""
        return cls(centre, radius[:, :, None] * np.eye(centre.shape[1]), np.zeros_like(radius))

    @classmethod
    def joined(cls, parts: list[Zonotopes], axis: int = 0) -> Zonotopes:
        """Several groups of sets as one (axis 0), or the coordinates of the same sets side by side (axis 1)."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts], axis=axis)
                     for name in ("centre", "generators", "slack")))

    def __getitem__(self, chosen) -> Zonotopes:
        return Zonotopes(self.centre[chosen], self.generators[chosen], self.slack[chosen])

    def __len__(self) -> int:
        return len(self.centre)

    @property
    def radius(self) -> np.ndarray:
        """Half the width in each coordinate, ``[sets, size]``."""
        return np.abs(self.generators).sum(axis=2) + self.slack

    @property
    def largest(self) -> np.ndarray:
        """A bound on the size of each coordinate, ``[sets, size]``."""
        return np.abs(self.centre) + self.radius

    def as_generators(self) -> Zonotopes:
        """The same sets, each coordinate's slack turned into a generator of its own."""
        own = self.slack[:, :, None] * np.eye(self.slack.shape[1])
        return Zonotopes(self.centre, np.concatenate([self.generators, own], axis=2), np.zeros_like(self.slack))

    def wider(self, by) -> Zonotopes:
        return Zonotopes(self.centre, self.generators, self.slack + by)

    def times_matrix(self, matrix: np.ndarray) -> Zonotopes:
        """The images under ``matrix [rows, size]``."""
        return Zonotopes(self.centre @ matrix.T, matrix @ self.generators, self.slack @ np.abs(matrix).T)

    def __add__(self, other) -> Zonotopes:
        if isinstance(other, Zonotopes):
            return Zonotopes(self.centre + other.centre, self.generators + other.generators, self.slack + other.slack)
        return Zonotopes(self.centre + other, self.generators, self.slack)

    def __sub__(self, other: Zonotopes) -> Zonotopes:
        return Zonotopes(self.centre - other.centre, self.generators - other.generators, self.slack + other.slack)

    def __mul__(self, other: Zonotopes) -> Zonotopes:
        """Products of coordinates: what is of second order in the errors goes into the slack."""
        generators = self.centre[..., None] * other.generators + other.centre[..., None] * self.generators
        slack = (np.abs(self.centre) * other.slack + np.abs(other.centre) * self.slack + self.radius * other.radius)
        return Zonotopes(self.centre * other.centre, generators, slack)

    def _line(self, slope: np.ndarray, middle: np.ndarray, off: np.ndarray) -> Zonotopes:
        """The images under a curve that stays within ``off`` of the line ``slope x + middle``."""
        return Zonotopes(slope * self.centre + middle, slope[..., None] * self.generators, slope * self.slack + off)

    def through(self, curve, slope_of) -> Zonotopes:
        """The images under tanh or the sigmoid, whose slope over an interval is least at one of its ends.

        With that slope s the difference curve(x) - s x never falls, so its ends
        bound it (Singh et al., NeurIPS 2018).
        """
        low, high = self.centre - self.radius, self.centre + self.radius
        slope = np.minimum(slope_of(low), slope_of(high))
        at_low, at_high = curve(low) - slope * low, curve(high) - slope * high
        return self._line(slope, (at_low + at_high) / 2, np.maximum((at_high - at_low) / 2, 0))

    def through_relu(self) -> Zonotopes:
        """The images under relu: where an interval holds 0, a line between the chord and one parallel to it."""
        low, high = self.centre - self.radius, self.centre + self.radius
        crossing = (low < 0) & (high > 0)
        slope = np.where(crossing, high / np.where(crossing, high - low, 1), low >= 0)
        half = np.where(crossing, -slope * low / 2, 0)
        return self._line(slope, half, half)


def _tanh_slope(z: np.ndarray) -> np.ndarray:
    return 1 - np.tanh(z) ** 2


def _sigmoid_slope(z: np.ndarray) -> np.ndarray:
    return sigmoid(z) * sigmoid(-z)


def image(cell: NumpyCell, sets: Zonotopes, bit: int) -> Zonotopes:
    """Sets that hold every state to which the net goes from ``sets`` on ``bit``, its own rounding included."""
    h = sets[:, :cell.hidden]
    from_input = cell.U * bit + cell.b_input
    from_state = h.times_matrix(cell.V) + cell.b_state
    # A sum of n products, in any order, is off by at most n u / (1 - n u) times the sum of their sizes.
    sizes = h.largest @ np.abs(cell.V).T + np.abs(cell.U) * bit + np.abs(cell.b_input) + np.abs(cell.b_state)
    off_sum = (cell.hidden + 8) * cell.rounding * sizes
    off = ACTIVATION_ERROR * cell.rounding
    if cell.kind == "gru":
        z, n = _gru_image(cell, from_input, from_state, off_sum, off)
        after = (n + z * (h - n)).wider(off)
    elif cell.kind == "lstm":
        after = _lstm_image(cell, sets[:, cell.hidden:], (from_state + from_input).wider(off_sum), off)
    else:
        before = (from_state + from_input).wider(off_sum)
        after = (before.through_relu() if cell.kind == "relu" else before.through(np.tanh, _tanh_slope)).wider(off)
    return after.as_generators()


def _gru_image(cell: NumpyCell, from_input: np.ndarray, from_state: Zonotopes, off_sum, off: float) -> list[Zonotopes]:
    """Sets of z and n; the candidate's second sum is rounded after the reset gate has multiplied the first."""
    size = cell.hidden
    both = (from_state + from_input).wider(off_sum)
    r, z = (both[:, k * size:(k + 1) * size].through(sigmoid, _sigmoid_slope).wider(off) for k in (0, 1))
    candidate = slice(2 * size, 3 * size)
    kept = r * from_state.wider(off_sum)[:, candidate] + from_input[candidate]
    return [z, kept.wider(off_sum[:, candidate]).through(np.tanh, _tanh_slope).wider(off)]


def _lstm_image(cell: NumpyCell, c: Zonotopes, before: Zonotopes, off: float) -> Zonotopes:
    """Sets of h and c; the gates multiply, so the new c's rounding is relative to its size."""
    size = cell.hidden
    i, f, o = (before[:, k * size:(k + 1) * size].through(sigmoid, _sigmoid_slope).wider(off) for k in (0, 1, 3))
    g = before[:, 2 * size:3 * size].through(np.tanh, _tanh_slope).wider(off)
    kept = f * c + i * g
    kept = kept.wider(off * (1 + c.largest))
    h = o * kept.through(np.tanh, _tanh_slope).wider(off)
    return Zonotopes.joined([h.wider(off), kept], axis=1)


def right_in(cell: NumpyCell, sets: Zonotopes, odd: np.ndarray) -> np.ndarray:
    """Where the net answers ``odd [sets]`` in every state of a set, its own rounding of the logit included."""
    h = sets[:, :cell.hidden]
    logit = h.times_matrix(cell.W[None])
    off = logit.radius[:, 0] + (cell.hidden + 8) * cell.rounding * (h.largest @ np.abs(cell.W) + abs(cell.c))
    middle = logit.centre[:, 0] + cell.c
    return np.where(odd, middle - off > 0, middle + off <= 0)
