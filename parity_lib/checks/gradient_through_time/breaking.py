"""Checks of ``find_error``: a string on which a net with two units errs, or None where there is none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.reporting import check

SEE = "unrolling#two-units-by-hand"
MARGIN = 1e-3  # an error that is nearer to 0 could be none on another processor
SHORT, LONG = 12, 60
Net = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]

# K, the two thresholds, and the readout's: 2K(p + x - 1/2) and 2K(p + x - 3/2) in the chapter are K, 1, 3, 1.
BRITTLE = ((1.3, 0.75, 3.2, 1.2), (1.25, 1.25, 2.8, 0.8), (1.9, 1.35, 3.1, 1.0))
SLOW = ((1.6397, 1.1641, 3.0006, 0.81), (1.5318, 0.8474, 3.1352, 0.9856), (1.8018, 1.21, 2.8749, 0.8605))
# U, V, b, W and c in the order of their entries; long runs of one bit and random strings do not break these.
HIDDEN = (((3.09, 3.04), (1.56, -1.49, 1.18, -1.34), (-1.48, -3.68), (0.94, -0.97), (-0.88,)),
          ((2.2, 2.7), (1.36, -1.25, 1.21, -1.4), (-1.29, -4.22), (0.99, -1.0), (-1.18,)))
# Of these the error is not on the way of the states that are in most danger: a search has to keep some more.
CROWDED = (((4.928, 4.158), (2.03, -2.353, 2.076, -1.882), (-1.764, -7.161), (1.069, -1.124), (-1.141,)),
           ((2.052, 2.608), (1.31, -1.481, 1.062, -1.28), (-1.542, -4.561), (1.02, -1.064), (-1.381,)),
           ((2.728, 2.976), (1.294, -1.258, 1.495, -1.512), (-1.09, -4.173), (1.107, -0.863), (-0.987,)))
STURDY = ((3.0, 1.0, 3.0, 1.0), (2.2, 0.95, 3.05, 1.1), (2.6, 1.1, 2.95, 0.9))


def net_of(sharpness: float, first: float, second: float, cut: float) -> Net:
    """A net by hand: tanh units that ask whether ``s + 2x`` is above two thresholds; s is their difference."""
    K = sharpness
    return (np.array([[2 * K], [2 * K]]), np.array([[K, -K], [K, -K]]), np.array([-first * K, -second * K]),
            np.array([[1.0, -1.0]]), np.array([-cut]))


def rounded(U: tuple, V: tuple, b: tuple, W: tuple, c: tuple) -> Net:
    """A net from the entries of its five arrays."""
    return np.reshape(U, (2, 1)), np.reshape(V, (2, 2)), np.array(b), np.reshape(W, (1, 2)), np.array(c)


def disguised(net: Net, rng: np.random.Generator) -> Net:
    """The same function of bits with its units in another order, of other signs, and another readout's scale."""
    U, V, b, W, c = net
    order, signs, scale = rng.permutation(2), rng.choice([-1.0, 1.0], size=2), rng.uniform(2, 10)
    return ((U * signs[:, None])[order], (V * np.outer(signs, signs))[order][:, order], (b * signs)[order],
            scale * (W * signs)[:, order], scale * c)


def as_asked(net: Net) -> Net:
    """The same function of bits for a net whose bits arrive as other numbers than 0 and 1, as in a variant."""
    U, V, b, W, c = net
    low, high = (constant("gradient_through_time", name) for name in ("low", "high"))
    if (low, high) == (0, 1):
        return net
    return U / (high - low), V, b - U[:, 0] * low / (high - low), W, c


# ---------------------------------------------------------------- what is true of a net


def outputs(net: Net, bits: np.ndarray, start: float = 0.0) -> np.ndarray:
    """The net's outputs after each bit of a string, from the state ``start``."""
    U, V, b, W, c = net
    h, found = np.full(2, start), []
    for bit in bits.tolist():
        h = np.tanh(U[:, 0] * bit + V @ h + b)
        found.append(float(W[0] @ h + c[0]))
    return np.array(found)


def first_error(net: Net, bits: np.ndarray, start: float = 0.0) -> tuple[int, float] | None:
    """After how many bits of this string the net errs, and its output there; None where it is right throughout."""
    found = outputs(net, bits, start)
    wrong = np.flatnonzero((found > 0) != (np.cumsum(bits) % 2 == 1))
    return (int(wrong[0]) + 1, float(found[wrong[0]])) if len(wrong) else None


