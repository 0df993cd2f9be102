"""The checks of ``find_error``: a string on which a network with two units errs, or None if there is none."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from parity_checks import assertions
from parity_checks.reporting import check

SEE = "unrolling#two-units-by-hand"
MARGIN = 1e-3  # if an error's output is nearer to 0, it may be no error on another processor
SHORT, LONG = 12, 60
Weights = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]

# K, the thresholds of the two units, and that of the readout. The chapter's network has K, 1, 3 and 1.
BRITTLE = ((1.3, 0.75, 3.2, 1.2), (1.25, 1.25, 2.8, 0.8), (1.9, 1.35, 3.1, 1.0))
SLOW = ((1.6397, 1.1641, 3.0006, 0.81), (1.5318, 0.8474, 3.1352, 0.9856), (1.8018, 1.21, 2.8749, 0.8605))
# These are right on strings of any length: the tests certify it.
STURDY = ((3.0, 1.0, 3.0, 1.0), (2.2, 0.95, 3.05, 1.1), (2.6, 1.1, 2.95, 0.9))
# The entries of U, V, b, W and c. Long runs of one bit and random strings do not find the errors of these.
HIDDEN = (((3.09, 3.04), (1.56, -1.49, 1.18, -1.34), (-1.48, -3.68), (0.94, -0.97), (-0.88,)),
          ((2.2, 2.7), (1.36, -1.25, 1.21, -1.4), (-1.29, -4.22), (0.99, -1.0), (-1.18,)))
# The state in most danger does not lead to the errors of these, so a search has to keep some more states.
CROWDED = (((4.928, 4.158), (2.03, -2.353, 2.076, -1.882), (-1.764, -7.161), (1.069, -1.124), (-1.141,)),
           ((2.052, 2.608), (1.31, -1.481, 1.062, -1.28), (-1.542, -4.561), (1.02, -1.064), (-1.381,)),
           ((2.728, 2.976), (1.294, -1.258, 1.495, -1.512), (-1.09, -4.173), (1.107, -0.863), (-0.987,)))


def by_hand(sharpness: float, first: float, second: float, cut: float) -> Weights:
    """Return a network whose tanh units ask whether ``s + 2x`` is above two thresholds, where s is their difference."""
    K = sharpness
    return (np.array([[2 * K], [2 * K]]), np.array([[K, -K], [K, -K]]), np.array([-first * K, -second * K]),
            np.array([[1.0, -1.0]]), np.array([-cut]))


def from_entries(U: tuple, V: tuple, b: tuple, W: tuple, c: tuple) -> Weights:
    """Return a network from the entries of its five arrays."""
    return np.reshape(U, (2, 1)), np.reshape(V, (2, 2)), np.array(b), np.reshape(W, (1, 2)), np.array(c)


def disguised(weights: Weights, rng: np.random.Generator) -> Weights:
    """Return the same function of bits with units in another order, with other signs, and with a scaled readout."""
    U, V, b, W, c = weights
    order, signs, scale = rng.permutation(2), rng.choice([-1.0, 1.0], size=2), rng.uniform(2, 10)
    return ((U * signs[:, None])[order], (V * np.outer(signs, signs))[order][:, order], (b * signs)[order],
            scale * (W * signs)[:, order], scale * c)


# ---------------------------------------------------------------- errors of a network


def outputs(weights: Weights, bits: np.ndarray) -> np.ndarray:
    """Return the network's outputs after each bit of a string."""
    U, V, b, W, c = weights
    h, values = np.zeros(2), []
    for bit in bits.tolist():
        h = np.tanh(U[:, 0] * bit + V @ h + b)
        values.append(float(W[0] @ h + c[0]))
    return np.array(values)


def first_error(weights: Weights, bits: np.ndarray) -> tuple[int, float] | None:
    """Return after how many bits of this string the network errs, and its output there, or None if it does not err."""
    values = outputs(weights, bits)
    wrong = np.flatnonzero((values > 0) != (np.cumsum(bits) % 2 == 1))
    return (int(wrong[0]) + 1, float(values[wrong[0]])) if len(wrong) else None


def search(weights: Weights, longest: int, keep: int = 30) -> tuple[int, ...] | None:
    """Return a string of at most ``longest`` bits on which the network errs, or None if the search finds none.

    After each bit, the search goes on from the ``keep`` strings with the smallest and the largest outputs of each
    parity. If ``keep`` is at least ``2**longest``, it tries every string and returns a shortest error.
    """
    U, V, b, W, c = weights
    states, odd, strings = np.zeros((1, 2)), np.zeros(1, dtype=int), np.zeros((1, 0), dtype=int)
    for _ in range(longest):
        bits = np.repeat([0, 1], len(states))
        odd, strings = np.tile(odd, 2) ^ bits, np.column_stack([np.tile(strings, (2, 1)), bits])
        states = np.tanh(bits[:, None] * U[:, 0] + np.tile(states, (2, 1)) @ V.T + b)
        values = states @ W[0] + c[0]
        wrong = np.flatnonzero((values > 0) != (odd == 1))
        if len(wrong):
            return tuple(strings[wrong[0]].tolist())
        by_value = np.argsort(values, kind="stable")
        kept = np.concatenate([np.delete(places, slice(keep, -keep))
                               for places in (by_value[odd[by_value] == 0], by_value[odd[by_value] == 1])])
        states, odd, strings = states[kept], odd[kept], strings[kept]
    return None


def draw_errors(weights: Weights, longest: int, rng: np.random.Generator) -> tuple[Weights, tuple[int, ...]]:
    """Move the weights a little, disguise the network, and return it with a string on which it errs clearly."""
    while True:
        moved = disguised(tuple(array * (1 + rng.uniform(-1e-3, 1e-3, size=array.shape)) for array in weights), rng)
        string = search(moved, longest)
        if string is not None and abs(first_error(moved, np.array(string))[1]) > MARGIN:
            return moved, string


