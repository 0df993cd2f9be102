"""Checks stored verdicts, without training and without the code that found them.

Chapter: *What did it learn?* A certificate is a list of boxes of states, each even
or odd. :func:`check_boxes` follows every string from every box until it leads into
a box again, and asks of each set of states on the way that all answers are right.
:func:`check_string` replays a wrong string. Both compute with balls, numbers with a
bound of their error (Arb: Johansson, *IEEE Transactions on Computers* 66(8), 2017),
so nothing here is rounded unseen. Nothing is imported from the modules that made
the verdicts, and sets of states have another form than there.

What is proved when all passes, of a net with these float32 weights that starts from
zeros and reads bits: after every bit of every string its answer is right (boxes),
or it is wrong after the last bit of this string. Assumed is arithmetic in float32
with IEEE 754's rounding to nearest, sums in any order, fused or not, and a tanh and
a sigmoid that are off by at most ``ACTIVATION_ERROR`` times 2**-24. TF32, bfloat16,
float16 and autocast are not covered, nor is a GPU, whose tanh and sigmoid nobody has compared here.
The search that found the boxes computes in float64 and does not round outward; nothing here rests on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from parity_lib.certificates import Stored
from parity_lib.errors import require, require_choice

try:
    from flint import arb, arb_mat, ctx
except ImportError as error:
    raise ImportError('checking certificates needs python-flint: pip install "one-bit-of-memory[verify]"') from error

ROUNDING = 2.0**-24  # an operation of float32 is off by at most this much of its result
ACTIVATION_ERROR = 16  # of tanh and sigmoid, in units of ROUNDING; the tests compare PyTorch's own with exact ones
UNDERFLOW = 2.0**-80  # times ROUNDING: more than what products that underflow are off by, flushed to zero or not
DEPTH = 16  # time steps within which every string has to lead from a box into a box again
CUTS = 24  # how often a box may be cut in two, where the sets that start from the whole of it are too wide
STRINGS_ALIVE = 64  # from a piece of a box: with more of them outside the boxes at once, the piece is cut
PRECISION = 53  # bits of a ball's middle
MOST_BITS = 2**16  # of precision, for a wrong string in exact arithmetic
GATES = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}


# ---------------------------------------------------------------- a net


class Net:
    """A one-layer net from its float32 weights in PyTorch's order: U, V, the two biases, W, c, a block of rows a gate.

    Raises ValueError where there are not as many weights as the net has.
    """

    def __init__(self, cell: str, hidden: int, weights: np.ndarray) -> None:
        require_choice("cell", cell, tuple(GATES))
        rows = GATES[cell] * hidden
        shapes = ((rows,), (rows, hidden), (rows,), (rows,), (hidden,), (1,))
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
        require(weights.dtype == np.float32 and weights.shape == (ends[-1],), "weights",
                f"{weights.dtype} {weights.shape}", f"float32 ({ends[-1]},)")
        parts = [part.reshape(shape) for part, shape in zip(np.split(weights.astype(float), ends[:-1]), shapes)]
        self.cell, self.hidden, self.weights = cell, hidden, weights
        self.U, self.V, self.b_input, self.b_state, self.W, self.c = parts
        self.size = hidden * (2 if cell == "lstm" else 1)  # h, and for an LSTM c

    def in_pytorch(self, dtype: torch.dtype) -> tuple[torch.nn.Module, torch.nn.Linear]:
        """PyTorch's own layers with these weights."""
        kinds = {"tanh": torch.nn.RNN, "relu": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
        more = {"nonlinearity": self.cell} if GATES[self.cell] == 1 else {}
        layers = kinds[self.cell](1, self.hidden, batch_first=True, **more), torch.nn.Linear(self.hidden, 1)
        torch.nn.utils.vector_to_parameters(torch.from_numpy(self.weights.copy()),
                                            [p for layer in layers for p in layer.parameters()])
        return tuple(layer.to(dtype) for layer in layers)


# ---------------------------------------------------------------- sets of states


@dataclass
class Numbers:
    """Numbers ``middle[i] + slopes[i] @ e`` for every e in -1..1 and every value in the balls (affine arithmetic).

    The slopes say how the numbers depend on the place in the box from which the set
    started, and on what was added on the way, together (de Figueiredo and Stolfi,
    *Numerical Algorithms* 37, 2004). What this step adds is in the middles' radii.
    """

    middle: list[arb]
    slopes: list[list[arb]]

    def __getitem__(self, chosen: slice) -> Numbers:
        return Numbers(self.middle[chosen], self.slopes[chosen])

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers([a + b for a, b in zip(self.middle, other.middle)],
                       [[a + b for a, b in zip(*rows)] for rows in zip(self.slopes, other.slopes)])

    def __mul__(self, other: Numbers) -> Numbers:
        """Products, place by place: (a + x)(b + y) is ab + ay + bx, and xy is at most the product of the sizes."""
        middle, slopes = [], []
        for m, row, n, column, p, q in zip(self.middle, self.slopes, other.middle, other.slopes,
                                           self.ranges(), other.ranges()):
            a, b = m.mid(), n.mid()
            middle.append(a * n + b * m - a * b + arb(0, ((p - a).abs_upper() * (q - b).abs_upper()).upper()))
            slopes.append([a * y + b * x for x, y in zip(row, column)])
        return Numbers(middle, slopes)

    def __neg__(self) -> Numbers:
        return Numbers([-each for each in self.middle], [[-slope for slope in row] for row in self.slopes])

    def ranges(self) -> list[arb]:
        """A ball for each number that holds all of its values."""
        return [middle + arb(0, sum((abs(slope) for slope in row), arb(0)).upper())
                for middle, row in zip(self.middle, self.slopes)]

    def off_by(self, errors: list[arb]) -> Numbers:
        """The same numbers, each off by at most its error."""
        return Numbers([middle + arb(0, error.upper()) for middle, error in zip(self.middle, errors)], self.slopes)

    def settled(self) -> Numbers:
        """The same numbers, each middle's radius made a slope of its own."""
        return Numbers([arb(each.mid()) for each in self.middle],
                       [[*row, *(each.rad() if place == column else arb(0) for column in range(len(self.middle)))]
                        for place, (row, each) in enumerate(zip(self.slopes, self.middle))])


def _weighted(matrix: np.ndarray, numbers: Numbers, constants: np.ndarray) -> Numbers:
    """``matrix @ numbers + constants``."""
    by = arb_mat(matrix.tolist())
    middle = (by * arb_mat([[each] for each in numbers.middle])).entries()
    return Numbers([each + float(constant) for each, constant in zip(middle, constants)],
                   (by * arb_mat(numbers.slopes)).tolist())


def _through(numbers: Numbers, line: Callable[[arb, arb], tuple[arb, arb]]) -> Numbers:
    """A curve of each number; ``line(low, high)`` gives a slope s and a ball that holds curve(z) - s z in low..high."""
    lines = [line(each.lower(), each.upper()) for each in numbers.ranges()]
    return Numbers([slope * middle + rest for (slope, rest), middle in zip(lines, numbers.middle)],
                   [[slope * each for each in row] for (slope, _), row in zip(lines, numbers.slopes)])


def _tanh(low: arb, high: arb) -> tuple[arb, arb]:
    """The slope of tanh is least at an end; less that slope, it rises, so the ends bound it."""
    at_low, at_high = low.tanh(), high.tanh()
    slope = (1 - at_low * at_low).min(1 - at_high * at_high).lower().max(arb(0))
    return slope, (at_low - slope * low).union(at_high - slope * high)


def _sigmoid(low: arb, high: arb) -> tuple[arb, arb]:
    """(1 + tanh(z / 2)) / 2"""
    slope, rest = _tanh(low / 2, high / 2)
    return slope / 4, (1 + rest) / 2


def _relu(low: arb, high: arb) -> tuple[arb, arb]:
    """Less a line through 0, relu is 0 at 0 and largest at an end."""
    if low >= 0 or high <= 0:
        return arb(1 if low >= 0 else 0), arb(0)
    slope = (high / (high - low)).mid()
    return slope, arb(0).union(-slope * low).union((1 - slope) * high)


# ---------------------------------------------------------------- one time step


def _rounded_sum(matrix: np.ndarray, numbers: Numbers, constants: np.ndarray, sizes: np.ndarray,
                 rounding: float) -> Numbers:
    """``matrix @ numbers + constants``, summed in any order; ``sizes`` of the constants' own parts together.

    A sum of n products is off by at most n u / (1 - n u) times the sum of their
    sizes (Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, chapter 3).
    """
    terms = arb(matrix.shape[1] + 4) * rounding
    share = terms / (1 - terms)
    largest = arb_mat([[each.abs_upper()] for each in numbers.ranges()])
    products = (arb_mat(np.abs(matrix).tolist()) * largest).entries()
    return _weighted(matrix, numbers, constants).off_by(
        [share * (product + float(size) + UNDERFLOW) for product, size in zip(products, sizes)])


def _activated(numbers: Numbers, line: Callable, rounding: float) -> Numbers:
    return _through(numbers, line).off_by([arb(ACTIVATION_ERROR * rounding)] * len(numbers.middle))


def step(net: Net, state: Numbers, bit: int, rounding: float = ROUNDING) -> Numbers:
    """All states to which the net goes from a set of states on ``bit``, each operation off by up to ``rounding``."""
    h = state[:net.hidden]
    input_sizes, state_sizes = np.abs(net.U) * bit + np.abs(net.b_input), np.abs(net.b_state)
    if net.cell == "gru":
        return _gru_step(net, h, bit, input_sizes, state_sizes, rounding).settled()
    before = _rounded_sum(net.V, h, net.U * bit + net.b_input + net.b_state, input_sizes + state_sizes,
                          rounding)
    if net.cell == "lstm":
        return _lstm_step(net.hidden, state[net.hidden:], before, rounding).settled()
    return (_activated(before, _tanh, rounding) if net.cell == "tanh" else _through(before, _relu)).settled()


def _lstm_step(hidden: int, c: Numbers, before: Numbers, rounding: float) -> Numbers:
    """c' = f c + i g and h' = o tanh(c'), each operation rounded."""
    i, f, o = (_activated(before[k * hidden:(k + 1) * hidden], _sigmoid, rounding) for k in (0, 1, 3))
    g = _activated(before[2 * hidden:3 * hidden], _tanh, rounding)
    kept = (f * c + i * g).off_by([4 * rounding * (2 + each.abs_upper()) for each in c.ranges()])
    h = (o * _activated(kept, _tanh, rounding)).off_by([arb(2 * rounding)] * hidden)
    return Numbers(h.middle + kept.middle, h.slopes + kept.slopes)


def _gru_step(net: Net, h: Numbers, bit: int, input_sizes: np.ndarray, state_sizes: np.ndarray,
              rounding: float) -> Numbers:
    """h' = n + z (h - n) with n = tanh(of the input + r of the state); PyTorch may compute (1 - z) n + z h."""
    size, from_input = net.hidden, net.U * bit + net.b_input
    gates = _rounded_sum(net.V[:2 * size], h, (from_input + net.b_state)[:2 * size],
                         (input_sizes + state_sizes)[:2 * size], rounding)
    r, z = (_activated(gates[k * size:(k + 1) * size], _sigmoid, rounding) for k in (0, 1))
    of_state = _rounded_sum(net.V[2 * size:], h, net.b_state[2 * size:], state_sizes[2 * size:], rounding)
    kept = r * of_state
    kept = Numbers([each + float(constant) for each, constant in zip(kept.middle, from_input[2 * size:])], kept.slopes)
    sizes = [4 * rounding * (2 * s.abs_upper() + float(x)) for s, x in zip(of_state.ranges(), input_sizes[2 * size:])]
    n = _activated(kept.off_by(sizes), _tanh, rounding)
    return (n + z * (h + -n)).off_by([arb(8 * rounding) * (2 + each.abs_upper()) for each in h.ranges()])


def answers_right(net: Net, state: Numbers, odd: bool) -> bool:
    """Whether the net says ``odd`` in every state of a set."""
    logit, = _rounded_sum(net.W[None], state[:net.hidden], net.c, np.abs(net.c), ROUNDING).ranges()
    return bool(logit > 0) if odd else bool(logit <= 0)


# ---------------------------------------------------------------- certified: boxes that no string leaves


@dataclass
class Boxes:
    """Boxes of states: ``low`` and ``high`` ``[boxes, size]``, ``odd [boxes]``."""

    low: np.ndarray
    high: np.ndarray
    odd: np.ndarray

    def hold(self, state: Numbers, odd: bool) -> bool:
        """Whether a set lies in one box of its parity."""
        ranges = state.ranges()
        low, high = (np.array([float(end) for end in ends]) for ends in
                     ([each.lower() for each in ranges], [each.upper() for each in ranges]))
        inside = (np.nextafter(low, -np.inf) >= self.low) & (np.nextafter(high, np.inf) <= self.high)
        return bool((inside.all(axis=1) & (self.odd == odd)).any())


def check_boxes(net: Net, boxes: Boxes) -> str | None:
    """What is wrong with a proof that the net is right on every string; None where nothing is.

    Theorem. Let the start lie in a box of even. From every state of every box let
    every string of bits lead, within ``DEPTH`` steps, into a box of the parity that
    the string makes of the box's own, and let the answer be right after each bit on
    the way. Then the net is right after every bit of every string. Proof: cut the
    string where it is in a box again; each piece begins in a box, the first in the
    start's. In each the answers are right, and it ends in a box, where the next begins.
    """
    if boxes.low.shape != (len(boxes.odd), net.size) or boxes.high.shape != boxes.low.shape:
        return f"the boxes are of shape {boxes.low.shape}, for {net.size} numbers a state"
    if not ((boxes.low <= 0) & (boxes.high >= 0) & ~boxes.odd[:, None]).all(axis=1).any():
        return "no box of even holds the start"
    ctx.prec = PRECISION
    if not (np.isfinite([boxes.low, boxes.high]).all() and (boxes.low <= boxes.high).all()):
        return "a box has ends that are no interval"
    for place, (low, high, odd) in enumerate(zip(boxes.low, boxes.high, boxes.odd)):
        wrong = _leads_back(net, boxes, low, high, bool(odd), CUTS)
        if wrong:
            return f"box {place}: {wrong}"
    return None


def _leads_back(net: Net, boxes: Boxes, low: np.ndarray, high: np.ndarray, odd: bool, cuts: int) -> str | None:
    """What stands against it that every string leads from this box into the boxes, with right answers on the way.

    Where something does, both halves of the box are asked, cut across the side that matters most.
    """
    radii = [(arb(float(b)) - arb(float(a))).abs_upper() / 2 for a, b in zip(low, high)]
    slopes = [[radius if row == column else arb(0) for column in range(net.size)] for row, radius in enumerate(radii)]
    start = Numbers([(arb(float(a)) + arb(float(b))) / 2 for a, b in zip(low, high)], slopes)
    wrong, where, weights = _followed(net, boxes, start, odd)
    if not wrong:
        return None
    sides = [[float(abs(slope).upper()) for slope in row[:net.size]] for row in where.slopes[:len(weights)]]
    side = int(np.argmax(weights @ sides))
    middle = (low[side] + high[side]) / 2
    if not cuts or not low[side] < middle < high[side]:
        return wrong
    below, above = high.copy(), low.copy()
    below[side], above[side] = middle, middle
    return (_leads_back(net, boxes, low, below, odd, cuts - 1) or _leads_back(net, boxes, above, high, odd, cuts - 1))


def _followed(net: Net, boxes: Boxes, start: Numbers, odd: bool) -> tuple[str | None, Numbers, np.ndarray]:
    """Follow all strings from a set; what goes wrong, in which set, and how much each of its numbers counts there."""
    on_the_way = [(start, odd, "")]
    widths = np.ptp(np.vstack([boxes.low, boxes.high]), axis=0)
    while on_the_way:
        outside = []
        for state, parity, string in on_the_way:
            for bit in (0, 1):
                after, now, read = step(net, state, bit), parity ^ (bit == 1), f"{string}{bit}"
                if not answers_right(net, after, now):
                    return f"after {read} the answer may be wrong", after, np.abs(net.W)
                if not boxes.hold(after, now):
                    outside.append((after, now, read))
        if outside and (len(outside) > STRINGS_ALIVE or len(outside[0][2]) == DEPTH):
            return f"{outside[0][2]} leads into no box", outside[0][0], 1 / widths
        on_the_way = outside
    return None, start, widths


# ---------------------------------------------------------------- refuted: a string on which the net is wrong


def check_string(net: Net, string: str) -> str | None:
    """What is wrong with the statement that the net errs after the last of these bits; None where nothing is.

    The net answers in float32 and in float64 with PyTorch, and in exact arithmetic,
    with balls as narrow as it takes to know the sign.
    """
    if not string or set(string) - {"0", "1"}:
        return "the string is no string of bits"
    odd = string.count("1") % 2 == 1
    for name, dtype in (("float32", torch.float32), ("float64", torch.float64)):
        rnn, readout = net.in_pytorch(dtype)
        with torch.no_grad():
            states = rnn(torch.tensor([[[float(bit)] for bit in string]], dtype=dtype))[0]
            if (readout(states[0, -1]).item() > 0) == odd:
                return f"in {name} the net is right"
    return "in exact arithmetic the net is right" if _exact(net, string) == odd else None


def _exact(net: Net, string: str) -> bool:
    """Whether the net without any rounding says odd after a string."""
    ctx.prec = PRECISION
    while ctx.prec <= MOST_BITS:
        state = Numbers([arb(0)] * net.size, [[arb(0)]] * net.size)
        for bit in string:
            state = step(net, state, int(bit), rounding=0.0)
        logit, = _weighted(net.W[None], state[:net.hidden], net.c).middle
        if logit > 0 or logit <= 0:
            return bool(logit > 0)
        ctx.prec *= 2
    raise ArithmeticError(f"{MOST_BITS} bits do not tell the sign of the output")


# ---------------------------------------------------------------- what is stored


def check(each: Stored) -> str | None:
    """What is wrong with a stored verdict; None where nothing is, or where it is undecided."""
    require_choice("verdict", each.verdict, ("certified", "refuted", "undecided"))
    net = Net(each.cell, each.hidden_size, each.weights)
    if each.verdict == "certified":
        return ("there are no boxes" if each.low is None else
                check_boxes(net, Boxes(each.low.astype(float), each.high.astype(float), each.odd)))
    return check_string(net, each.string or "") if each.verdict == "refuted" else None
