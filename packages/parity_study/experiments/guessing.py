"""How many random guesses does it take to find weights that compute parity?

The experiment repeats one of Schmidhuber, Hochreiter and Bengio (2001). Weights are uniform on -100 to 100. The
training set has 100 strings of 500 to 600 bits, coded as -1 and 1, half of them odd. A string counts as correct if the
output after its last bit is within 0.1 of the label, and guessing ends when all 100 strings are correct.

Returns ``{"nets": {"A1" | "A2" | "A2 without self-connections" | "two tanh units": row}, "budget": {"A1" | "A1, weights
within 1" | "A1 at once": {"guesses", "solved"}}}``.

A row contains the number of ``weights``; the number of ``repetitions``, and how many of them were ``solved``;
``trials``, the number of guesses in each repetition, or None if they exceeded the cap, with their ``mean``,
``standard_error``, ``median`` and quartiles ``low`` and ``high``; and the number of solved networks that pass each
test. The tests are ``fresh`` (100 new strings), ``long`` (20 strings of 5,000 bits), ``unkind`` (five regular strings
of 5,000 bits), and ``switches`` and ``switches_from_1`` (all strings of every length from 500 or from 1 on, if every
unit is replaced by a switch). In "A1 at once", both units change at the same time.
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from parity_lib.data import final_parity, random_bits
from parity_study.experiments.summaries import rounded

A2_UNITS = 10
STAGES = (0, 1, 2, 4, 8, 24, 100)  # a guess is dropped if it errs on the first 1, 2, 4, ... strings
TESTS = ("fresh", "long", "unkind", "switches", "switches_from_1")
QUICK: dict[str, Any] = {"repetitions": 2, "tanh_repetitions": 1, "budget": 200, "cap": 600}

Strings = tuple[np.ndarray, np.ndarray, np.ndarray]     # bits as -1 and 1, lengths, labels


def _a1(weights: np.ndarray, x: np.ndarray, units: tuple, activation: Callable, at_once: bool = False) -> tuple:
    """Compute one time step of the network A1, whose weights are guessed.

    ``weights`` is ``[7, guesses, 1]``, ``x`` is ``[strings]``, and the units are ``[guesses, strings]``. The output
    unit reads the new value of the hidden unit, or the old one if ``at_once`` is true.
    """
    hidden, output = units
    new = activation(weights[0] * x + weights[1] * hidden + weights[2] * output + weights[3])
    return new, activation(weights[4] * x + weights[5] * (hidden if at_once else new) + weights[6] * output)


def _a2(weights: np.ndarray, x: np.ndarray, units: tuple, activation: Callable) -> tuple:
    """Compute one time step of the network A2, whose weights are guessed.

    ``weights`` is ``[52, guesses, 1]``, or ``[42, guesses, 1]`` without self-connections, and the ten hidden units are
    ``[10, guesses, strings]``.
    """
    hidden, output = units
    from_input, from_output, bias, to_output = weights[:40].reshape(4, A2_UNITS, *weights.shape[1:])
    pre_activation = from_input * x + from_output * output + bias
    if len(weights) > 42:
        pre_activation += weights[42:] * hidden
    hidden = activation(pre_activation)
    return hidden, activation((to_output * hidden).sum(axis=0) + weights[40] * x + weights[41])


def _tanh_pair(weights: np.ndarray, x: np.ndarray, units: tuple, activation: Callable) -> tuple:
    """Compute one time step of a network with two connected tanh units."""
    first, second, _ = units    # no unit reads the output
    first, second = (activation(weights[0] * x + weights[1] * first + weights[2] * second + weights[3]),
                     activation(weights[4] * x + weights[5] * first + weights[6] * second + weights[7]))
    return first, second, activation(weights[8] * first + weights[9] * second + weights[10])


def _logistic(z: np.ndarray) -> np.ndarray:
    half = z.dtype.type(0.5)
    return half * np.tanh(half * z) + half


def _is_positive(z: np.ndarray) -> np.ndarray:
    return (z > 0).astype(z.dtype)


class GuessedNetwork(NamedTuple):
    """A network architecture whose weights are guessed at random.

    ``step`` computes a time step, ``shapes`` are those of its units, and ``switch`` takes the place of ``activation``
    if the units are replaced by switches.
    """

    step: Callable
    weights: int
    shapes: tuple[tuple[int, ...], ...]
    activation: Callable
    switch: Callable


GUESSED_NETWORKS = {
    "A1": GuessedNetwork(_a1, 7, ((), ()), _logistic, _is_positive),
    "A2": GuessedNetwork(_a2, 52, ((A2_UNITS,), ()), _logistic, _is_positive),
    "A2 without self-connections": GuessedNetwork(_a2, 42, ((A2_UNITS,), ()), _logistic, _is_positive),
    "two tanh units": GuessedNetwork(_tanh_pair, 11, ((), (), ()), np.tanh, np.sign),
    "A1 at once": GuessedNetwork(partial(_a1, at_once=True), 7, ((), ()), _logistic, _is_positive),
}


def run(repetitions: int = 100, tanh_repetitions: int = 30, budget: int = 100_000, cap: int = 1_000_000,
        scale: float = 100.0, seed: int = 0) -> dict[str, Any]:
    """Run the experiment and return the results described in the module docstring."""
    rows = {}
    for place, name in enumerate(("A1", "A2", "A2 without self-connections", "two tanh units")):
        count = tanh_repetitions if name == "two tanh units" else repetitions
        results = [guess_until_correct(name, scale, cap, np.random.default_rng((seed, place, i))) for i in range(count)]
        rows[name] = summarise(name, results, np.random.default_rng((seed, place, count)))
    budgets = (("A1", "A1", scale), ("A1, weights within 1", "A1", 1.0), ("A1 at once", "A1 at once", scale))
    solved = {label: count_correct_guesses(name, width, budget, np.random.default_rng((seed, place)))
              for place, (label, name, width) in enumerate(budgets)}
    return {"nets": rows, "budget": {label: {"guesses": budget, "solved": count} for label, count in solved.items()}}


def draw_balanced_strings(count: int, shortest: int, longest: int, rng: np.random.Generator) -> Strings:
    """Draw random strings, half of which have odd parity, and return them with their lengths and labels."""
    bits = random_bits(count, longest, rng)
    lengths = rng.integers(shortest, longest, size=count, endpoint=True)
    labels = (np.arange(count) % 2).astype(np.uint8)
    bits[:, 0] ^= final_parity(bits, lengths) ^ labels
    return bits.astype(np.float32) * 2 - 1, lengths, labels


def regular_strings(length: int) -> Strings:
    """Return five regular strings that are very unlikely to be drawn at random."""
    bits = np.zeros((5, length), dtype=np.uint8)    # 000..., 111..., 100..., ...001 and 0101...
    bits[1] = bits[2, 0] = bits[3, -1] = bits[4, 1::2] = 1
    lengths = np.full(5, length)
    return bits.astype(np.float32) * 2 - 1, lengths, final_parity(bits, lengths)


def last_outputs(name: str, weights: np.ndarray, bits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the outputs ``[guesses, strings]`` after the last bit of each string, scaled to 0..1."""
    network = GUESSED_NETWORKS[name]
    columns = weights.T[:, :, None]
    at_end = np.zeros((len(weights), len(bits)), dtype=np.float32)
    units = tuple(np.zeros((*shape, *at_end.shape), dtype=np.float32) for shape in network.shapes)
    for t in range(lengths.max()):
        units = network.step(columns, bits[:, t], units, network.activation)
        if t + 1 >= lengths.min():
            at_end = np.where(lengths == t + 1, units[-1], at_end)
    return at_end if network.activation is _logistic else (at_end + 1) / 2


