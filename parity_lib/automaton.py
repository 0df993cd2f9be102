"""The state machine inside a network, and a proof that it is right on strings of every length.

Chapter: *What did it learn?* A recurrent net that computes parity behaves like a
machine with two states. :func:`extract` finds a machine by grouping the states
that the net visits; :func:`certify` decides, where it can, whether the net is
right for ever: it searches for a string on which the net errs, and where there
is none it looks for finitely many boxes of states that the net never leaves.

What the proof rests on: PyTorch sums in any order it likes, with at most the
usual error of floating point (Higham, *Accuracy and Stability of Numerical
Algorithms*, chapter 3), and its tanh and sigmoid are off by at most
``ACTIVATION_ERROR`` units of rounding. All of this is added to every set.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from parity_lib.data import running_parity
from parity_lib.errors import require, require_int
from parity_lib.models import ParityRNN

# ---------------------------------------------------------------- one time step, in NumPy


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * np.tanh(0.5 * z)  # never takes the exponential of a large number


class _Step:
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
        self.cell, self.hidden = model.cell, model.hidden_size
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
        if self.cell == "tanh":
            return np.tanh(from_input + from_state)
        if self.cell == "relu":
            return np.maximum(from_input + from_state, 0)
        if self.cell == "gru":
            (r, z, n), (r_state, z_state, n_state) = self.gates(from_input), self.gates(from_state)
            n = np.tanh(n + _sigmoid(r + r_state) * n_state)
            return n + _sigmoid(z + z_state) * (h - n)
        i, f, g, o = self.gates(from_input + from_state)
        c = _sigmoid(f) * state[:, self.hidden:] + _sigmoid(i) * np.tanh(g)
        return np.concatenate([_sigmoid(o) * np.tanh(c), c], axis=1)

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
    step, rng = _Step(model), np.random.default_rng(seed)
    bits, fresh = rng.integers(2, size=(2, strings, steps))
    states, expected = _visited(step, bits), step.odd(_visited(step, fresh)).reshape(fresh.shape)
    for count in range(1, most + 1):
        centres, cluster = _k_means(states, count)
        automaton = _machine(step, centres, cluster, states)
        agreement = float((automaton.answers(fresh) == expected).all(axis=1).mean())
        if agreement == 1:
            break
    return Extraction(automaton, centres, states, cluster, agreement)


def _visited(step: _Step, bits: np.ndarray) -> np.ndarray:
    """The state after each bit of each string, ``[strings * steps, size]``."""
    states = np.zeros((*bits.shape, step.size))
    state = np.zeros((len(bits), step.size))
    for t in range(bits.shape[1]):
        states[:, t] = state = step.state(state, bits[:, t])
    return states.reshape(-1, step.size)


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


def _machine(step: _Step, centres: np.ndarray, cluster: np.ndarray, states: np.ndarray) -> Automaton:
    """State 0 is the start, state k + 1 is cluster k; answers and successors are those of most of its states."""
    count = len(centres)
    successors, odd = np.zeros((count + 1, 2), dtype=int), np.zeros(count + 1, dtype=bool)
    for bit in (0, 1):
        for place, group in enumerate([np.zeros((1, step.size)), *(states[cluster == k] for k in range(count))]):
            if len(group):
                after = _distances(step.state(group, np.full(len(group), bit)), centres).argmin(axis=1)
                successors[place, bit] = 1 + np.bincount(after).argmax()
    odd[1:] = [len(group) and step.odd(group).mean() > 0.5 for group in (states[cluster == k] for k in range(count))]
    return Automaton(successors, odd)


# ---------------------------------------------------------------- the net by hand: intervals on a line


def next_interval(low: float, high: float, bit: int, sharpness: float) -> tuple[float, float]:
    """An interval that holds the next p of :func:`~parity_lib.models.by_hand`'s tanh net for every p in low..high.

    The next p is (tanh(2K(q - 1/2)) - tanh(2K(q - 3/2))) / 2 with q = p + bit. It
    rises up to q = 1 and falls after it. 1e-12 is added for rounding on both sides.

    >>> low, high = next_interval(0.0, 0.1, bit=1, sharpness=3.0)
    >>> round(low, 2), round(high, 2)
    (0.99, 1.0)
    """
    inside = [1.0] if low + bit < 1 < high + bit else []
    q = np.array([low + bit, high + bit, *inside])
    p = (np.tanh(2 * sharpness * (q - 0.5)) - np.tanh(2 * sharpness * (q - 1.5))) / 2
    return float(p.min() - 1e-12), float(p.max() + 1e-12)


def parity_intervals(sharpness: float, rounds: int = 1000) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Two intervals, of p after even and after odd, that by_hand("tanh", sharpness) never leaves; None if not found.

    Starts from p = 0 and takes in what the next bit adds, until a slightly
    larger pair is mapped into itself. Where an interval crosses 1/2, the threshold
    between the answers, nothing is proved.

    >>> even, odd = parity_intervals(1.25)
    >>> even[1] < 0.5 < odd[0], parity_intervals(1.1)
    (True, None)
    """
    require(sharpness > 0, "sharpness", sharpness, "a number above 0")
    even, odd = (0.0, 0.0), next_interval(0.0, 0.0, 1, sharpness)
    for _ in range(rounds):
        even, odd = ((low - 1e-7, high + 1e-7) for low, high in (even, odd))
        to_even = next_interval(*even, 0, sharpness), next_interval(*odd, 1, sharpness)
        to_odd = next_interval(*even, 1, sharpness), next_interval(*odd, 0, sharpness)
        if even[1] >= 0.5 or odd[0] <= 0.5:
            return None
        if _hull(even, *to_even) == even and _hull(odd, *to_odd) == odd:
            return even, odd
        even, odd = _hull(even, *to_even), _hull(odd, *to_odd)
    return None