def shortest_error(net: Net, longest: int) -> tuple[int, ...] | None:
    """A shortest string on which the net errs, of all the strings of at most ``longest`` bits."""
    U, V, b, W, c = net
    states, odd, strings = np.zeros((1, 2)), np.zeros(1, dtype=int), np.zeros((1, 0), dtype=int)
    for _ in range(longest):
        bits = np.repeat([0, 1], len(states))
        states, odd = np.tile(states, (2, 1)), np.tile(odd, 2) ^ bits
        strings = np.column_stack([np.tile(strings, (2, 1)), bits])
        states = np.tanh(bits[:, None] * U[:, 0] + states @ V.T + b)
        wrong = np.flatnonzero((states @ W[0] + c[0] > 0) != (odd == 1))
        if len(wrong):
            return tuple(strings[wrong[0]].tolist())
    return None


def search(net: Net, longest: int, keep: int = 30) -> tuple[int, ...] | None:
    """A string of at most ``longest`` bits on which the net errs, if following extreme states finds one.

    After each bit, of the strings of one parity it keeps the ``keep`` ones with
    the smallest and the largest outputs. What it finds is an error; where it finds none, there may be one.
    """
    U, V, b, W, c = net
    kept = [(0, np.zeros(2), ())]
    for _ in range(longest):
        reached = ([], [])
        for odd, h, string in kept:
            for bit in (0, 1):
                state = np.tanh(U[:, 0] * bit + V @ h + b)
                output = float(W[0] @ state + c[0])
                if (output > 0) != (odd ^ bit == 1):
                    return (*string, bit)
                reached[odd ^ bit].append((output, state, (*string, bit)))
        kept = []
        for odd, found in enumerate(reached):
            found.sort(key=lambda one: one[0])
            kept += [(odd, *one[1:]) for one in found[:keep] + found[keep:][-keep:]]
    return None


def surely_right(net: Net, longest: int) -> bool:
    """Whether boxes around the states prove the net right on all strings up to this length; False proves nothing.

    One box holds the states of all strings of one parity and one last bit. Its
    image under a bit is bounded unit by unit, since tanh rises.
    """
    U, V, b, W, c = net
    boxes = {(0, 0): (np.zeros(2), np.zeros(2))}
    for _ in range(longest):
        images: dict[tuple[int, int], list] = {}
        for (odd, _last), box in boxes.items():
            for bit in (0, 1):
                low, high = _bounds(V, box)
                images.setdefault((odd ^ bit, bit), []).append(
                    (np.tanh(U[:, 0] * bit + b + low), np.tanh(U[:, 0] * bit + b + high)))
        boxes = {key: (np.min([low for low, _ in found], axis=0), np.max([high for _, high in found], axis=0))
                 for key, found in images.items()}
        for (odd, _last), box in boxes.items():
            least, most = (float(one[0] + c[0]) for one in _bounds(W, box))
            if (odd and least < MARGIN) or (not odd and most > -MARGIN):
                return False
    return True


