"""An independent checker for the stored certificates of correctness.

Chapter: *What did it learn?* A certificate is a list of boxes of states, each for even or for odd. :func:`check_boxes`
follows every string from every box until it leads into a box again, and checks that all answers up to there are
correct. It computes with balls, which are numbers with a bound on their error (Arb: Johansson, *IEEE Transactions on
Computers* 66(8), 2017), so it accounts for every rounding error. :func:`check_string` runs a network on a string that
refutes it. This module imports nothing from the modules that produced the verdicts, and it represents sets of
states in another form.

If a check of boxes passes, we have proved the following for a network with these float32 weights that starts from zeros
and reads bits: its answer after every bit of every string is correct. We assume float32 arithmetic with IEEE 754's
rounding to nearest, sums in any order, fused or not, and an error of tanh and sigmoid of at most ``ACTIVATION_ERROR``
times 2**-24. That nothing overflows is no assumption: a check of boxes fails if a sum could exceed ``LARGEST``. The
proof does not cover TF32, bfloat16, float16, autocast and ``torch.set_flush_denormal``, nor GPUs, because we have not
measured the errors of their tanh and sigmoid.

If a check of a string passes, the network's answer after its last bit is wrong in float32 and float64, as PyTorch
computes it here for this string alone. Another order of the sums may round to a correct answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from parity_lib.errors import require, require_choice
from parity_study.certificate_store import StoredNetwork

try:
    from flint import arb, arb_mat, ctx
except ImportError as error:
    raise ImportError('checking certificates needs python-flint: pip install python-flint') from error

ROUNDING = 2.0**-24  # the largest relative error of an operation in float32
ACTIVATION_ERROR = 16  # of tanh and sigmoid, in units of ROUNDING; the tests compare PyTorch's with exact ones
UNDERFLOW = 2.0**-80  # times ROUNDING: more than the error of products that underflow
LARGEST = 2.0**126  # half of the largest power of two in float32; a sum that could exceed it might overflow
DEPTH = 16  # time steps within which every string has to lead from a box into a box again
CUTS = 24  # how often a box may be halved if the sets that start from it are too wide
STRINGS_ALIVE = 64  # a piece of a box is halved if more strings than this are outside the boxes at the same time
PRECISION = 53  # bits of the middle of a ball
LAYERS: dict[str, Callable[..., nn.Module]] = {
    "tanh": nn.RNN, "relu": partial(nn.RNN, nonlinearity="relu"), "gru": nn.GRU, "lstm": nn.LSTM}

# Arrays of balls are NumPy arrays of objects. These functions are applied to each ball.
to_balls: Callable[[Any], Any] = np.frompyfunc(arb, 1, 1)
middles = np.frompyfunc(lambda ball: ball.mid(), 1, 1)
radii = np.frompyfunc(lambda ball: ball.rad(), 1, 1)
lower_ends = np.frompyfunc(lambda ball: ball.lower(), 1, 1)
upper_ends = np.frompyfunc(lambda ball: ball.upper(), 1, 1)
magnitudes = np.frompyfunc(lambda ball: ball.abs_upper(), 1, 1)
around_zero = np.frompyfunc(lambda bound: arb(0, arb(bound).upper()), 1, 1)  # numbers of at most this size


class Network:
    """A one-layer recurrent network with float32 weights.

    The weights are given in PyTorch's order of parameters. ``layers`` are PyTorch's own layers with these weights.
    ``V`` and ``W`` are the matrices in float64, and ``U``, ``b_input``, ``b_state`` and ``c`` are arrays of balls.
    Raises ValueError if the number of weights does not fit.
    """

    def __init__(self, cell: str, hidden: int, weights: np.ndarray) -> None:
        require_choice("cell", cell, tuple(LAYERS))
        self.cell, self.hidden = cell, hidden
        self.size = hidden * (2 if cell == "lstm" else 1)  # the numbers in a state: h, and for an LSTM also c
        self.layers = nn.ModuleList([LAYERS[cell](1, hidden, batch_first=True), nn.Linear(hidden, 1)])
        count = sum(parameter.numel() for parameter in self.layers.parameters())
        require(weights.dtype == np.float32 and weights.shape == (count,), "weights",
                f"{weights.dtype} {weights.shape}", f"float32 ({count},)")
        require(bool(np.isfinite(weights).all()), "weights", "an array with NaN or infinity", "finite")
        nn.utils.vector_to_parameters(torch.from_numpy(weights.copy()), self.layers.parameters())
        U, self.V, b_input, b_state, self.W, c = (
            parameter.detach().double().numpy() for parameter in self.layers.parameters())
        self.U, self.b_input, self.b_state, self.c = map(to_balls, (U[:, 0], b_input, b_state, c))


@dataclass
class AffineSet:
    """A set of vectors represented in affine arithmetic.

    It contains ``middle + slopes @ e`` for every e in [-1, 1]^k. ``middle [count]`` and ``slopes [count, k]`` are
    arrays of balls, and the set contains the vectors for every value in the balls. The slopes record how the numbers
    depend on the point of the box from which the set started, and on the errors that were added since (de Figueiredo
    and Stolfi, *Numerical Algorithms* 37, 2004). The errors of the current time step are in the radii of the middles.
    """

    middle: np.ndarray
    slopes: np.ndarray

    def __getitem__(self, rows: slice) -> AffineSet:
        return AffineSet(self.middle[rows], self.slopes[rows])

    def __add__(self, other: AffineSet) -> AffineSet:
        return AffineSet(self.middle + other.middle, self.slopes + other.slopes)

    def __sub__(self, other: AffineSet) -> AffineSet:
        return AffineSet(self.middle - other.middle, self.slopes - other.slopes)

    def __mul__(self, other: AffineSet) -> AffineSet:
        """Multiply two sets elementwise.

        (a + x)(b + y) = ab + ay + bx + xy, and |xy| is at most the product of the bounds.
        """
        a, b = middles(self.middle), middles(other.middle)
        bound = magnitudes(self.ranges() - a) * magnitudes(other.ranges() - b)
        return AffineSet(a * other.middle + b * self.middle - a * b + around_zero(bound),
                         a[:, None] * other.slopes + b[:, None] * self.slopes)

    def ranges(self) -> np.ndarray:
        """Return an enclosing ball for each coordinate."""
        return self.middle + around_zero(np.abs(self.slopes).sum(axis=1))

    def widened(self, errors) -> AffineSet:
        """Return a copy of the set that is enlarged by ``errors`` in each coordinate."""
        return AffineSet(self.middle + around_zero(errors), self.slopes)

    def with_slopes_for_errors(self) -> AffineSet:
        """Return the same set with each coordinate's error converted to a new column of slopes."""
        return AffineSet(middles(self.middle), np.hstack([self.slopes, _diagonal(radii(self.middle))]))