def _hull(*intervals: tuple[float, float]) -> tuple[float, float]:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


# ---------------------------------------------------------------- sets of states, and one time step of them

ACTIVATION_ERROR = 16  # what PyTorch's tanh and sigmoid are assumed to be off by at most, in units of rounding


@dataclass
class _Sets:
    """Zonotopes: points ``centre + generators @ e + r`` with every e in -1..1 and every |r| <= rest.

    ``centre`` and ``rest`` are ``[sets, size]``, ``generators [sets, size, count]``.
    The sums of two coordinates' errors are kept apart by the generators, which
    is what makes zonotopes tighter than boxes.
    """

    centre: np.ndarray
    generators: np.ndarray
    rest: np.ndarray

    @classmethod
    def boxes(cls, centre: np.ndarray, radius: np.ndarray) -> _Sets:
        """Boxes with these centres and radii, ``[sets, size]`` each, as a generator a coordinate."""
        return cls(centre, radius[:, :, None] * np.eye(centre.shape[1]), np.zeros_like(radius))

    @classmethod
    def joined(cls, parts: list[_Sets], axis: int = 0) -> _Sets:
        """Several groups of sets as one (axis 0), or the coordinates of the same sets side by side (axis 1)."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts], axis=axis)
                     for name in ("centre", "generators", "rest")))

    def __getitem__(self, chosen) -> _Sets:
        return _Sets(self.centre[chosen], self.generators[chosen], self.rest[chosen])

    def __len__(self) -> int:
        return len(self.centre)

    @property
    def radius(self) -> np.ndarray:
        """Half the width in each coordinate, ``[sets, size]``."""
        return np.abs(self.generators).sum(axis=2) + self.rest

    @property
    def largest(self) -> np.ndarray:
        """A bound on the size of each coordinate, ``[sets, size]``."""
        return np.abs(self.centre) + self.radius

    def as_generators(self) -> _Sets:
        """The same sets, each coordinate's rest turned into a generator of its own."""
        own = self.rest[:, :, None] * np.eye(self.rest.shape[1])
        return _Sets(self.centre, np.concatenate([self.generators, own], axis=2), np.zeros_like(self.rest))

    def wider(self, by) -> _Sets:
        return _Sets(self.centre, self.generators, self.rest + by)

    def times_matrix(self, matrix: np.ndarray) -> _Sets:
        """The images under ``matrix [rows, size]``."""
        return _Sets(self.centre @ matrix.T, matrix @ self.generators, self.rest @ np.abs(matrix).T)

    def __add__(self, other) -> _Sets:
        if isinstance(other, _Sets):
            return _Sets(self.centre + other.centre, self.generators + other.generators, self.rest + other.rest)
        return _Sets(self.centre + other, self.generators, self.rest)

    def __sub__(self, other: _Sets) -> _Sets:
        return _Sets(self.centre - other.centre, self.generators - other.generators, self.rest + other.rest)

    def __mul__(self, other: _Sets) -> _Sets:
        """Products of coordinates: what is of second order in the errors goes into the rest."""
        generators = self.centre[..., None] * other.generators + other.centre[..., None] * self.generators
        rest = (np.abs(self.centre) * other.rest + np.abs(other.centre) * self.rest + self.radius * other.radius)
        return _Sets(self.centre * other.centre, generators, rest)

    def _line(self, slope: np.ndarray, middle: np.ndarray, off: np.ndarray) -> _Sets:
        """The images under a curve that stays within ``off`` of the line ``slope x + middle``."""
        return _Sets(slope * self.centre + middle, slope[..., None] * self.generators, slope * self.rest + off)

    def through(self, curve, slope_of) -> _Sets:
        """The images under tanh or the sigmoid, whose slope over an interval is least at one of its ends.

        With that slope s the difference curve(x) - s x never falls, so its ends
        bound it (Singh et al., NeurIPS 2018).
        """
        low, high = self.centre - self.radius, self.centre + self.radius
        slope = np.minimum(slope_of(low), slope_of(high))
        at_low, at_high = curve(low) - slope * low, curve(high) - slope * high
        return self._line(slope, (at_low + at_high) / 2, np.maximum((at_high - at_low) / 2, 0))

    def through_relu(self) -> _Sets:
        """The images under relu: where an interval holds 0, a line between the chord and one parallel to it."""
        low, high = self.centre - self.radius, self.centre + self.radius
        crossing = (low < 0) & (high > 0)
        slope = np.where(crossing, high / np.where(crossing, high - low, 1), low >= 0)
        half = np.where(crossing, -slope * low / 2, 0)
        return self._line(slope, half, half)