def _bounds(matrix: np.ndarray, box: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The least and the largest of ``matrix @ h`` for states h in a box."""
    low, high = box
    up, down = np.maximum(matrix, 0), np.minimum(matrix, 0)
    return up @ low + down @ high, up @ high + down @ low


# ---------------------------------------------------------------- the checks


def draw_nets(kinds: tuple, longest: int, rng: np.random.Generator) -> Iterator[tuple[Net, tuple[int, ...] | None]]:
    """Each net a little moved and disguised, with a string on which it errs, or None where it is surely right.

    A net near the edge, for which neither can be shown, is moved again.
    """
    for make, parameters in kinds:
        while True:
            net = make(*parameters)
            net = tuple(one * (1 + rng.uniform(-1e-3, 1e-3, size=one.shape)) for one in net)
            net = disguised(net, rng)
            string = search(net, longest)
            if string is not None and abs(first_error(net, np.array(string))[1]) > MARGIN:
                yield net, string
                break
            if string is None and surely_right(net, longest):
                yield net, None
                break


@check("find_error: the nets that err within 12 bits are broken, the right one is left alone")
def find_error_short(seed: int = 0) -> None:
    """``find_error(U, V, b, W, c, longest)`` -> bits on which the net errs, or None; up to 12 bits.

    Of each net that errs it also asks for the length of its shortest error, and for one bit less.
    """
    kinds = (*((net_of, one) for one in BRITTLE), (net_of, STURDY[0]))
    for net, string in draw_nets(kinds, SHORT, np.random.default_rng(seed)):
        break_net(net, string, SHORT)
        if string is not None:
            shortest = shortest_error(net, SHORT)
            break_net(net, shortest, len(shortest))
            break_net(net, None, len(shortest) - 1)


@check("find_error: nets that err on few and long strings are broken, the right ones are left alone")
def find_error_long(seed: int = 0) -> None:
    """The same up to 60 bits, where all strings are too many to try."""
    kinds = (*((net_of, one) for one in SLOW + STURDY), *((rounded, one) for one in HIDDEN + CROWDED))
    rng = np.random.default_rng(seed)
    _not_everything(disguised(net_of(*STURDY[0]), rng))
    for net, string in draw_nets(kinds, LONG, rng):
        break_net(net, string, LONG)
        if string is not None and len(set(string[1:])) == 1:        # each good search meets it, up to its last bit
            break_net(net, string, len(string))


def _not_everything(net: Net) -> None:
    """CheckFailed for a search that tries every string: at 60 bits it would never end, and fill the memory first."""
    for _ in range(3):  # a slow moment of the machine is no search through everything, and hides none
        few, more = min(_seconds(net, 12) for _ in range(3)), _seconds(net, 20)
        if more < max(0.05, 20 * few):
            return
        if more > 5:
            break
    expect.fail("find_error for strings of up to 12 and up to 20 bits", "an answer in about the same time",
                f"{more / few:.0f} times the time for 20 bits",
                "the number of strings that you follow doubles with each bit: go on from a few states only", SEE)


def _seconds(net: Net, longest: int) -> float:
    start = time.perf_counter()
    expect.ask("find_error", f"find_error for a net and {longest} bits", *as_asked(net), longest, see=SEE)
    return time.perf_counter() - start


def break_net(net: Net, string: tuple[int, ...] | None, longest: int) -> None:
    """Ask the student's search about one net, which errs on ``string``, or nowhere up to ``longest`` bits."""
    asked = as_asked(net)
    U, V, b = (expect.show(one) for one in asked[:3])
    what = f"find_error for the net with U = {U}, V = {V}, b = {b}, up to {longest} bits"
    bits = _bits(expect.ask("find_error", what, *asked, longest, see=SEE), what, longest)
    if bits is None and string is not None:
        expect.fail(what, f"a string; there is one of {len(string)} bits", "None", _missed(string, longest), SEE)
    if bits is not None and first_error(net, bits) is None:
        expected = "None: the net is right on every string of this length" if string is None else \
                   f"a string on which it errs; there is one of {len(string)} bits"
        expect.fail(what, expected, f"{_word(bits)}, on which the net is right after every bit; its outputs are "
                    f"{expect.show(outputs(net, bits).round(2).tolist())}", _no_error(net, bits), SEE)


def _word(bits: np.ndarray) -> str:
    return "".join(map(str, bits.tolist()))


def _bits(result: Any, what: str, longest: int) -> np.ndarray | None:
    """The student's string as integers, or None for None."""
    if result is None:
        return None
    if type(result) is str:
        result = [int(one) if one in "01" else -1 for one in result]
    bits = expect.array(np.array(result) if type(result) in (list, tuple) else result, what, see=SEE)
    if bits.ndim != 1 or bits.size == 0:
        expect.fail(what, "one string, a list of at least one bit", f"shape {bits.shape}", "", SEE)
    if not np.isin(bits, (0, 1)).all():
        expect.fail(what, "bits, each 0 or 1", bits, "", SEE)
    if len(bits) > longest:
        expect.fail(what, f"at most {longest} bits", f"{len(bits)} bits", "`longest` is the most that is asked", SEE)
    return bits.astype(int)


def _missed(string: tuple[int, ...], longest: int) -> str:
    if len(string) == longest:
        return "`longest` bits are allowed: does your search end one bit early?"
    if longest <= SHORT:
        return "so short a string is found by trying all of its length"
    danger = ("go on from the states that are nearest to a wrong answer, from ten or more of each parity, and on both "
              "sides")
    if len(set(string[1:])) == 1:
        return f"try strings in which nothing happens for long, or {danger}"
    return f"neither random strings nor long runs of zeros find it: {danger}"


def _no_error(net: Net, bits: np.ndarray) -> str:
    """Words for a change of the string, or of the first state, that makes it an error; or what is to be compared."""
    U, V, b, W, c = net
    if first_error(net, bits[::-1]) is not None:
        return "perhaps the string is the wrong way round: the first bit comes first"
    if any(first_error(net, np.append(bits, bit)) is not None for bit in (0, 1)):
        return "perhaps its last bit is missing: the bit after which the net errs belongs to the string"
    if first_error(net, bits, start=-1.0) is not None or first_error(net, bits, start=1.0) is not None:
        return "perhaps your net begins elsewhere: h starts at 0"
    if first_error((U, V.T, b, W, c), bits) is not None:
        return "perhaps V is transposed: row i of V makes unit i"
    for name, damaged in (("c", (U, V, b, W, 0 * c)), ("b", (U, V, 0 * b, W, c))):
        if first_error(damaged, bits) is not None:
            return f"does {name} take part? Compare your own net's outputs on this string with the ones above"
    low, high = (constant("gradient_through_time", name) for name in ("low", "high"))
    if (low, high) != (0, 1):
        return (f"here a zero arrives as {low:g} and a one as {high:g}; a positive output says odd, any other even: "
                "compare your own net's outputs on this string with the ones above")
    return ("a positive output says odd, any other even, and bits are 0 and 1: compare your own net's outputs on this "
            "string with the ones above")
