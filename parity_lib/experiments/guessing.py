"""How many random guesses does a parity net take? All weights uniform on -100 to 100, anew each time.

After Schmidhuber, Hochreiter & Bengio 2001: strings of 500 to 600 bits coded
-1 and 1, 100 for training, half of them odd; a string is right where the
output after its last bit is within 0.1 of the label; guess until all 100
are. Returns ``{"nets": {"A1" | "A2" | "A2 without self-connections" | "two
tanh units": {"weights", "repetitions", "solved", "trials": [a repetition
each, None where not within the cap], "mean", "standard_error", "median",
"low", "high" (quartiles), "fresh", "long", "regular", "switches",
"switches_from_1": how many of the solved are right on 100 fresh strings, on
20 of 5,000 bits, on five regular ones of 5,000 bits, and, with every unit
made a switch, on all strings of every length from 500 on, or from 1 on}},
"budget": {"A1" | "A1, weights within 1" | "A1 at once": {"guesses",
"solved"}}}``. "A1 at once": both units change at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from parity_lib.data import final_parity, random_bits
from parity_lib.experiments.summaries import short

A2_UNITS = 10
QUICK: dict[str, Any] = {"repetitions": 2, "tanh_repetitions": 1, "budget": 200, "cap": 600}
SAMPLE: dict[str, Any] = {"repetitions": 20, "tanh_repetitions": 4, "budget": 1000}
PER_SEED = ("trials",)


def _a1(weights: np.ndarray, x: np.ndarray, units: tuple, squash: Callable) -> tuple:
    """One step of A1: a hidden and an output unit, each fed by the input and by both units.

    ``weights [7, guesses, 1]``, ``x [strings]``, units ``[guesses, strings]``. The
    hidden unit goes first, and the output unit reads what it has become.
    """
    hidden, output = units
    hidden = squash(weights[0] * x + weights[1] * hidden + weights[2] * output + weights[3])
    return hidden, squash(weights[4] * x + weights[5] * hidden + weights[6] * output)


def _a1_at_once(weights: np.ndarray, x: np.ndarray, units: tuple, squash: Callable) -> tuple:
    """A1 with both units changing at once: the output unit reads what the hidden unit was."""
    hidden, output = units
    return (squash(weights[0] * x + weights[1] * hidden + weights[2] * output + weights[3]),
            squash(weights[4] * x + weights[5] * hidden + weights[6] * output))


def _a2(weights: np.ndarray, x: np.ndarray, units: tuple, squash: Callable) -> tuple:
    """One step of A2: ten hidden units that read the input, the output and perhaps themselves, but not each other.

    ``weights [52 or, without self-connections, 42, guesses, 1]``, hidden units
    ``[10, guesses, strings]``. The output unit reads the input and all hidden units.
    """
    hidden, output = units
    from_input, from_output, bias, to_output = weights[:40].reshape(4, A2_UNITS, *weights.shape[1:])
    before = from_input * x + from_output * output + bias
    if len(weights) > 42:
        before += weights[42:] * hidden
    hidden = squash(before)
    return hidden, squash((to_output * hidden).sum(axis=0) + weights[40] * x + weights[41])


def _tanh_pair(weights: np.ndarray, x: np.ndarray, units: tuple, squash: Callable) -> tuple:
    """One step of two tanh units that read each other, and a tanh output that nothing reads."""
    first, second, _ = units
    first, second = (squash(weights[0] * x + weights[1] * first + weights[2] * second + weights[3]),
                     squash(weights[4] * x + weights[5] * first + weights[6] * second + weights[7]))
    return first, second, squash(weights[8] * first + weights[9] * second + weights[10])


def _logistic(z: np.ndarray) -> np.ndarray:
    half = z.dtype.type(0.5)
    return half * np.tanh(half * z) + half


def _above(z: np.ndarray) -> np.ndarray:
    return (z > 0).astype(z.dtype)


# What is guessed: the step, how many weights, the shapes of the units, the activation, the same as a switch.
GUESSED = {
    "A1": (_a1, 7, ((), ()), _logistic, _above),
    "A2": (_a2, 52, ((A2_UNITS,), ()), _logistic, _above),
    "A2 without self-connections": (_a2, 42, ((A2_UNITS,), ()), _logistic, _above),
    "two tanh units": (_tanh_pair, 11, ((), (), ()), np.tanh, np.sign),
    "A1 at once": (_a1_at_once, 7, ((), ()), _logistic, _above),
}
STAGES = (0, 1, 2, 4, 8, 24, 100)  # a guess is dropped after the first of these many strings that holds an error


def run(repetitions: int = 100, tanh_repetitions: int = 30, budget: int = 100_000, cap: int = 1_000_000,
        scale: float = 100.0, seed: int = 0) -> dict[str, Any]:
    """Run it; what it returns is described above."""
    nets = {}
    for place, name in enumerate(("A1", "A2", "A2 without self-connections", "two tanh units")):
        count = tanh_repetitions if name == "two tanh units" else repetitions
        found = [guess_until_right(name, scale, cap, np.random.default_rng((seed, place, i))) for i in range(count)]
        nets[name] = summary_of_guesses(name, found, np.random.default_rng((seed, place, count)))
    rows = (("A1", "A1", scale), ("A1, weights within 1", "A1", 1.0), ("A1 at once", "A1 at once", scale))
    return {"nets": nets, "budget": {
        label: {"guesses": budget, "solved": right_guesses(name, width, budget, np.random.default_rng((seed, place)))}
        for place, (label, name, width) in enumerate(rows)}}


def balanced_strings(count: int, shortest: int, longest: int, rng: np.random.Generator) -> tuple:
    """Strings coded -1 and 1 ``[count, longest]``, their lengths, and their labels, alternately even and odd."""
    bits = random_bits(count, longest, rng)
    lengths = rng.integers(shortest, longest, size=count, endpoint=True)
    labels = (np.arange(count) % 2).astype(np.uint8)
    bits[:, 0] ^= final_parity(bits, lengths) ^ labels
    return bits.astype(np.float32) * 2 - 1, lengths, labels


def last_outputs(name: str, weights: np.ndarray, strings: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The output after the last bit of each string, on the scale of 0 to 1: ``[guesses, strings]``."""
    step, _, shapes, squash, _ = GUESSED[name]
    columns = weights.T[:, :, None]
    at_end = np.zeros((len(weights), len(strings)), dtype=np.float32)
    units = tuple(np.zeros((*shape, *at_end.shape), dtype=np.float32) for shape in shapes)
    for t in range(lengths.max()):
        units = step(columns, strings[:, t], units, squash)
        if t + 1 >= lengths.min():
            at_end = np.where(lengths == t + 1, units[-1], at_end)
    return at_end if squash is _logistic else (at_end + 1) / 2


