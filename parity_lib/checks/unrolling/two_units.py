"""Check of ``two_unit_weights``: on every short string, on the states that can be reached, on long strings."""

from __future__ import annotations

import numpy as np

from parity_lib import models
from parity_lib.checks import expect
from parity_lib.checks.constants import PUBLISHED, constant
from parity_lib.checks.core import call
from parity_lib.checks.reporting import check
from parity_lib.checks.unrolling.reachable import wrong_string

BY_HAND = "unrolling#two-units-by-hand"
CHAPTER = (0, 1)


@check("two_unit_weights: right on every string of 12 bits and on long, regular ones")
def two_unit_weights(seed: int = 0) -> None:
    """``two_unit_weights()`` -> ``(U, V, b, W, c)`` for bits coded as -1 and +1."""
    result = call("two_unit_weights", forbid=(models.by_hand,))
    shapes = {"U": (2, 1), "V": (2, 2), "b": (2,), "W": (1, 2), "c": (1,)}
    found = expect.parts(result, "two_unit_weights()", tuple(shapes), BY_HAND)
    weights = [expect.array(value, f"two_unit_weights(): {name}", shape, see=BY_HAND)
               for value, (name, shape) in zip(found, shapes.items(), strict=True)]
    every = _every_string()
    _right_on(every, [EVERY] * len(every), weights)
    found = wrong_string(weights, coded=_coded())
    if found is not None:
        _right_on(found[None], [REACHED], weights)
    _right_on(*_regular_strings(np.random.default_rng(seed)), weights)


def _coded() -> tuple[float, float]:
    """As which numbers a 0 and a 1 arrive."""
    return constant("unrolling", "low"), constant("unrolling", "high")


def _old_bit() -> str:
    """The chapter's bit, written with the coded one."""
    low, high = _coded()
    return f"x = (x' {'-' if low > 0 else '+'} {abs(low):g}) / {high - low:g}" if low else f"x = x' / {high:g}"


def _right_on(bits: np.ndarray, names: list[str], weights: list[np.ndarray]) -> None:
    wrong = _first_error(weights, bits)
    if wrong is None:
        return
    row, step = wrong
    string = bits[row, :step + 1]
    low, high = _coded()
    coded = f"0 stands for {low:g}" + f", 1 for {high:g}" * (high != PUBLISHED["unrolling"]["high"])
    shown = "".join(map(str, string[:300])) + (" …" if len(string) > 300 else "")
    expect.fail(f"two_unit_weights on {names[row]}: after the string {shown}, {step + 1} long ({coded})",
                *(("odd", "even") if string.sum() % 2 else ("even", "odd")),
                _weights_hint(weights, string), BY_HAND)