def find_correct_guesses(name: str, weights: np.ndarray, strings: Strings) -> np.ndarray:
    """Return the indices of the networks whose outputs are within 0.1 of the labels of all strings."""
    alive = np.arange(len(weights))
    for start, end in pairwise(STAGES):
        bits, lengths, labels = (part[start:end] for part in strings)
        if len(alive) and len(bits):
            outputs = last_outputs(name, weights[alive], bits, lengths)
            alive = alive[(np.abs(outputs - labels) < 0.1).all(axis=1)]
    return alive


def draw_weights(name: str, scale: float, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw weights ``[count, weights]`` that are uniform on ``-scale`` to ``scale``."""
    return rng.uniform(-scale, scale, size=(count, GUESSED_NETWORKS[name].weights)).astype(np.float32)


def guess_until_correct(name: str, scale: float, cap: int, rng: np.random.Generator) -> tuple[int, np.ndarray] | None:
    """Draw up to ``cap`` networks until one is correct. Return the number of draws and the correct weights."""
    training_set = draw_balanced_strings(100, 500, 600, rng)
    batch = min(cap, 250 if "without" in name else 1000)
    for tried in range(0, cap, batch):
        weights = draw_weights(name, scale, batch, rng)
        correct = find_correct_guesses(name, weights, training_set)
        if len(correct):
            return tried + int(correct[0]) + 1, weights[correct[0]]
    return None


def count_correct_guesses(name: str, scale: float, budget: int, rng: np.random.Generator) -> int:
    """Count the guessed networks that are correct on a training set."""
    training_set = draw_balanced_strings(100, 500, 600, rng)
    batch = min(budget, 1000)
    return sum(len(find_correct_guesses(name, draw_weights(name, scale, batch, rng), training_set))
               for _ in range(0, budget, batch))


def summarise(name: str, results: list[tuple[int, np.ndarray] | None], rng: np.random.Generator) -> dict[str, Any]:
    """Summarise the results of :func:`guess_until_correct` and test the solved networks."""
    solved = [pair for pair in results if pair is not None]
    row = {"weights": GUESSED_NETWORKS[name].weights, "repetitions": len(results), "solved": len(solved),
           "trials": [pair and pair[0] for pair in results]}
    if not solved:
        return row | dict.fromkeys(("mean", "standard_error", "median", "low", "high", *TESTS))
    trials, weights = np.array([trial for trial, _ in solved]), np.array([weights for _, weights in solved])
    low, median, high = rounded(np.quantile(trials, [0.25, 0.5, 0.75]))
    fresh, long = draw_balanced_strings(100, 500, 600, rng), draw_balanced_strings(20, 5000, 5000, rng)
    passed = (*(len(find_correct_guesses(name, weights, strings)) for strings in (fresh, long, regular_strings(5000))),
              *(sum(is_correct_with_switches(name, guess, first) for guess in weights) for first in (500, 1)))
    return row | {
        "mean": rounded(trials.mean()), "median": median, "low": low, "high": high,
        "standard_error": rounded(trials.std(ddof=1) / math.sqrt(len(trials))) if len(trials) > 1 else None,
        **dict(zip(TESTS, passed)),
    }


def is_correct_with_switches(name: str, weights: np.ndarray, first: int) -> bool:
    """Return True if a network is correct on all strings when each of its units is replaced by a switch.

    The strings have at least ``first`` bits. A switch is either on or off, so the network has finitely many states. The
    set of pairs (state, parity) that strings of one length can reach determines the set for the next length, so the
    sets repeat at some point, and we have then checked all lengths.
    """
    network = GUESSED_NETWORKS[name]
    columns = weights[:, None, None]
    start = tuple((0.0,) * math.prod(shape) for shape in network.shapes)
    reached, seen, length = frozenset({(start, 0)}), set(), 0
    while length < first or reached not in seen:
        if length >= first:
            seen.add(reached)
            if any((values[-1][0] > 0) != parity for values, parity in reached):
                return False
        pairs = set()
        for values, parity in reached:
            units = tuple(np.array(unit, dtype=np.float32).reshape(*shape, 1, 1)
                          for unit, shape in zip(values, network.shapes, strict=True))
            for bit in (0, 1):
                after = network.step(columns, np.array([2.0 * bit - 1], dtype=np.float32), units, network.switch)
                pairs.add((tuple(tuple(unit.flatten().tolist()) for unit in after), parity ^ bit))
        reached, length = frozenset(pairs), length + 1
    return True