def _tanh_slope(z: np.ndarray) -> np.ndarray:
    return 1 - np.tanh(z) ** 2


def _sigmoid_slope(z: np.ndarray) -> np.ndarray:
    return _sigmoid(z) * _sigmoid(-z)


def _image(step: _Step, sets: _Sets, bit: int) -> _Sets:
    """Sets that hold every state to which the net goes from ``sets`` on ``bit``, its own rounding included."""
    h = sets[:, :step.hidden]
    from_input = step.U * bit + step.b_input
    from_state = h.times_matrix(step.V) + step.b_state
    # A sum of n products, in any order, is off by at most n u / (1 - n u) times the sum of their sizes.
    sizes = h.largest @ np.abs(step.V).T + np.abs(step.U) * bit + np.abs(step.b_input) + np.abs(step.b_state)
    off_sum = (step.hidden + 8) * step.rounding * sizes
    off = ACTIVATION_ERROR * step.rounding
    if step.cell == "gru":
        z, n = _gru_image(step, from_input, from_state, off_sum, off)
        after = (n + z * (h - n)).wider(off)
    elif step.cell == "lstm":
        after = _lstm_image(step, sets[:, step.hidden:], (from_state + from_input).wider(off_sum), off)
    else:
        before = (from_state + from_input).wider(off_sum)
        after = (before.through_relu() if step.cell == "relu" else before.through(np.tanh, _tanh_slope)).wider(off)
    return after.as_generators()


def _gru_image(step: _Step, from_input: np.ndarray, from_state: _Sets, off_sum, off: float) -> list[_Sets]:
    """Sets of z and n; the candidate's second sum is rounded after the reset gate has multiplied the first."""
    size = step.hidden
    both = (from_state + from_input).wider(off_sum)
    r, z = (both[:, k * size:(k + 1) * size].through(_sigmoid, _sigmoid_slope).wider(off) for k in (0, 1))
    candidate = slice(2 * size, 3 * size)
    kept = r * from_state.wider(off_sum)[:, candidate] + from_input[candidate]
    return [z, kept.wider(off_sum[:, candidate]).through(np.tanh, _tanh_slope).wider(off)]