def within_a_tenth(name: str, weights: np.ndarray, strings: np.ndarray, lengths: np.ndarray,
                    labels: np.ndarray) -> np.ndarray:
    """The places of the guesses that are right on every string; a guess that errs is dropped early."""
    alive = np.arange(len(weights))
    for start, end in pairwise(STAGES):
        if len(alive) and start < len(strings):
            some = slice(start, end)
            outputs = last_outputs(name, weights[alive], strings[some], lengths[some])
            alive = alive[(np.abs(outputs - labels[some]) < 0.1).all(axis=1)]
    return alive


def guesses(name: str, scale: float, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-scale, scale, size=(count, GUESSED[name][1])).astype(np.float32)


def guess_until_right(name: str, scale: float, cap: int, rng: np.random.Generator) -> tuple[int, np.ndarray] | None:
    """The number of the first guess that is right on all training strings, and its weights."""
    training_set = balanced_strings(100, 500, 600, rng)
    at_once = min(cap, 250 if "without" in name else 1000)
    for tried in range(0, cap, at_once):
        weights = guesses(name, scale, at_once, rng)
        right = within_a_tenth(name, weights, *training_set)
        if len(right):
            return tried + int(right[0]) + 1, weights[right[0]]
    return None


def right_guesses(name: str, scale: float, budget: int, rng: np.random.Generator) -> int:
    """How many of so many guesses are right on one set of training strings."""
    training_set = balanced_strings(100, 500, 600, rng)
    at_once = min(budget, 1000)
    return sum(len(within_a_tenth(name, guesses(name, scale, at_once, rng), *training_set))
               for _ in range(0, budget, at_once))


def summary_of_guesses(name: str, found: list, rng: np.random.Generator) -> dict[str, Any]:
    solved = [pair for pair in found if pair is not None]
    trials = [trial for trial, _ in solved]
    row = {"weights": GUESSED[name][1], "repetitions": len(found), "solved": len(solved),
           "trials": [pair and pair[0] for pair in found]}
    if not solved:
        keys = ("mean", "standard_error", "median", "low", "high", "fresh", "long", "regular", "switches",
                "switches_from_1")
        return row | dict.fromkeys(keys)
    low, median, high = np.quantile(trials, [0.25, 0.5, 0.75]).tolist()
    weights = np.array([each for _, each in solved])
    tests = {"fresh": balanced_strings(100, 500, 600, rng), "long": balanced_strings(20, 5000, 5000, rng),
             "regular": regular_strings(5000)}
    return row | {
        "mean": short(np.mean(trials)),
        "standard_error": short(np.std(trials, ddof=1) / math.sqrt(len(trials))) if len(trials) > 1 else None,
        "median": short(median), "low": short(low), "high": short(high),
        **{test: len(within_a_tenth(name, weights, *strings)) for test, strings in tests.items()},
        "switches": sum(switches_right(name, each, 500) for each in weights),
        "switches_from_1": sum(switches_right(name, each, 1) for each in weights),
    }


def regular_strings(length: int) -> tuple:
    """Only zeros, only ones, a one and then zeros, zeros and then a one, and in turn: what random strings never are."""
    bits = np.zeros((5, length), dtype=np.uint8)
    bits[1] = bits[2, 0] = bits[3, -1] = bits[4, 1::2] = 1
    lengths = np.full(5, length)
    return bits.astype(np.float32) * 2 - 1, lengths, final_parity(bits, lengths)


def switches_right(name: str, weights: np.ndarray, first: int) -> bool:
    """Whether the net is right on all strings of every length from ``first`` on once each unit is a switch.

    A switch is fully on or off, so the net has finitely many states, and every
    set of pairs (state, parity) that can be reached at a length follows from
    that at the length before: the sets repeat in the end.
    """
    step, _, shapes, _, switch = GUESSED[name]
    columns = weights[:, None, None]
    start = tuple((0.0,) * math.prod(shape) for shape in shapes)
    reached, seen, length = frozenset({(start, 0)}), set(), 0
    while length < first or reached not in seen:
        if length >= first:
            seen.add(reached)
            if any((values[-1][0] > 0) != parity for values, parity in reached):
                return False
        pairs = set()
        for values, parity in reached:
            units = tuple(np.array(unit, dtype=np.float32).reshape(*shape, 1, 1)
                          for unit, shape in zip(values, shapes, strict=True))
            for bit in (0, 1):
                after = step(columns, np.array([2.0 * bit - 1], dtype=np.float32), units, switch)
                pairs.add((tuple(tuple(unit.flatten().tolist()) for unit in after), parity ^ bit))
        reached, length = frozenset(pairs), length + 1
    return True
