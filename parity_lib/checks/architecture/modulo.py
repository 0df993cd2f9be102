"""Check of ``multiple_of_three``: every state that the net can reach is followed, which is a proof where they end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from parity_lib.checks import expect
from parity_lib.checks.constants import constant, is_published
from parity_lib.checks.core import call
from parity_lib.checks.reporting import check

NAME = "architecture"
GATED_UNIT = "unrolling#why-one-gated-unit-can"
PARTS = ("U", "V", "b", "W", "c")
MOST_UNITS, MOST_STATES = 8, 2000


@check("multiple_of_three: right in every state that the net can reach")
def multiple_of_three(seed: int = 0) -> None:
    """``multiple_of_three()`` -> ``(U, V, b, W, c)`` of a relu net for bits 0 and 1."""
    weights = _weights()
    string, states = wrong_string(weights)
    if string is not None:
        shown, ones = "".join(map(str, string[:300])) + " …" * (len(string) > 300), int(string.sum())
        expect.fail(f"multiple_of_three: the output after {shown}, with {ones} ones in {len(string)} bits",
                    *(_verdicts() if _holds(ones) else reversed(_verdicts())), _hint(weights, string), GATED_UNIT)
    if states >= MOST_STATES:
        expect.fail("multiple_of_three: the states that your net can reach", "a few, to which it comes back",
                    f"more than {MOST_STATES} different ones", "does a unit only grow, or is a little left over each "
                    f"time that {_three()} are taken away? With whole numbers as weights nothing is left over",
                    GATED_UNIT)


def _holds(ones: np.ndarray | int) -> np.ndarray | bool:
    """Whether a number of ones is what the task asks about."""
    return ones % constant(NAME, "modulus") == constant(NAME, "remainder")


def _three() -> str:
    modulus = constant(NAME, "modulus")
    return "three" if modulus == 3 else str(modulus)


def _verdicts() -> tuple[str, str]:
    """What a net says where it holds, and where it does not."""
    if is_published(NAME, "modulus", "remainder"):
        return "above 0, a multiple of three", "at most 0, no multiple of three"
    words = f"remainder {constant(NAME, 'remainder')} of {constant(NAME, 'modulus')}"
    return f"above 0, {words}", f"at most 0, not {words}"


def _weights() -> list[np.ndarray]:
    """The five arrays, once their shapes fit together."""
    what = "multiple_of_three()"
    found = expect.parts(call("multiple_of_three"), what, PARTS, GATED_UNIT)
    units = len(found[0]) if found[0].ndim else 0
    if not 1 <= units <= MOST_UNITS:
        expect.fail(f"{what}: U", f"shape (H, 1) with H from 1 to {MOST_UNITS}", f"shape {found[0].shape}", "",
                    GATED_UNIT)
    shapes = ((units, 1), (units, units), (units,), (1, units), (1,))
    return [expect.array(value, f"{what}: {name}", shape, see=GATED_UNIT)
            for value, name, shape in zip(found, PARTS, shapes, strict=True)]


def step(weights: list[np.ndarray], states: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """The states ``[batch, units]`` after these bits ``[batch]``."""
    U, V, b, _, _ = weights
    return np.maximum(bits[:, None] * U[:, 0] + states @ V.T + b, 0)


def wrong_string(weights: list[np.ndarray]) -> tuple[np.ndarray | None, int]:
    """A shortest string of bits after which the answer is wrong, or None, and how many states were met.

    The search is breadth first, and ends where no new state is met, which proves the net right as it is computed
    here, or at ``MOST_STATES``. With whole numbers as weights, states come back exactly.
    """
    _, _, b, W, c = weights
    level, seen, modulus = [(np.zeros(len(b)), 0, ())], set(), constant(NAME, "modulus")
    while level and len(seen) < MOST_STATES:
        following = []
        for state, remainder, string in level:
            for bit, after in enumerate(step(weights, np.stack([state, state]), np.array([0.0, 1.0]))):
                count, longer = (remainder + bit) % modulus, (*string, bit)
                if not np.isfinite(after).all() or (W[0] @ after + c[0] > 0) != _holds(count):
                    return np.array(longer), len(seen)
                key = (count, (after + 0.0).tobytes())      # no -0.0
                if key not in seen:
                    seen.add(key)
                    following.append((after, count, longer))
        level = following
    return None, len(seen)


def _hint(weights: list[np.ndarray], string: np.ndarray) -> str:
    """Words for the mistake after whose repair the net is right, or for what it computes in place of the task."""
    U, V, b, W, c = weights
    repairs: list[tuple[list[np.ndarray], str]] = [
        ([U, V, b, -W, -c], f"the signs of W and c are turned: a positive output says that it {_is_so()}"),
        ([U, V.T, b, W, c], "V is transposed: row i of V makes unit i"),
        *(([U, V, b, W, np.array([shift])], "c is no threshold between remainder 0 and remainder 1" if
           is_published(NAME, "modulus", "remainder") else "c is no threshold between the remainder that is asked for "
           "and the others") for shift in (-0.5, 0.5)),
        ([U, V, b, -W, np.array([0.5])], "W says the remainder, and the output should be positive where it is "
         f"{constant(NAME, 'remainder')}"),
    ]
    late = (f"right on short strings: a little is left over each time that {_three()} are taken away, and adds up"
            if len(string) > 12 else "")
    return (next((words for repaired, words in repairs if wrong_string(repaired)[0] is None), "")
            or next((words for means, words in _meanings() if _answers(weights, means)), "")
            or late or "make the table of the hint: for each p and each bit, what is each unit, and which p follows?")


def _is_so() -> str:
    if is_published(NAME, "modulus", "remainder"):
        return "is a multiple of three"
    return f"leaves {constant(NAME, 'remainder')} when divided by {constant(NAME, 'modulus')}"


def _meanings() -> list[tuple[Callable[[np.ndarray], np.ndarray], str]]:
    """What a net may answer in the place of the task."""
    if is_published(NAME, "modulus", "remainder"):
        return _MEANINGS
    modulus, asked = constant(NAME, "modulus"), constant(NAME, "remainder")
    return [
        (lambda ones: ones % 3 == 0, "this is right for multiples of three, as in the published exercise"),
        *((lambda ones, other=other: ones % modulus == other, f"positive where the remainder is {other}; asked is "
           f"remainder {asked}") for other in range(modulus) if other != asked),
        (lambda ones: ones % modulus != asked, "positive where the remainder is another one"),
        (lambda ones: ones == asked, f"positive once, and never again: after {modulus} ones p has to be back at 0"),
        (lambda ones: ones < 0, "never positive: is the state lost, or c too low?"),
        (lambda ones: ones >= 0, "always positive: W and c do not tell the remainders apart"),
    ]


_MEANINGS: list[tuple[Callable[[np.ndarray], np.ndarray], str]] = [
    (lambda ones: ones % 2 == 0, "this is right for multiples of two: the chapter's pair counts by two, and the unit "
     "that corrects it steps in at p + x = 2; here it may do so at 3 alone"),
    (lambda ones: ones % 2 == 1, "this answers whether the number of ones is odd"),
    (lambda ones: ones % 3 == 1, "positive where the remainder is 1; asked is remainder 0"),
    (lambda ones: ones % 3 == 2, "positive where the remainder is 2; asked is remainder 0"),
    (lambda ones: ones % 4 == 0, "this is right for multiples of four"),
    (lambda ones: ones == 0, "positive as long as no one has come: after three ones p has to be back at 0. The unit "
     "that is above 0 only at p + x = 3 takes all three away, in each row of V, and W has to read the same p"),
    (lambda ones: ones < 0, "never positive: is the state lost, or c too low?"),
    (lambda ones: ones >= 0, "always positive: W and c do not tell the remainders apart"),
]


def _answers(weights: list[np.ndarray], means: Callable[[np.ndarray], np.ndarray]) -> bool:
    """Whether the net's answers on all strings of eight bits are ``means(number of ones so far)``.

    Ones follow on them as long as the task's remainder has not come for the second time.
    """
    _, _, _, W, c = weights
    every = (np.arange(256)[:, None] >> np.arange(8)) & 1
    more = max(0, constant(NAME, "modulus") + constant(NAME, "remainder") - 8)
    every = np.pad(every, ((0, 0), (0, more)), constant_values=1)
    states, ones = np.zeros((256, len(W[0]))), np.zeros(256, dtype=int)
    for bits in every.T:
        states, ones = step(weights, states, bits.astype(float)), ones + bits
        if not np.array_equal((states @ W[0] + c[0]) > 0, means(ones)):
            return False
    return True