def _lstm_image(step: _Step, c: _Sets, before: _Sets, off: float) -> _Sets:
    """Sets of h and c; the gates multiply, so the new c's rounding is relative to its size."""
    size = step.hidden
    i, f, o = (before[:, k * size:(k + 1) * size].through(_sigmoid, _sigmoid_slope).wider(off) for k in (0, 1, 3))
    g = before[:, 2 * size:3 * size].through(np.tanh, _tanh_slope).wider(off)
    kept = f * c + i * g
    kept = kept.wider(off * (1 + c.largest))
    h = o * kept.through(np.tanh, _tanh_slope).wider(off)
    return _Sets.joined([h.wider(off), kept], axis=1)


def _proved(step: _Step, sets: _Sets, odd: np.ndarray) -> np.ndarray:
    """Where the net answers ``odd [sets]`` in every state of a set, its own rounding of the logit included."""
    h = sets[:, :step.hidden]
    logit = h.times_matrix(step.W[None])
    off = logit.radius[:, 0] + (step.hidden + 8) * step.rounding * (h.largest @ np.abs(step.W) + abs(step.c))
    middle = logit.centre[:, 0] + step.c
    return np.where(odd, middle - off > 0, middle + off <= 0)


# ---------------------------------------------------------------- the proof: boxes that are never left