def _weights_hint(weights: list[np.ndarray], string: np.ndarray) -> str:
    """Words for a change after which the net is right on every short string, and on this one."""
    U, V, b, W, c = weights
    every, K = _every_string(), np.abs(U).mean()
    low, high = coded = _coded()
    at_zero = -2 * low / (high - low)       # what both thresholds have in the place of -1 and -3, times K
    middle = [(np.array(pair) + at_zero - 1) * K * (high - low) / 2 for pair in ((0, -2), (-2, 0), (0, 2), (2, 0))]
    published, old_bit = (PUBLISHED["unrolling"]["low"], PUBLISHED["unrolling"]["high"]), _old_bit()

    def right(U=U, V=V, b=b, W=W, c=c, coded: tuple[float, float] = coded) -> bool:
        return all(_first_error([U, V, b, W, c], bits, coded) is None for bits in (every, string[None]))

    words = [
        (lambda: not U.any(), "U is 0, so no bit reaches the units, and all strings of one length get one answer"),
        (lambda: not V.any(), "V is 0, so the old state takes no part: the answer depends on the last bit alone"),
        (lambda: not W.any(), "W is 0, so the output does not look at the states"),
        (lambda: coded != published and right(coded=published), "these weights fit bits coded as -1 and +1, as in the "
         f"published exercise; here they are {low:g} and {high:g}"),
        (lambda: right(coded=CHAPTER), f"these weights fit bits coded as 0 and 1; here they are {low:g} and "
         f"{high:+g}: put {old_bit} into U and b"),
        (lambda: right(W=-W, c=-c), "the answers are the wrong way round: a positive output means odd. Turn the signs "
         "of W and c"),
        (lambda: right(V=V.T), "V is transposed: row i of V makes unit i"),
        (lambda: right(b=-b), "the sign of b is turned: what is left over of 2K(p + x - 1/2) and 2K(p + x - 3/2)?"),
        (lambda: right(U=U / (high - low)) or right(b=b - low * U[:, 0]),
         f"half of the way: {old_bit} changes U, and b as well" if coded != published else
         "half of the way: x = (x' + 1) / 2 halves U, and adds the other half to b"),
        (lambda: right(U=-U), f"the sign of U is turned: a one, coded as {high:+g}, has to raise both units"),
        (lambda: any(right(b=one) for one in middle), "the thresholds in b are not in the middle between two sums, and "
         f"a larger K would only hide it: put {old_bit} into both lines and compare b with what is left over"),
        (lambda: right(V=V / 2), "V is twice as large as it should be: it sees the states alone, so it stays what the "
         "chapter has"),
        (lambda: right(V=2 * V), "V is half of what it should be: it sees the states alone, so it stays what the "
         "chapter has"),
        (lambda: right(U=2 * U, V=2 * V, b=2 * b), "the units are not sharp enough, so the state drifts: a larger K "
         "brings the states nearer to -1 and 1"),
        (lambda: right(U=3 * U, V=3 * V, b=3 * b, W=3 * W, c=3 * c), "the units are not sharp enough, so the state "
         "drifts: a larger K brings the states nearer to -1 and 1"),
        (lambda: np.array_equal(V[0], -V[1]), "the rows of V are opposite; in the chapter's net both units get the "
         "same from the old state, and only their thresholds differ"),
    ]
    return next((one for is_so, one in words if is_so()), "no single usual slip: write down U x' + V h + b for each of "
                "the four pairs of a bit and a parity, and look at which unit has the wrong sign")


EVERY, REACHED = "every string of 12 bits", "a string that leads its state astray"


def _every_string() -> np.ndarray:
    return (np.arange(2**12)[:, None] >> np.arange(12)) & 1


def _regular_strings(rng: np.random.Generator, steps: int = 4000) -> tuple[np.ndarray, list[str]]:
    """Long strings ``[batch, steps]`` with little to hold on to, and what each is."""
    ones_then_zeros = np.zeros((5, steps), dtype=int)
    ones_then_zeros[0, 0] = ones_then_zeros[1, 17] = ones_then_zeros[3, rng.integers(1, 300)] = 1
    ones_then_zeros[2, :2] = 1
    ones_then_zeros[4, :20] = rng.integers(2, size=20)
    runs = [np.repeat(rng.integers(2, size=steps), rng.integers(1, 100, size=steps))[:steps] for _ in range(10)]
    kinds = {"ones, then zeros": ones_then_zeros, "ones only": np.ones((1, steps), dtype=int),
             "long runs of one bit": np.stack(runs), "random bits": rng.integers(2, size=(10, steps))}
    return np.concatenate(list(kinds.values())), [name for name, rows in kinds.items() for _ in rows]


def _first_error(weights: list[np.ndarray], bits: np.ndarray, coded: tuple[float, float] | None = None
                 ) -> tuple[int, int] | None:
    """Row and step of the first wrong answer; a 0 and a 1 are ``coded`` as these numbers, or as the task says."""
    U, V, b, W, c = weights
    low, high = coded or _coded()
    coded, odd = np.where(bits, float(high), low), np.cumsum(bits, axis=1) % 2 == 1
    h = np.zeros((len(bits), 2))
    for t in range(bits.shape[1]):
        h = np.tanh(coded[:, t:t + 1] @ U.T + h @ V.T + b)
        wrong = ((h @ W.T + c)[:, 0] > 0) != odd[:, t]
        if wrong.any():
            return int(np.argmax(wrong)), t
    return None