def _diagonal(values: np.ndarray) -> np.ndarray:
    return np.where(np.eye(len(values), dtype=bool), values, to_balls(0))


def _product(matrix: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Multiply a float64 matrix by a matrix of balls."""
    return np.array((arb_mat(matrix.tolist()) * arb_mat(columns.tolist())).tolist(), dtype=object)


def _apply_linear(matrix: np.ndarray, numbers: AffineSet, constants: np.ndarray, sizes: np.ndarray) -> AffineSet:
    """Apply an affine map to a set of vectors and account for rounding errors.

    The map is ``matrix @ numbers + constants``, and its sums may be computed in any order. ``sizes`` is a bound on the
    sum of the absolute values of the constant terms. The error of a sum of n products is at most n u / (1 - n u) times
    the sum of their absolute values (Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, chapter 3).
    """
    terms = arb(matrix.shape[1] + 4) * ROUNDING
    products = _product(np.abs(matrix), magnitudes(numbers.ranges())[:, None])[:, 0]
    _require_no_overflow(products + sizes)
    exact = _product(matrix, np.column_stack([numbers.middle, numbers.slopes]))
    return AffineSet(exact[:, 0] + constants, exact[:, 1:]).widened(
        terms / (1 - terms) * (products + sizes + UNDERFLOW))


def _require_no_overflow(bounds: Iterable) -> None:
    """Raise OverflowError unless all bounds are certainly below ``LARGEST``."""
    if not all(bound < LARGEST for bound in bounds):
        raise OverflowError("a sum may overflow")


def _apply_function(numbers: AffineSet, line: Callable[[arb, arb], tuple[arb, arb]], error: float = 0.0) -> AffineSet:
    """Apply a function to each coordinate of a set.

    The function f is computed with an error of at most ``error``. ``line(low, high)`` returns a slope s, and a ball
    that contains f(z) - s z for every z from low to high.
    """
    slope, rest = np.array([line(ball.lower(), ball.upper()) for ball in numbers.ranges()], dtype=object).T
    return AffineSet(slope * numbers.middle + rest, slope[:, None] * numbers.slopes).widened(np.full(len(rest), error))


def _tanh(low: arb, high: arb) -> tuple[arb, arb]:
    """Enclose tanh between two parallel lines on an interval.

    Their slope is the smaller of the slopes at the ends. With this slope, tanh minus the line is monotone, so its
    values at the ends bound it.
    """
    at_low, at_high = low.tanh(), high.tanh()
    slope = (1 - at_low * at_low).min(1 - at_high * at_high).lower().max(arb(0))
    return slope, (at_low - slope * low).union(at_high - slope * high)


def _sigmoid(low: arb, high: arb) -> tuple[arb, arb]:
    """Enclose the sigmoid between two parallel lines on an interval."""
    slope, rest = _tanh(low / 2, high / 2)  # the sigmoid is (1 + tanh(z / 2)) / 2
    return slope / 4, (1 + rest) / 2


def _relu(low: arb, high: arb) -> tuple[arb, arb]:
    """Enclose relu between two parallel lines on an interval.

    If relu is not linear there, relu minus a line through 0 is smallest at 0 and largest at an end.
    """
    if low >= 0 or high <= 0:
        return arb(1 if low >= 0 else 0), arb(0)
    slope = (high / (high - low)).mid()
    return slope, arb(0).union(-slope * low).union((1 - slope) * high)


def step(network: Network, state: AffineSet, bit: int) -> AffineSet:
    """Propagate a set of states through one time step of a network.

    The network reads ``bit``. The result contains every state that can follow, if each operation of the network has a
    relative error of at most ``ROUNDING``. Raises OverflowError if one of the operations may overflow, and ValueError
    for a cell whose equations are not below.
    """
    hidden, h, error = network.hidden, state[:network.hidden], ACTIVATION_ERROR * ROUNDING
    from_input, input_sizes = network.U * bit + network.b_input, np.abs(network.U) * bit + np.abs(network.b_input)
    _require_no_overflow([*magnitudes(state.ranges()), *input_sizes])
    constants, sizes = from_input + network.b_state, input_sizes + np.abs(network.b_state)
    if network.cell == "gru":
        gates, candidate = slice(2 * hidden), slice(2 * hidden, None)
        from_gates = _apply_linear(network.V[gates], h, constants[gates], sizes[gates])
        r, z = (_apply_function(from_gates[k * hidden:(k + 1) * hidden], _sigmoid, error) for k in (0, 1))
        b_state = network.b_state[candidate]
        from_state = _apply_linear(network.V[candidate], h, b_state, np.abs(b_state))
        pre_activation = r * from_state
        pre_activation.middle = pre_activation.middle + from_input[candidate]
        sum_error = 4 * ROUNDING * (2 * magnitudes(from_state.ranges()) + input_sizes[candidate])
        n = _apply_function(pre_activation.widened(sum_error), _tanh, error)
        # PyTorch may compute n + z (h - n) or (1 - z) n + z h; the bound holds for both.
        return (n + z * (h - n)).widened(8 * ROUNDING * (2 + magnitudes(h.ranges()))).with_slopes_for_errors()
    pre_activation = _apply_linear(network.V, h, constants, sizes)
    if network.cell == "relu":
        return _apply_function(pre_activation, _relu).with_slopes_for_errors()
    if network.cell == "tanh":
        return _apply_function(pre_activation, _tanh, error).with_slopes_for_errors()
    require_choice("network.cell", network.cell, ("tanh", "relu", "gru", "lstm"))
    i, f, g, o = (_apply_function(pre_activation[k * hidden:(k + 1) * hidden], line, error)
                  for k, line in enumerate((_sigmoid, _sigmoid, _tanh, _sigmoid)))
    c = state[hidden:]
    new_c = (f * c + i * g).widened(4 * ROUNDING * (2 + magnitudes(c.ranges())))
    new_h = (o * _apply_function(new_c, _tanh, error)).widened(np.full(hidden, 2 * ROUNDING))
    return AffineSet(np.concatenate([new_h.middle, new_c.middle]),
                     np.concatenate([new_h.slopes, new_c.slopes])).with_slopes_for_errors()


def answers_correctly(network: Network, state: AffineSet, odd: bool) -> bool:
    """Return True if the network answers correctly in every state of a set."""
    logit, = _apply_linear(network.W, state[:network.hidden], network.c, np.abs(network.c)).ranges()
    return bool(logit > 0) if odd else bool(logit <= 0)


class ProofBoxes(NamedTuple):
    """The boxes of states that make up a proof, with their parities."""

    low: np.ndarray
    high: np.ndarray
    odd: np.ndarray

    def hold(self, state: AffineSet, odd: bool) -> bool:
        """Return True if a single box of the given parity contains the whole set."""
        ranges = state.ranges()
        low, high = lower_ends(ranges).astype(float), upper_ends(ranges).astype(float)
        inside = (np.nextafter(low, -np.inf) >= self.low) & (np.nextafter(high, np.inf) <= self.high)
        return bool((inside.all(axis=1) & (self.odd == odd)).any())


def check_boxes(network: Network, boxes: ProofBoxes) -> str | None:
    """Check a proof that a network is correct on every string.

    Returns a description of the problem, or None.

    Theorem. Let the initial state lie in a box for even. Let every string of bits lead from every state of every box
    within ``DEPTH`` time steps into a box whose parity is that of the first box, changed by the ones in the string, and
    let the answer after each of these bits be correct. Then the network is correct after every bit of every string.
    Proof: cut the string at the times at which the state is in a box again. Each piece begins in a box (the first piece
    in that of the initial state), its answers are correct, and it ends in a box, where the next begins.
    """
    if boxes.odd.dtype != bool or boxes.odd.ndim != 1:
        return f"the parities of the boxes are {boxes.odd.dtype} {boxes.odd.shape} instead of bool, one for each box"
    if boxes.low.shape != (len(boxes.odd), network.size) or boxes.high.shape != boxes.low.shape:
        return f"the boxes have the shape {boxes.low.shape}, but a state has {network.size} numbers"
    if not ((boxes.low <= 0) & (boxes.high >= 0) & ~boxes.odd[:, None]).all(axis=1).any():
        return "no box of even contains the start"
    if not (np.isfinite([boxes.low, boxes.high]).all() and (boxes.low <= boxes.high).all()):
        return "the ends of a box are not an interval"
    ctx.prec = PRECISION
    for number, (low, high, odd) in enumerate(zip(boxes.low, boxes.high, boxes.odd)):
        problem = _check_box(network, boxes, low, high, bool(odd), CUTS)
        if problem:
            return f"box {number}: {problem}"
    return None


def _check_box(network: Network, boxes: ProofBoxes, low: np.ndarray, high: np.ndarray, odd: bool,
               cuts: int) -> str | None:
    """Check the proof for all strings that start in a given box.

    Every string has to lead back into a box, with correct answers on the way. Returns a description of the problem, or
    None. If the check fails, we check both halves of the box instead, cut across the side that contributes most to the
    failure.
    """
    ends = to_balls(low), to_balls(high)
    start = AffineSet((ends[0] + ends[1]) / 2, _diagonal(magnitudes(ends[1] - ends[0]) / 2))
    problem, state, contributions = _follow_strings(network, boxes, start, odd)
    if not problem:
        return None
    slopes = magnitudes(state.slopes[:len(contributions), :network.size]).astype(float)
    side = int(np.argmax(contributions @ slopes))
    middle = (low[side] + high[side]) / 2
    if not cuts or not low[side] < middle < high[side]:
        return problem
    below, above = high.copy(), low.copy()
    below[side] = above[side] = middle
    return (_check_box(network, boxes, low, below, odd, cuts - 1)
            or _check_box(network, boxes, above, high, odd, cuts - 1))


def _follow_strings(network: Network, boxes: ProofBoxes, start: AffineSet,
            odd: bool) -> tuple[str | None, AffineSet, np.ndarray]:
    """Follow all bit strings that start from a set of states until every resulting set lies in a box.

    Returns a problem or None, the set with the problem, and how much each of its numbers contributes to it.
    """
    outside = [(start, odd, "")]
    widths = np.ptp(np.vstack([boxes.low, boxes.high]), axis=0)
    while outside:
        try:
            reached = [(step(network, state, bit), parity ^ (bit == 1), f"{string}{bit}")
                       for state, parity, string in outside for bit in (0, 1)]
            for state, parity, string in reached:
                if not answers_correctly(network, state, parity):
                    return f"after {string} the answer may be wrong", state, np.abs(network.W[0])
        except OverflowError as error:
            return str(error), start, widths
        outside = [(state, parity, string) for state, parity, string in reached if not boxes.hold(state, parity)]
        if outside and (len(outside) > STRINGS_ALIVE or len(outside[0][2]) == DEPTH):
            return f"{outside[0][2]} leads into no box", outside[0][0], 1 / np.maximum(widths, 1e-30)
    return None, start, widths


def check_string(network: Network, string: str) -> str | None:
    """Check that a network errs after the last bit of a string.

    Returns a description of the problem, or None. The network is run in float32 and in float64 by PyTorch.
    """
    if not string or set(string) - {"0", "1"}:
        return "the string must consist of the characters 0 and 1"
    odd = string.count("1") % 2 == 1
    for dtype in (torch.float32, torch.float64):
        rnn, readout = network.layers.to(dtype)
        with torch.no_grad():
            states, _ = rnn(torch.tensor([[[float(bit)] for bit in string]], dtype=dtype))
            if (readout(states[0, -1]).item() > 0) == odd:
                return f"the network's answer is correct in {str(dtype).removeprefix('torch.')}"
    return None


def check(decided: StoredNetwork) -> str | None:
    """Check whether the stored verdict on a network is true.

    Returns a description of the problem, or None if the verdict holds. The verdict "undecided" always holds.
    """
    require_choice("verdict", decided.verdict, ("certified", "refuted", "undecided"))
    network = Network(decided.cell, decided.hidden_size, decided.weights)
    if decided.verdict == "refuted":
        return check_string(network, decided.string or "")
    if decided.verdict == "certified":
        if decided.low is None or decided.high is None or decided.odd is None:
            return "there are no boxes"
        if {decided.low.dtype.kind, decided.high.dtype.kind} != {"f"}:
            return f"the ends of the boxes are {decided.low.dtype} and {decided.high.dtype} instead of floats"
        return check_boxes(network, ProofBoxes(decided.low.astype(float), decided.high.astype(float), decided.odd))
    return None