class _Boxes:
    """A growing list of boxes of states, those of even and those of odd apart."""

    def __init__(self, size: int) -> None:
        self.low, self.high = ([np.zeros((0, size))] * 2 for _ in "lh")

    def __len__(self) -> int:
        return sum(map(len, self.low))

    def add(self, low: np.ndarray, high: np.ndarray, odd: int) -> None:
        self.low[odd] = np.vstack([self.low[odd], low])
        self.high[odd] = np.vstack([self.high[odd], high])

    def hold(self, sets: _Sets, odd: np.ndarray) -> np.ndarray:
        """Which sets lie inside a single box of their own parity, ``[sets]``."""
        radius, held = sets.radius, np.zeros(len(sets), dtype=bool)
        for parity in (0, 1):
            for rows in np.array_split(np.flatnonzero(odd == parity), len(sets) // 64 + 1):
                low, high = (sets.centre - radius)[rows, None], (sets.centre + radius)[rows, None]
                held[rows] = ((low >= self.low[parity]) & (high <= self.high[parity])).all(axis=2).any(axis=1)
        return held


SPREADS = (0.03, 0.02, 0.01, 0.006, 0.003, 0.002, 0.001, 0.0006, 0.0003)  # what a box adds to a set, coarse to fine
DEPTH = 12  # time steps after which a set that has not come to rest gets a box of its own
AT_ONCE = 32  # boxes whose images are computed together
MOST_NUMBERS = 128  # in a state: then the sets' own sums have fewer than 2**12 terms, which _Step.rounding allows for


def _covered(step: _Step, spread: float, effort: int) -> tuple[int, str | None]:
    """Try to find boxes that hold the start and that no string leaves for good, all answers on the way right.

    From each box all strings are followed. Where a set lies inside a box, its
    string ends; where it is narrower than ``spread``, or after ``DEPTH`` steps, it
    gets a box of its own, wider by ``spread`` all around, which is followed in
    turn. When nothing is left to follow, each box leads back into the boxes, so
    every string does. A box's ends are rounded too, by far less than what
    ``_image`` adds to all that starts in it. Returns the number of boxes and ``"closed"``, ``"effort"``
    (more than ``effort`` sets) or the string that leads to a set whose answers are
    not all proved right.
    """
    boxes, start = _Boxes(step.size), np.zeros((1, step.size))
    boxes.add(start, start, 0)
    waiting, followed = [(_Sets.boxes(start, start), np.array([False]), np.array([""], dtype=object))], 0
    while waiting:
        sets, odd, strings = waiting.pop()
        for age in range(1, DEPTH + 1):
            followed += 2 * len(sets)
            sets = _Sets.joined([_image(step, sets, bit) for bit in (0, 1)])
            odd, strings = np.concatenate([odd, ~odd]), np.concatenate([strings + "0", strings + "1"])
            proved = _proved(step, sets, odd)
            if not proved.all():
                return len(boxes), strings[np.argmin(proved)]
            if followed > effort:
                return len(boxes), "effort"
            left = ~boxes.hold(sets, odd)
            sets, odd, strings = sets[left], odd[left], strings[left]
            rests = (sets.radius <= spread).all(axis=1) | (age == DEPTH)
            waiting += _new_boxes(boxes, sets[rests], odd[rests], strings[rests], spread)
            sets, odd, strings = sets[~rests], odd[~rests], strings[~rests]
            if not len(sets):
                break
    return len(boxes), "closed"


def _new_boxes(boxes: _Boxes, sets: _Sets, odd: np.ndarray, strings: np.ndarray, spread: float) -> list[tuple]:
    """Add a box for each set that none of those before it holds; return what is to be followed from them."""
    narrow, wide = sets.radius, sets.radius + spread
    added: list[int] = []
    for row in range(len(sets)):
        inside = (np.abs(sets.centre[row] - sets.centre[added]) + narrow[row] <= wide[added]).all(axis=1)
        if not (inside & (odd[added] == odd[row])).any():
            added.append(row)
    centre, wide, odd, strings = sets.centre[added], wide[added], odd[added], strings[added]
    for parity in (0, 1):
        boxes.add((centre - wide)[odd == parity], (centre + wide)[odd == parity], parity)
    followed = _Sets.boxes(centre, wide)
    return [(followed[k:k + AT_ONCE], odd[k:k + AT_ONCE], strings[k:k + AT_ONCE])
            for k in range(0, len(added), AT_ONCE)]


def _whole_numbers(step: _Step, most: int = 1000) -> bool | None:
    """Whether a relu net of small whole numbers is right: its states are then exact, and may be finitely many.

    None where the weights are no whole numbers or more than ``most`` states are
    found. Sums of whole numbers below 2**24 are exact in float32, in any order.
    """
    weights = np.concatenate([np.ravel(part) for part in (step.U, step.V, step.b_input, step.b_state, step.W, step.c)])
    if step.cell != "relu" or not np.array_equal(weights, np.rint(weights)):
        return None
    found = {(False, (0.0,) * step.size)}
    waiting = list(found)
    while waiting:
        odd, state = waiting.pop()
        for bit in (0, 1):
            after = step.state(np.array([state]), np.array([bit]))
            if (np.abs(after) @ np.abs(np.vstack([step.V, step.W])).T + np.abs(weights).sum()).max() >= 2**24:
                return None
            if step.odd(after)[0] != odd ^ bit:
                return False
            reached = (odd ^ bool(bit), tuple(after[0]))
            if reached not in found:
                found.add(reached)
                waiting.append(reached)
        if len(found) > most:
            return None
    return True


# ---------------------------------------------------------------- the search for a string on which the net errs


@torch.no_grad()
def first_error(model: ParityRNN, bits: np.ndarray, chunk: int = 1000) -> np.ndarray:
    """The first step, from 1, at which the net itself answers wrongly on each of ``bits [strings, steps]``; 0: at none.

    Stops at the chunk of steps in which some string fails, so that the shortest
    is among those found.

    >>> from parity_lib.models import by_hand
    >>> first_error(by_hand("tanh", 1.0), np.array([[1] + 20 * [0], [1] + 20 * [1]])).tolist()
    [9, 0]
    """
    truth, state = running_parity(bits.astype(np.uint8)) == 1, None
    dtype = model.hidden_to_logits.weight.dtype
    for start in range(0, bits.shape[1], chunk):
        part = torch.from_numpy(bits[:, start:start + chunk, None].astype(np.float32)).to(dtype)
        states, state = model.rnn(part, state)
        wrong = (model.hidden_to_logits(states)[..., 0] > 0).numpy() != truth[:, start:start + chunk]
        if wrong.any():
            return np.where(wrong.any(axis=1), start + 1 + wrong.argmax(axis=1), 0)
    return np.zeros(len(bits), dtype=int)


def _refuting(model: ParityRNN, candidates: list[np.ndarray]) -> np.ndarray | None:
    """The shortest beginning of a candidate on which the net, run on it alone, is wrong at the last bit."""
    found = []
    for bits in candidates:
        step = int(first_error(model, bits[None])[0])
        if step:
            found.append(bits[:step])
    return min(found, key=len, default=None)


def _hardest(step: _Step, width: int, steps: int) -> np.ndarray | None:
    """A string found by always keeping the ``width`` states that are nearest to a wrong answer (a beam search).

    Kept are as many for each of the eight ways in which the parity and the last
    two bits can stand, so that no kind of string is lost. None where all stay right.
    """
    states, odd, strings = np.zeros((1, step.size)), np.array([False]), np.zeros((1, 0), dtype=np.uint8)
    for _ in range(steps):
        count = len(states)
        bits = np.repeat(np.array([0, 1], dtype=np.uint8), count)
        states = step.state(np.tile(states, (2, 1)), bits)
        odd = np.tile(odd, 2) ^ (bits == 1)
        strings = np.column_stack([np.tile(strings, (2, 1)), bits])
        margin = (states[:, :step.hidden] @ step.W + step.c) * np.where(odd, 1, -1)
        if margin.min() < 0:
            return strings[margin.argmin()]
        if 2 * count > width:
            kind = 4 * odd + 2 * strings[:, -1] + strings[:, -2]
            order = np.argsort(margin, kind="stable")
            kept = np.concatenate([order[kind[order] == k][:width // 8] for k in range(8)])
            states, odd, strings = states[kept], odd[kept], strings[kept]
    return None


def _periodic(steps: int) -> np.ndarray:
    """Strings ``[count, steps]`` that begin with up to three bits and then repeat up to five."""
    rows = {tuple((start + pattern * steps)[:steps])
            for first in range(4) for start in product((0, 1), repeat=first)
            for period in range(1, 6) for pattern in product((0, 1), repeat=period)}
    return np.array(sorted(rows), dtype=np.uint8)


def _wrong_string(model: ParityRNN, step: _Step) -> np.ndarray | None:
    """Search: the hardest strings, then periodic ones. The net itself confirms what it is shown."""
    hardest = [_hardest(step, width, steps) for width, steps in ((64, 300), (1024, 300))]
    found = _refuting(model, [bits for bits in hardest if bits is not None])
    if found is not None:
        return found
    periodic = _periodic(2000)
    errors = first_error(model, periodic, chunk=100)
    return _refuting(model, [bits[:end] for bits, end in zip(periodic, errors) if end])


# ---------------------------------------------------------------- the verdict


@dataclass(frozen=True)
class Certificate:
    """What is known of a net on strings of every length.

    ``verdict`` is ``"certified"`` (right after every bit of every string),
    ``"refuted"`` (``string`` holds the bits of one on which the net is wrong at the
    last) or ``"undecided"``. ``boxes`` is how many boxes of states the proof has,
    or had when it was given up; ``spread`` how much they were widened; ``why`` says
    in words what was found.
    """

    verdict: str
    why: str
    string: str | None = None
    boxes: int = 0
    spread: float | None = None


def certify(model: ParityRNN, *, effort: int = 30_000) -> Certificate:
    """Is the net right after every bit of every string, however long?

    First a search for a string on which it errs, each confirmed by the net
    itself in its own dtype. Then the proof: boxes of states that hold the start
    and into which every string leads back, tried with finer and finer boxes,
    each time for at most ``effort`` sets. A string that leads to a set where the
    proof fails is given to the net too. Raises ValueError where the net is no
    ParityRNN of one layer.

    The proof covers the rounding of the net (see the head of this module) on
    inputs of 0 and 1 and the start h = 0, run one string at a time or in batches.

    >>> from parity_lib.models import by_hand
    >>> certify(by_hand("tanh")).verdict
    'certified'
    >>> certify(by_hand("tanh", 1.0)).string
    '100000000'
    """
    require_int("effort", effort, least=1)
    step = _Step(model)
    require(step.size <= MOST_NUMBERS, "model.hidden_size", model.hidden_size, f"small: {MOST_NUMBERS} numbers a state")
    if _whole_numbers(step):
        return Certificate("certified", "its states are whole numbers, finitely many, and right in each")
    wrong = _wrong_string(model, step)
    if wrong is not None:
        return _refuted(wrong)
    for spread in SPREADS:
        boxes, end = _covered(step, spread, effort)
        if end == "closed":
            return Certificate("certified", f"every string leads from {boxes} boxes back into them", None,
                               boxes, spread)
        if end == "effort":
            break
        wrong = _refuting(model, [np.array(list(end), dtype=np.uint8)])
        if wrong is not None:
            return _refuted(wrong)
    why = "the boxes were too many" if end == "effort" else "the sets of states reach the threshold"
    return Certificate("undecided", f"no wrong string found, and no proof: {why}", None, boxes, spread)


def _refuted(bits: np.ndarray) -> Certificate:
    return Certificate("refuted", f"wrong after the last of these {len(bits)} bits", "".join(map(str, bits)))