# ---------------------------------------------------------------- the checks


@check("find_error: finds errors within 12 bits, and none in a network that is right")
def find_error_short(seed: int = 0) -> None:
    """Check ``find_error(U, V, b, W, c, longest)``, which returns bits on which the network errs, or None.

    The check also asks for the length of the shortest error, and for one bit less.
    """
    rng = np.random.default_rng(seed)
    for parameters in BRITTLE:
        weights, string = draw_errors(by_hand(*parameters), SHORT, rng)
        shortest = search(weights, SHORT, keep=2**SHORT)
        break_network(weights, string, SHORT)
        break_network(weights, shortest, len(shortest))
        break_network(weights, None, len(shortest) - 1)
    break_network(disguised(by_hand(*STURDY[0]), rng), None, SHORT)


@check("find_error: finds errors on few and long strings, and none in networks that are right")
def find_error_long(seed: int = 0) -> None:
    """Check the same up to 60 bits, where there are too many strings to try them all."""
    rng = np.random.default_rng(seed)
    _require_a_search(disguised(by_hand(*STURDY[0]), rng))
    for parameters in STURDY:
        break_network(disguised(by_hand(*parameters), rng), None, LONG)
    for weights in (*(by_hand(*parameters) for parameters in SLOW),
                    *(from_entries(*entries) for entries in HIDDEN + CROWDED)):
        weights, string = draw_errors(weights, LONG, rng)
        break_network(weights, string, LONG)
        if len(set(string[1:])) == 1:       # every good search finds this string, up to its last bit
            break_network(weights, string, len(string))


def _require_a_search(weights: Weights) -> None:
    """Raise CheckFailed if the student's function tries every string: with 60 bits it would never end."""
    for _ in range(3):      # a slow moment of the machine must not look like a search through all strings, or hide one
        few, more = min(_seconds(weights, 12) for _ in range(3)), _seconds(weights, 20)
        if more < max(0.05, 60 * few):      # twice the time is usual, and 256 times if every string is tried
            return
        if more > 5:
            break
    assertions.fail("find_error for strings of up to 12 and of up to 20 bits", "an answer in about the same time",
                    f"{more / few:.0f} times the time for 20 bits", "The number of strings that you follow doubles "
                    "with each bit: go on from a few states only.", SEE)


def _seconds(weights: Weights, longest: int) -> float:
    start = time.perf_counter()
    assertions.ask("find_error", f"find_error for a network and {longest} bits", *weights, longest, see=SEE)
    return time.perf_counter() - start


def break_network(weights: Weights, string: tuple[int, ...] | None, longest: int) -> None:
    """Call the student's function for a network that errs on ``string``, or nowhere up to ``longest`` bits."""
    U, V, b = (assertions.show(array) for array in weights[:3])
    what = f"find_error for the network with U = {U}, V = {V}, b = {b}, up to {longest} bits"
    bits = _as_bits(assertions.ask("find_error", what, *weights, longest, see=SEE), what, longest)
    if bits is None and string is not None:
        assertions.fail(what, f"a string; there is one of {len(string)} bits", "None", _missed(string, longest), SEE)
    if bits is not None and first_error(weights, bits) is None:
        expected = "None: the network is right on every string of this length" if string is None else \
                   f"a string on which it errs; there is one of {len(string)} bits"
        assertions.fail(what, expected, f"{''.join(map(str, bits.tolist()))}, on which the network is right after "
                        "every bit; its outputs are "
                        f"{assertions.show(outputs(weights, bits).round(2).tolist())}", _no_error(weights, bits), SEE)


def _as_bits(result: Any, what: str, longest: int) -> np.ndarray | None:
    """Return the student's string as an array of integers, or None for None."""
    if result is None:
        return None
    if type(result) is str:
        result = [int(character) if character in "01" else -1 for character in result]
    bits = assertions.array(np.array(result) if type(result) in (list, tuple) else result, what, see=SEE)
    if bits.ndim != 1 or bits.size == 0:
        assertions.fail(what, "one string, a list of at least one bit", f"shape {bits.shape}", "", SEE)
    if not np.isin(bits, (0, 1)).all():
        assertions.fail(what, "bits, each 0 or 1", bits, "", SEE)
    if len(bits) > longest:
        assertions.fail(what, f"at most {longest} bits", f"{len(bits)} bits", "Your string is longer than `longest`.",
                        SEE)
    return bits.astype(int)


def _missed(string: tuple[int, ...], longest: int) -> str:
    if len(string) == longest:
        return "`longest` bits are allowed: does your search end one bit early?"
    if longest <= SHORT:
        return "If you try all strings of this length, you find one."
    danger = "Go on from the states that are nearest to a wrong answer, ten or more of each parity, and on both sides."
    if len(set(string[1:])) == 1:
        return f"Try strings in which one bit repeats for long. {danger}"
    return f"Neither random strings nor long runs of zeros find it. {danger}"


def _no_error(weights: Weights, bits: np.ndarray) -> str:
    """Return words for a mistake that explains why the student's function takes this string for an error."""
    U, V, b, W, c = weights
    if first_error(weights, bits[::-1]) is not None:
        return "Perhaps the string is the wrong way round: the first bit comes first."
    for mistaken, words in (((U, V.T, b, W, c), "Perhaps V is transposed: row i of V belongs to unit i."),
                            ((U, V, b, W, 0 * c), "Does c take part?")):
        error = first_error(mistaken, bits)
        if error is not None and error[0] == len(bits):
            return words
    return ("A positive output says odd, any other output says even, and the first state is 0. Compare your network's "
            "outputs on this string with the ones above.")
