"""Named experiments with many seeds each, and the files in which their results are kept.

Chapter: *Training*; every page that quotes a number loads it from here. An
experiment is a function whose keyword arguments are its settings and which
returns plain numbers, lists and dicts. ``parity experiment NAME`` runs it and
writes ``book/results/NAME.json``: a block ``results``, the same on the same
type of CPU with one torch thread, and a block ``provenance``, which says how
it came about.
"""

from __future__ import annotations

import ast
import copy
import datetime
import hashlib
import inspect
import json
import math
import os
import platform
import re
import time
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from parity_lib import certify, data, ensemble, machine, models, padding, training
from parity_lib.data import ParityTask
from parity_lib.errors import require, require_choice
from parity_lib.models import ParityRNN, by_hand
from parity_lib.training import History, evaluate, masked_loss, train

# Nets that learn 50 bits with a label at every step, and how they are trained.
RECIPES = {
    "relu 32": ({"hidden_size": 32, "cell": "relu"}, {"batch_size": 32, "lr": 0.005, "clip": 0.25}),
    "tanh 16": ({"hidden_size": 16, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 0.25}),
    "lstm 8": ({"hidden_size": 8, "cell": "lstm"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
    "gru 8": ({"hidden_size": 8, "cell": "gru"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}),
}
TRAINED_ON = 50
CURVE_POINTS = 60
SMOOTHED_OVER = 10


# ---------------------------------------------------------------- what a success rate is worth


def wilson_interval(successes: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a success rate, from ``successes`` out of ``count``.

    Unlike the mean plus or minus two standard errors it stays inside 0 to 1 and
    does not shrink to a point at 0 or at ``count`` successes. E. B. Wilson,
    *Journal of the American Statistical Association* 22, 1927.

    >>> low, high = wilson_interval(20, 20)
    >>> f"{low:.3f} {high:.3f}"
    '0.839 1.000'
    """
    require(count >= 1, "count", count, "an integer of at least 1")
    require(0 <= successes <= count, "successes", successes, f"an integer from 0 to {count}")
    z = 1.959964
    rate = successes / count
    center = rate + z**2 / (2 * count)
    spread = z * math.sqrt(rate * (1 - rate) / count + z**2 / (4 * count**2))
    scale = 1 + z**2 / count
    return max(0.0, (center - spread) / scale), min(1.0, (center + spread) / scale)


# ---------------------------------------------------------------- steps that experiments share


@cache
def _trained(recipe: str, seed: int, cap: int) -> tuple[ParityRNN, History]:
    """A net trained by a recipe. Kept, so that experiments in one run share it; do not change it."""
    net, settings = RECIPES[recipe]
    return _train_one(net, seed, max_steps=cap, **settings)


def _train_one(net: dict[str, Any], seed: int, lengths=TRAINED_ON, **settings) -> tuple[ParityRNN, History]:
    """A fresh net and the history of its training, both from ``seed``."""
    model = ParityRNN(**net, seed=seed)
    return model, train(model, ParityTask(lengths), seed=seed, progress=False, **settings)


def _counted(histories: list[History]) -> dict[str, Any]:
    """How many of the runs ended exactly right, and after how many steps (None: not within the cap)."""
    steps = [history.solved_at for history in histories]
    solved = [step for step in steps if step is not None]
    return {"seeds": len(steps), "solved": len(solved), "steps": steps,
            "median_steps": float(np.median(solved)) if solved else None}


def _curve(history: History) -> dict[str, list[float]]:
    """The training curve as at most 60 points, each the mean of a stretch of steps that ends at ``step``."""
    edges = np.unique(np.linspace(0, history.steps, CURVE_POINTS + 1).astype(int))
    stretches = list(pairwise(edges))
    return {"step": [int(end) for _, end in stretches],
            "loss": [_short(np.mean(history.loss[start:end])) for start, end in stretches],
            "accuracy": [_short(np.mean(history.accuracy[start:end])) for start, end in stretches]}


def _half_fall_share(loss: list[float]) -> float:
    """The share of all steps in which the loss makes half of its total fall, where it falls fastest.

    The loss is averaged over 10 steps first. The total fall is its first value
    minus its last; searched is the shortest stretch of steps over which it
    falls by half of that. A straight line gives one half, a cliff nearly 0.
    """
    smooth = np.convolve(loss, np.ones(SMOOTHED_OVER) / SMOOTHED_OVER, mode="valid")
    half = (smooth[0] - smooth[-1]) / 2
    for width in range(1, len(smooth)):
        if (smooth[:-width] - smooth[width:]).max() >= half:
            return _short(width / len(loss))
    return 1.0


def _short(value: float) -> float:
    """Six significant digits: what lies beyond them differs between machines."""
    return float(f"{value:.6g}")


def _shorts(values) -> list[float]:
    return [_short(value) for value in np.asarray(values).tolist()]


# ---------------------------------------------------------------- the experiments


def recipes(seeds: int = 20, cap: int = 3000) -> dict[str, Any]:
    """Does the book's recipe always work? The default recipe and the tanh recipe on many seeds.

    Returns ``{"relu 32" | "tanh 16": {"seeds", "solved", "steps": [a seed each,
    None where not solved], "median_steps", "half_fall_share": [a seed each],
    "curves": [a seed each: {"step", "loss", "accuracy": lists of <= 60}]}}``.
    ``half_fall_share``: see :func:`_half_fall_share`.
    """
    results = {}
    for recipe in ("relu 32", "tanh 16"):
        histories = [_trained(recipe, seed, cap)[1] for seed in range(seeds)]
        results[recipe] = _counted(histories) | {
            "half_fall_share": [_half_fall_share(history.loss) for history in histories],
            "curves": [_curve(history) for history in histories],
        }
    return results


def course_loop(seeds: int = 20, cap: int = 15_000, validate_every: int = 1000) -> dict[str, Any]:
    """How often do the course's settings work? tanh RNN of 4 units, SGD with rate 1, batches of 8, no clipping.

    ``fixed``: 50 bits; ``varying``: lengths uniform on 1 to 50, padding masked.
    Returns ``{"fixed" | "varying": {"seeds", "solved", "steps", "median_steps",
    "bit_accuracy": [a seed each, at the last validation]}}``.
    """
    results = {}
    for name, lengths in (("fixed", TRAINED_ON), ("varying", (1, TRAINED_ON))):
        histories = [
            _train_one({"hidden_size": 4, "cell": "tanh"}, seed, lengths, max_steps=cap, batch_size=8, lr=1.0,
                       optimizer="sgd", clip=None, validate_every=validate_every)[1]
            for seed in range(seeds)
        ]
        results[name] = _counted(histories) | {
            "bit_accuracy": _shorts([history.validation[-1]["bit_accuracy"] for history in histories])}
    return results


def padded_metric(batches: int = 2500, seed: int = 0) -> dict[str, Any]:
    """What a net that always says "even" scores when padding is counted, and when it is not.

    ``training``: batches of 8 strings of up to 50 bits; ``evaluation``: batches
    of 500 strings of up to 75. In each, ``course`` draws lengths as the course
    does (1 to the longest less 1, and the first string full length), ``uniform``
    draws 1 to the longest. Returns ``{"training" | "evaluation": {"steps",
    "batch_size", "course" | "uniform": {"positions", "padding_share",
    "accuracy_with_padding", "accuracy_on_real", "expected_padding_share",
    "expected_accuracy_with_padding"}}}``; the expected values are exact.
    """
    results = {}
    for name, steps, batch_size, count in (("training", 50, 8, batches), ("evaluation", 75, 500, -(-batches // 20))):
        rng = np.random.default_rng((seed, steps))
        results[name] = {"steps": steps, "batch_size": batch_size,
                         "course": _score_always_even(steps, batch_size, count, rng, as_in_course=True),
                         "uniform": _score_always_even(steps, batch_size, count, rng, as_in_course=False)}
    return results


def _score_always_even(steps: int, batch_size: int, count: int, rng: np.random.Generator, as_in_course: bool) -> dict:
    task, net = ParityTask((1, steps)), _always_even()
    positions = real = right_real = right_padding = 0
    for _ in range(count):
        bits, parity, lengths = task.draw(batch_size, rng)
        if as_in_course:
            lengths = rng.integers(1, steps, size=batch_size)
            lengths[0] = steps
        batch = task.assemble(bits, parity, lengths)
        with torch.no_grad():
            right = ((net(batch.inputs) > 0) == (batch.targets > 0.5)).squeeze(-1)
        positions += right.numel()
        real += int(batch.mask.sum())
        right_real += int(right[batch.mask].sum())
        right_padding += int(right[~batch.mask].sum())
    mean_length = (steps + (batch_size - 1) * steps / 2) / batch_size if as_in_course else (steps + 1) / 2
    return {
        "positions": positions,
        "padding_share": _short(1 - real / positions),
        "accuracy_with_padding": _short((right_real + right_padding) / positions),
        "accuracy_on_real": _short(right_real / real),
        "expected_padding_share": _short(1 - mean_length / steps),
        # Every padded position is "even", and so is half of the real ones.
        "expected_accuracy_with_padding": _short(1 - mean_length / steps / 2),
    }


def _always_even() -> ParityRNN:
    net = ParityRNN(1, "tanh")
    with torch.no_grad():
        net.hidden_to_logits.weight.zero_()
        net.hidden_to_logits.bias.fill_(-1.0)
    return net


def gradients(seeds: int = 20, cap: int = 3000, strings: int = 64) -> dict[str, Any]:
    """How much of the gradient of the loss at step 50 is left at each earlier state?

    For each net: the norm of dL_50/dh_t, averaged over random strings, divided
    by that of dL_50/dh_50. Returns ``{"steps": 50, "nets": {name: {"seeds",
    "ratio": {"median", "low", "high": 50 numbers each, t = 1..50}, "norm":
    {the same, not divided}, "cell_ratio": {the same for an LSTM's c_t, 49 numbers
    divided by that of c_49} or None}}}``; low and high are quartiles over seeds. Names: ``"tanh 16 untrained"``,
    ``"tanh 16 trained"``, the same for ``"relu 32"``, ``"lstm 8"``, ``"gru 8"``
    (trained: only seeds that were solved); ``"tanh by hand"``;
    ``"orthogonal 0.5"``, ``"... 1"``, ``"... 1.5"``, ``"... 2"`` (16 tanh units,
    V = gain times an orthogonal matrix); ``"forget bias 0"``, ``"... 1"``,
    ``"... 2"``, ``"... 3"``, ``"... 5"`` (LSTM of 8 units, the forget gate's bias
    set to this).
    """
    nets: dict[str, list[ParityRNN]] = {"tanh by hand": [by_hand("tanh")] * seeds}
    for recipe, (net, _) in RECIPES.items():
        runs = [_trained(recipe, seed, cap) for seed in range(seeds)]
        nets[f"{recipe} untrained"] = [ParityRNN(**net, seed=seed) for seed in range(seeds)]
        nets[f"{recipe} trained"] = [model for model, history in runs if history.solved]
    for gain in (0.5, 1, 1.5, 2):
        nets[f"orthogonal {gain}"] = [_orthogonal(gain, seed) for seed in range(seeds)]
    for bias in (0, 1, 2, 3, 5):
        nets[f"forget bias {bias}"] = [_with_forget_bias(bias, seed) for seed in range(seeds)]
    return {"steps": TRAINED_ON, "nets": {name: _gradient_bands(group, strings) for name, group in nets.items()}}


def _orthogonal(gain: float, seed: int) -> ParityRNN:
    net = ParityRNN(16, "tanh", seed=seed)
    torch.nn.init.orthogonal_(net.rnn.weight_hh_l0, gain, generator=torch.Generator().manual_seed(seed))
    return net


def _with_forget_bias(bias: float, seed: int) -> ParityRNN:
    net = ParityRNN(8, "lstm", seed=seed)
    with torch.no_grad():  # the gates' order is input, forget, cell, output
        net.rnn.bias_ih_l0[8:16] = bias
        net.rnn.bias_hh_l0[8:16] = 0
    return net


def _gradient_bands(nets: list[ParityRNN], strings: int) -> dict[str, Any]:
    """Medians and quartiles over nets of :func:`_state_gradients`."""
    norms = [_state_gradients(net, strings, seed) for seed, net in enumerate(nets)]
    h = np.array([norm["h"] for norm in norms]).reshape(len(nets), TRAINED_ON)
    c = np.array([norm["c"][:-1] for norm in norms if "c" in norm])  # the loss reads h_50 and not c_50
    return {"seeds": len(nets), "ratio": _band(h / h[:, -1:]), "norm": _band(h),
            "cell_ratio": _band(c / c[:, -1:]) if len(c) else None}


def _band(values: np.ndarray) -> dict[str, list[float]]:
    if not len(values):
        return {"median": [], "low": [], "high": []}
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    return {"median": _shorts(median), "low": _shorts(low), "high": _shorts(high)}


def _state_gradients(net: ParityRNN, strings: int, seed: int) -> dict[str, np.ndarray]:
    """The norm of the last step's loss's gradient at each state, a mean over strings: ``[steps]``.

    Computed in float64, one time step at a time, so that each state is a node
    of its own. ``h`` for every cell; ``c`` too for the LSTM, whose h and c are
    taken as separate inputs of the next step.
    """
    net = copy.deepcopy(net).double()
    batch = ParityTask(TRAINED_ON).batch(strings, np.random.default_rng(seed))
    state, states = None, []
    for t in range(TRAINED_ON):
        _, state = net.rnn(batch.inputs[:, t:t + 1].double(), state)
        states.append(state if isinstance(state, tuple) else (state,))
        for part in states[-1]:
            part.retain_grad()
    logits = net.hidden_to_logits(states[-1][0][-1]).unsqueeze(1)
    only = torch.ones(strings, 1, dtype=torch.bool)
    (strings * masked_loss(logits, batch.targets[:, -1:].double(), only)).backward()
    return {name: np.array([_norm(parts[index].grad) for parts in states])
            for index, name in enumerate("hc"[:len(states[0])])}


def _norm(gradient: torch.Tensor | None) -> float:
    return 0.0 if gradient is None else gradient[-1].norm(dim=-1).mean().item()


def longer_strings(seeds: int = 20, cap: int = 3000, lengths: tuple[int, ...] = (50, 75, 200, 1000, 10_000),
                   strings: tuple[int, ...] = (2000, 2000, 1000, 500, 100)) -> dict[str, Any]:
    """Are nets that learned 50 bits right on longer strings?

    Returns ``{"lengths", "strings": [a length each], "nets": {"relu 32" |
    "tanh 16" | "lstm 8" | "tanh by hand": {"seeds", "solved", "exact": [a length
    each: how many of the solved nets got every bit right], "bit_accuracy",
    "sequence_accuracy": [a solved net each: [a length each]]}}}``.
    """
    nets = {}
    for recipe in ("relu 32", "tanh 16", "lstm 8"):
        runs = [_trained(recipe, seed, cap) for seed in range(seeds)]
        solved = [model for model, history in runs if history.solved]
        nets[recipe] = {"seeds": seeds} | _tested(solved, lengths, strings)
    nets["tanh by hand"] = {"seeds": 1} | _tested([by_hand("tanh").float()], lengths, strings)
    return {"lengths": list(lengths), "strings": list(strings), "nets": nets}


def _tested(group: list[ParityRNN], lengths, strings) -> dict[str, Any]:
    scores = [[evaluate(net, ParityTask(length), count=count, seed=length)
               for length, count in zip(lengths, strings, strict=True)] for net in group]
    return {
        "solved": len(group),
        "exact": [sum(row[i]["sequence_accuracy"] == 1 for row in scores) for i in range(len(lengths))],
        "bit_accuracy": [_shorts([score["bit_accuracy"] for score in row]) for row in scores],
        "sequence_accuracy": [_shorts([score["sequence_accuracy"] for score in row]) for row in scores],
    }


def optimizers(seeds: int = 20, cap: int = 2000) -> dict[str, Any]:
    """Adam against plain gradient descent, all else as in the two recipes, clipping included.

    Returns ``{"relu 32" | "tanh 16": {"adam" | "sgd 1" | "sgd 0.1": {"seeds",
    "solved", "steps", "median_steps"}}}``; the number is the learning rate, and
    Adam's is that of the recipe.
    """
    results = {}
    for recipe in ("relu 32", "tanh 16"):
        net, settings = RECIPES[recipe]
        choices = {"adam": {}, "sgd 1": {"optimizer": "sgd", "lr": 1.0}, "sgd 0.1": {"optimizer": "sgd", "lr": 0.1}}
        results[recipe] = {
            name: _counted([_train_one(net, seed, max_steps=cap, **settings | choice)[1] for seed in range(seeds)])
            for name, choice in choices.items()
        }
    return results


def one_unit(seeds: int = 50, cap: int = 1500, length: int = 10, lr: float = 0.03) -> dict[str, Any]:
    """Can one unit learn parity? One tanh, one GRU and one LSTM unit on strings of 10 bits.

    Returns ``{"tanh" | "gru" | "lstm": {"seeds", "solved", "steps",
    "median_steps", "bit_accuracy": [a seed each, at the last validation]}}``.
    """
    results = {}
    for cell in ("tanh", "gru", "lstm"):
        histories = [_train_one({"hidden_size": 1, "cell": cell}, seed, length, max_steps=cap, lr=lr, clip=1.0)[1]
                     for seed in range(seeds)]
        results[cell] = _counted(histories) | {
            "bit_accuracy": _shorts([history.validation[-1]["bit_accuracy"] for history in histories])}
    return results


# ---------------------------------------------------------------- guessing, as in the 1990s


_A2_UNITS = 10


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
    from_input, from_output, bias, to_output = weights[:40].reshape(4, _A2_UNITS, *weights.shape[1:])
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
_GUESSED = {
    "A1": (_a1, 7, ((), ()), _logistic, _above),
    "A2": (_a2, 52, ((_A2_UNITS,), ()), _logistic, _above),
    "A2 without self-connections": (_a2, 42, ((_A2_UNITS,), ()), _logistic, _above),
    "two tanh units": (_tanh_pair, 11, ((), (), ()), np.tanh, np.sign),
    "A1 at once": (_a1_at_once, 7, ((), ()), _logistic, _above),
}
_STAGES = (0, 1, 2, 4, 8, 24, 100)  # a guess is dropped after the first of these many strings that holds an error


def guessing(repetitions: int = 100, tanh_repetitions: int = 30, budget: int = 100_000, cap: int = 1_000_000,
             scale: float = 100.0, seed: int = 0) -> dict[str, Any]:
    """How many random guesses does a parity net take? All weights uniform on -100 to 100, anew each time.

    After Schmidhuber, Hochreiter & Bengio 2001: strings of 500 to 600 bits coded
    -1 and 1, 100 for training, half of them odd; a string is right where the
    output after its last bit is within 0.1 of the label; guess until all 100
    are. Returns ``{"nets": {"A1" | "A2" | "A2 without self-connections" | "two
    tanh units": {"weights", "repetitions", "solved", "trials": [a repetition
    each, None where not within the cap], "mean", "standard_error", "median",
    "low", "high" (quartiles), "fresh", "long", "unkind", "switches",
    "switches_from_1": how many of the solved are right on 100 fresh strings, on
    20 of 5,000 bits, on five regular ones of 5,000 bits, and, with every unit
    made a switch, on all strings of every length from 500 on, or from 1 on}},
    "budget": {"A1" | "A1, weights within 1" | "A1 at once": {"guesses",
    "solved"}}}``. "A1 at once": both units change at once.
    """
    nets = {}
    for place, name in enumerate(("A1", "A2", "A2 without self-connections", "two tanh units")):
        count = tanh_repetitions if name == "two tanh units" else repetitions
        found = [_guess_until_right(name, scale, cap, np.random.default_rng((seed, place, i))) for i in range(count)]
        nets[name] = _summary_of_guesses(name, found, np.random.default_rng((seed, place, count)))
    rows = (("A1", "A1", scale), ("A1, weights within 1", "A1", 1.0), ("A1 at once", "A1 at once", scale))
    return {"nets": nets, "budget": {
        label: {"guesses": budget, "solved": _right_guesses(name, width, budget, np.random.default_rng((seed, place)))}
        for place, (label, name, width) in enumerate(rows)}}


def _balanced_strings(count: int, shortest: int, longest: int, rng: np.random.Generator) -> tuple:
    """Strings coded -1 and 1 ``[count, longest]``, their lengths, and their labels, alternately even and odd."""
    bits = data.random_bits(count, longest, rng)
    lengths = rng.integers(shortest, longest, size=count, endpoint=True)
    labels = (np.arange(count) % 2).astype(np.uint8)
    bits[:, 0] ^= data.final_parity(bits, lengths) ^ labels
    return bits.astype(np.float32) * 2 - 1, lengths, labels


def _last_outputs(name: str, weights: np.ndarray, strings: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The output after the last bit of each string, on the scale of 0 to 1: ``[guesses, strings]``."""
    step, _, shapes, squash, _ = _GUESSED[name]
    columns = weights.T[:, :, None]
    at_end = np.zeros((len(weights), len(strings)), dtype=np.float32)
    units = tuple(np.zeros((*shape, *at_end.shape), dtype=np.float32) for shape in shapes)
    for t in range(lengths.max()):
        units = step(columns, strings[:, t], units, squash)
        if t + 1 >= lengths.min():
            at_end = np.where(lengths == t + 1, units[-1], at_end)
    return at_end if squash is _logistic else (at_end + 1) / 2


def _within_a_tenth(name: str, weights: np.ndarray, strings: np.ndarray, lengths: np.ndarray,
                    labels: np.ndarray) -> np.ndarray:
    """The places of the guesses that are right on every string; a guess that errs is dropped early."""
    alive = np.arange(len(weights))
    for start, end in pairwise(_STAGES):
        if len(alive) and start < len(strings):
            some = slice(start, end)
            outputs = _last_outputs(name, weights[alive], strings[some], lengths[some])
            alive = alive[(np.abs(outputs - labels[some]) < 0.1).all(axis=1)]
    return alive


def _guesses(name: str, scale: float, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-scale, scale, size=(count, _GUESSED[name][1])).astype(np.float32)


def _guess_until_right(name: str, scale: float, cap: int, rng: np.random.Generator) -> tuple[int, np.ndarray] | None:
    """The number of the first guess that is right on all training strings, and its weights."""
    training_set = _balanced_strings(100, 500, 600, rng)
    at_once = min(cap, 250 if "without" in name else 1000)
    for tried in range(0, cap, at_once):
        weights = _guesses(name, scale, at_once, rng)
        right = _within_a_tenth(name, weights, *training_set)
        if len(right):
            return tried + int(right[0]) + 1, weights[right[0]]
    return None


def _right_guesses(name: str, scale: float, budget: int, rng: np.random.Generator) -> int:
    """How many of so many guesses are right on one set of training strings."""
    training_set = _balanced_strings(100, 500, 600, rng)
    at_once = min(budget, 1000)
    return sum(len(_within_a_tenth(name, _guesses(name, scale, at_once, rng), *training_set))
               for _ in range(0, budget, at_once))


def _summary_of_guesses(name: str, found: list, rng: np.random.Generator) -> dict[str, Any]:
    solved = [pair for pair in found if pair is not None]
    trials = [trial for trial, _ in solved]
    row = {"weights": _GUESSED[name][1], "repetitions": len(found), "solved": len(solved),
           "trials": [pair and pair[0] for pair in found]}
    if not solved:
        keys = ("mean", "standard_error", "median", "low", "high", "fresh", "long", "unkind", "switches",
                "switches_from_1")
        return row | dict.fromkeys(keys)
    low, median, high = np.quantile(trials, [0.25, 0.5, 0.75]).tolist()
    weights = np.array([each for _, each in solved])
    tests = {"fresh": _balanced_strings(100, 500, 600, rng), "long": _balanced_strings(20, 5000, 5000, rng),
             "unkind": _regular_strings(5000)}
    return row | {
        "mean": _short(np.mean(trials)),
        "standard_error": _short(np.std(trials, ddof=1) / math.sqrt(len(trials))) if len(trials) > 1 else None,
        "median": _short(median), "low": _short(low), "high": _short(high),
        **{test: len(_within_a_tenth(name, weights, *strings)) for test, strings in tests.items()},
        "switches": sum(_switches_right(name, each, 500) for each in weights),
        "switches_from_1": sum(_switches_right(name, each, 1) for each in weights),
    }


def _regular_strings(length: int) -> tuple:
    """Only zeros, only ones, a one and then zeros, zeros and then a one, and in turn: what random strings never are."""
    bits = np.zeros((5, length), dtype=np.uint8)
    bits[1] = bits[2, 0] = bits[3, -1] = bits[4, 1::2] = 1
    lengths = np.full(5, length)
    return bits.astype(np.float32) * 2 - 1, lengths, data.final_parity(bits, lengths)


def _switches_right(name: str, weights: np.ndarray, first: int) -> bool:
    """Whether the net is right on all strings of every length from ``first`` on once each unit is a switch.

    A switch is fully on or off, so the net has finitely many states, and every
    set of pairs (state, parity) that can be reached at a length follows from
    that at the length before: the sets repeat in the end.
    """
    step, _, shapes, _, switch = _GUESSED[name]
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


# ---------------------------------------------------------------- the same function over time, and linear recurrences


def xor_stream(count: int, triples: int, rng: np.random.Generator) -> torch.Tensor:
    """Streams in which two random bits and their XOR follow each other: ``float32 [count, 3 * triples, 1]``.

    J. L. Elman, *Cognitive Science* 14, 1990.

    >>> a, b, c, *_ = xor_stream(1, 2, np.random.default_rng(0)).flatten().tolist()
    >>> (a != b) == (c == 1)
    True
    """
    pairs = data.random_bits(count, 2 * triples, rng).reshape(count, triples, 2)
    bits = np.concatenate([pairs, pairs[..., :1] ^ pairs[..., 1:]], axis=-1)
    return torch.from_numpy(bits.reshape(count, -1, 1).astype(np.float32))


def temporal_xor(seeds: int = 20, steps: int = 600, triples: int = 20, tested: int = 40,
                 shown: int = 24) -> dict[str, Any]:
    """Can a net predict the next bit of a stream where each third bit is the XOR of the two before it?

    The tanh recipe, told the next bit at every step and nothing else. Returns
    ``{"seeds", "solved": seeds with every third bit of 500 fresh streams right,
    "loss": [a seed each: [first, second, third bit of a triple]], "by_bit":
    [the median loss over seeds at each of the bits 2, 3, ... ``shown``],
    "third_right": [a seed each]}``.
    """
    net, settings = RECIPES["tanh 16"]
    losses, right = [], []
    for seed in range(seeds):
        model, rng = ParityRNN(**net, seed=seed), np.random.default_rng(seed)
        optimizer = torch.optim.Adam(model.parameters(), lr=settings["lr"])
        for _ in range(steps):
            stream = xor_stream(32, triples, rng)
            loss = _next_bit_loss(model, stream)[0].mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clip"])
            optimizer.step()
        with torch.no_grad():
            loss, correct = _next_bit_loss(model, xor_stream(500, tested, rng))
        losses.append(loss.mean(dim=0).numpy())
        right.append(correct[:, 1::3].double().mean().item())  # bit 3 is the second that is predicted
    losses = np.array(losses)
    return {"seeds": seeds, "solved": sum(share == 1 for share in right),
            "loss": [_shorts(row) for row in np.stack([losses[:, place::3].mean(axis=1) for place in (2, 0, 1)], 1)],
            "by_bit": _shorts(np.median(losses, axis=0)[:shown - 1]), "third_right": _shorts(right)}


def _next_bit_loss(model: ParityRNN, stream: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss of predicting bits 2, 3, ... and whether the likelier value was right: ``[count, steps - 1]``."""
    logits, following = model(stream[:, :-1]).squeeze(-1), stream[:, 1:].squeeze(-1)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, following, reduction="none")
    return loss, (logits > 0) == (following > 0.5)


class LinearRecurrence(torch.nn.Module):
    """``h_t = a(x_t) h_{t-1} + u(x_t)`` in each channel, and a weighted sum of the channels as logit.

    ``factor`` says where a may lie: ``"sigmoid"`` between 0 and 1, ``"tanh"``
    between -1 and 1. One channel starts at 1 and has no u; with more of them
    each has its u. ``seeds`` nets are computed at once, each by itself.

    >>> LinearRecurrence(channels=1, factor="tanh", seeds=3)(torch.zeros(2, 7)).shape
    torch.Size([3, 2, 7])
    """

    def __init__(self, channels: int, factor: str, seeds: int = 1, seed: int = 0) -> None:
        super().__init__()
        require_choice("factor", factor, ("sigmoid", "tanh"))
        self.channels, self.squash = channels, torch.sigmoid if factor == "sigmoid" else torch.tanh
        generator = torch.Generator().manual_seed(seed)
        names = ("after_0", "after_1", "readout", "threshold") + (("add_0", "add_1") if channels > 1 else ())
        for name in names:  # the two values of a before the squashing, those of u, and what reads h
            size = (seeds, 1, 1) if name == "threshold" else (seeds, 1, channels)
            values = (2 * torch.rand(size, generator=generator) - 1) / channels**0.5
            self.register_parameter(name, torch.nn.Parameter(values))

    def factors(self) -> torch.Tensor:
        """``a(0)`` and ``a(1)``: ``[2, seeds, channels]``."""
        return torch.stack([self.squash(self.after_0), self.squash(self.after_1)]).squeeze(2)

    def forward(self, bits: torch.Tensor) -> torch.Tensor:
        """``bits [batch, steps]`` to logits ``[seeds, batch, steps]``."""
        is_one = bits[..., None] > 0.5
        h, states = torch.ones_like(self.readout), []
        a = [self.squash(self.after_0), self.squash(self.after_1)]
        for t in range(bits.shape[1]):
            h = torch.where(is_one[:, t], a[1], a[0]) * h
            if self.channels > 1:
                h = h + torch.where(is_one[:, t], self.add_1, self.add_0)
            states.append(h)
        return (torch.stack(states, 2) * self.readout[:, :, None]).sum(-1) + self.threshold


def linear_recurrence(seeds: int = 20, steps: int = 600, lr: float = 0.03, clip: float = 0.25,
                      lengths: tuple[int, ...] = (75, 1000), strings: int = 500) -> dict[str, Any]:
    """Do factors between 0 and 1 suffice for parity, or does a net need negative ones?

    :class:`LinearRecurrence`, trained on 50 bits with a label at every step,
    batches of 32, Adam. Returns ``{"lengths", "nets": {"sigmoid 1" | "tanh 1" |
    "sigmoid 8" | "tanh 8": {"seeds", "solved": nets right at every bit of all
    strings of the first length, "exact": [a length each: the same], "by_step":
    [accuracy at each step of the first length, a mean over seeds], "bit_accuracy":
    [a seed each, first length], "factors": [a seed each: [a(0), a(1)] of the
    first channel]}}}``; the number is that of channels.
    """
    nets = {}
    for channels in (1, 8):
        for factor in ("sigmoid", "tanh"):
            net = _trained_recurrence(LinearRecurrence(channels, factor, seeds), steps, lr, clip)
            right = [_right_bits(net, length, strings) for length in lengths]
            exact = [int(each.all(dim=2).all(dim=1).sum()) for each in right]
            nets[f"{factor} {channels}"] = {
                "seeds": seeds, "solved": exact[0], "exact": exact,
                "by_step": _shorts(right[0].double().mean(dim=(0, 1))),
                "bit_accuracy": _shorts(right[0].double().mean(dim=(1, 2))),
                "factors": [_shorts(pair) for pair in net.factors().detach()[:, :, 0].T],
            }
    return {"lengths": list(lengths), "nets": nets}


def _trained_recurrence(net: LinearRecurrence, steps: int, lr: float, clip: float) -> LinearRecurrence:
    """Train all seeds at once; each has its own loss and its own clipping."""
    task, rng = ParityTask(TRAINED_ON), np.random.default_rng(0)
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    for _ in range(steps):
        batch = task.batch(32, rng)
        logits = net(batch.inputs.squeeze(-1))
        targets = batch.targets.squeeze(-1).expand_as(logits)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        optimizer.zero_grad()
        loss.mean(dim=(1, 2)).sum().backward()
        norm = sum(weight.grad.square().sum(dim=(1, 2), keepdim=True) for weight in net.parameters()).sqrt()
        for weight in net.parameters():
            weight.grad *= (clip / (norm + 1e-6)).clamp(max=1)
        optimizer.step()
    return net


@torch.no_grad()
def _right_bits(net: LinearRecurrence, length: int, strings: int) -> torch.Tensor:
    """Where the net is right on fresh strings: bool ``[seeds, strings, length]``."""
    batch = ParityTask(length).batch(strings, np.random.default_rng(length))
    return (net(batch.inputs.squeeze(-1)) > 0) == (batch.targets.squeeze(-1) > 0.5)


def label_signal(seeds: int = 20, longest: int = 12, batch: int = 64, draws: int = 5,
                 cap: int = 1000) -> dict[str, Any]:
    """How much do labels at the end of strings of n bits say about which way the weights should go?

    In the gradient of the loss over all 2^n strings, the labels enter through
    one term only, half the mean of (-1)^parity do/dw, with o the logit at the
    last step. ``signal`` is the norm of that mean, and ``noise`` that of the same
    mean over ``batch`` random strings whose labels are a coin, root mean square of
    ``draws``. Returns ``{"bits": [1, ..., longest], "batch", "nets": {name:
    {"seeds", "signal", "noise", "ratio": {"median", "low", "high": n numbers
    each}}}}``; ratio is signal by noise, low and high are quartiles over seeds.
    Names: ``"tanh 8"``, ``"relu 8"``, ``"lstm 8"``, ``"gru 8"``, ``"forget bias 5"``,
    untrained; ``"lstm 8 after 1..2"``, trained on strings of one and two bits only.
    """
    nets = {f"{cell} 8": [ParityRNN(8, cell, seed=seed) for seed in range(seeds)]
            for cell in ("tanh", "relu", "lstm", "gru")}
    nets["forget bias 5"] = [_with_forget_bias(5, seed) for seed in range(seeds)]
    nets["lstm 8 after 1..2"] = [_knows_two_bits(seed, cap) for seed in range(seeds)]
    bits = list(range(1, longest + 1))
    results = {}
    for name, group in nets.items():
        signal = np.array([[_signal(net, n) for n in bits] for net in group])
        noise = np.array([[_noise(net, n, batch, draws, seed) for n in bits] for seed, net in enumerate(group)])
        results[name] = {"seeds": seeds, "signal": _band(signal), "noise": _band(noise), "ratio": _band(signal / noise)}
    return {"bits": bits, "batch": batch, "nets": results}


def _knows_two_bits(seed: int, cap: int) -> ParityRNN:
    net = ParityRNN(8, "lstm", seed=seed)
    train(net, ParityTask((1, 2), "end"), max_steps=cap, seed=seed, batch_size=64, lr=0.01, clip=1.0,
          validation_size=500, progress=False)
    return net


def _signal(net: ParityRNN, n: int) -> float:
    strings = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    return _mean_slope(net, strings, 1 - 2 * (strings.sum(1) % 2))


def _noise(net: ParityRNN, n: int, batch: int, draws: int, seed: int) -> float:
    rng = np.random.default_rng((seed, n))
    found = [_mean_slope(net, rng.integers(2, size=(batch, n)), rng.choice([-1, 1], batch)) for _ in range(draws)]
    return float(np.sqrt(np.mean(np.square(found))))


def _mean_slope(net: ParityRNN, strings: np.ndarray, signs: np.ndarray) -> float:
    """The norm of the mean over strings of sign x do/dw, o the logit at the last step; in float64."""
    net = copy.deepcopy(net).double()
    logits = net(torch.from_numpy(strings).double().unsqueeze(-1))[:, -1, 0]
    slopes = torch.autograd.grad((torch.from_numpy(signs) * logits).mean(), list(net.parameters()))
    return torch.cat([slope.flatten() for slope in slopes]).norm().item()
# Nets for certificates: what they are, how they are trained, on how many bits, and with how many seeds.
CERTIFIED_KINDS = {
    "tanh 2": ({"hidden_size": 2, "cell": "tanh"}, {"batch_size": 64, "lr": 0.03, "clip": 1.0}, 20, 120),
    "tanh 4": ({"hidden_size": 4, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 1.0}, TRAINED_ON, 40),
    "tanh 8": ({"hidden_size": 8, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 1.0}, TRAINED_ON, 20),
    "tanh 8, 10 bits": ({"hidden_size": 8, "cell": "tanh"}, {"batch_size": 64, "lr": 0.01, "clip": 1.0}, 10, 20),
    "tanh 16": (*RECIPES["tanh 16"], TRAINED_ON, 15),
    "relu 8": ({"hidden_size": 8, "cell": "relu"}, {"batch_size": 32, "lr": 0.01, "clip": 1.0}, TRAINED_ON, 20),
    "relu 32": (*RECIPES["relu 32"], TRAINED_ON, 10),
    "lstm 2": ({"hidden_size": 2, "cell": "lstm"}, {"batch_size": 32, "lr": 0.03, "clip": 1.0}, TRAINED_ON, 20),
    "lstm 8": (*RECIPES["lstm 8"], TRAINED_ON, 20),
    "lstm 8, 10 bits": (*RECIPES["lstm 8"], 10, 20),
    "gru 8": (*RECIPES["gru 8"], TRAINED_ON, 20),
}


def certificates(cap: int = 2500, effort: int = 80_000, random_bits: int = 10_000) -> dict[str, Any]:
    """Are trained nets right on strings of every length, and would random strings have shown it where they are not?

    Every net that was right on all of its validation strings, 1.5 times as long
    as those of training, is given to :func:`~parity_lib.certify.certify`.
    Returns ``{"random_bits", "nets": {a name of CERTIFIED_KINDS: {"seeds",
    "solved", "trained_on", "certified", "refuted", "undecided", "boxes": [a
    certified net each], "refuting_lengths": [a refuted net each],
    "passed_random": how many of the refuted are right on a string of so many
    random bits}}, "two_units": {"clusters", "even_clusters": [a net of kind
    "tanh 2" each], "machine_states": [the same: of the minimised machine]}}``.
    """
    results: dict[str, Any] = {"random_bits": random_bits, "nets": {}}
    for kind, (_, _, lengths, seeds) in CERTIFIED_KINDS.items():
        nets = _learned_together(kind, cap)
        found = [certify.certify(net, effort=effort) for net in nets]
        refuted = [net for net, each in zip(nets, found) if each.verdict == "refuted"]
        long = [np.random.default_rng(place).integers(2, size=(1, random_bits)) for place in range(len(refuted))]
        results["nets"][kind] = {"seeds": seeds, "solved": len(nets), "trained_on": lengths} | {
            verdict: sum(each.verdict == verdict for each in found)
            for verdict in ("certified", "refuted", "undecided")} | {
            "boxes": [each.boxes for each in found if each.verdict == "certified"],
            "refuting_lengths": [len(each.string) for each in found if each.verdict == "refuted"],
            "passed_random": sum(not certify.first_error(net, bits).any() for net, bits in zip(refuted, long))}
    machines = [machine.extract(net) for net in _learned_together("tanh 2", cap)]
    results["two_units"] = {
        "clusters": [len(each.centres) for each in machines],
        "even_clusters": [int((~each.automaton.odd[1:]).sum()) for each in machines],
        "machine_states": [len(each.automaton.minimised()) for each in machines],
    }
    return results


@cache
def _learned_together(kind: str, cap: int) -> list[ParityRNN]:
    """The nets of one kind that were right on all of their validation strings within the cap."""
    net, settings, lengths, seeds = CERTIFIED_KINDS[kind]
    nets = [ParityRNN(**net, seed=seed) for seed in range(seeds)]
    histories = ensemble.train_together(nets, ParityTask(lengths), seeds=range(seeds), max_steps=cap, progress=False,
                                        **settings)
    return [net for net, history in zip(nets, histories) if history.solved]


EXPERIMENTS: dict[str, Callable[..., dict[str, Any]]] = {
    function.__name__: function
    for function in (recipes, padded_metric, one_unit, longer_strings, gradients, optimizers, course_loop,
                     label_signal, guessing, temporal_xor, linear_recurrence, certificates)
}

# What `--quick` changes: seconds instead of minutes, the same shape, figures that mean nothing.
QUICK: dict[str, dict[str, Any]] = {
    "recipes": {"seeds": 2, "cap": 60},
    "padded_metric": {"batches": 40},
    "one_unit": {"seeds": 2, "cap": 20},
    "longer_strings": {"seeds": 1, "cap": 400, "lengths": (50, 60), "strings": (8, 4)},
    "gradients": {"seeds": 1, "cap": 400, "strings": 2},
    "optimizers": {"seeds": 1, "cap": 10},
    "course_loop": {"seeds": 1, "cap": 20, "validate_every": 10},
    "guessing": {"repetitions": 2, "tanh_repetitions": 1, "budget": 200, "cap": 600},
    "temporal_xor": {"seeds": 1, "steps": 4},
    "linear_recurrence": {"seeds": 2, "steps": 2, "lengths": (75, 80), "strings": 4},
    "label_signal": {"seeds": 2, "longest": 3, "draws": 1, "cap": 5},
    "certificates": {"cap": 20, "effort": 100, "random_bits": 100},
}


# ---------------------------------------------------------------- files


def results_folder() -> Path:
    """``book/results`` of the repository: beside this package, or at or above the current folder."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here, Path.cwd(), *Path.cwd().parents):
        if (folder / "book" / "results").is_dir():
            return folder / "book" / "results"
    raise FileNotFoundError(f"no book/results beside {here} or at or above {Path.cwd()}; work inside the repository")


def load(name: str, block: str = "results", folder: Path | None = None) -> Any:
    """A block of ``book/results/NAME.json``: what an experiment found, unless another block is asked for.

    Raises FileNotFoundError with the command that makes the file, KeyError where
    it has no such block.
    """
    path = (folder or results_folder()) / f"{name}.json"
    if not path.is_file():
        command = "bench --save" if name == "bench" else f"experiment {name}"
        raise FileNotFoundError(f"{path} is missing; make it with: parity {command}")
    return json.loads(path.read_text(encoding="utf-8"))[block]


def run(name: str, folder: Path, quick: bool = False) -> Path:
    """Run an experiment with one torch thread, write ``folder/NAME.json`` and return its path."""
    require_choice("name", name, tuple(EXPERIMENTS))
    settings = defaults(name) | (QUICK[name] if quick else {})
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    began = time.perf_counter()
    try:
        results = EXPERIMENTS[name](**settings)
    finally:
        torch.set_num_threads(threads)
    return write(folder / f"{name}.json", {
        "results": results,
        "provenance": provenance(settings, source_hash(name), time.perf_counter() - began),
    })


def state(name: str, folder: Path | None = None, hash_of: Callable[[str], str] | None = None) -> str:
    """``"current"``, ``"missing"``, or ``"of other sources"``: what NAME.json is to the code as it stands.

    ``hash_of`` is :func:`source_hash` unless the experiment lives elsewhere.
    """
    try:
        sources = load(name, "provenance", folder)["sources"]
    except FileNotFoundError:
        return "missing"
    return "current" if sources == (hash_of or source_hash)(name) else "of other sources"


def defaults(name: str) -> dict[str, Any]:
    """The settings of an experiment: the keyword arguments of its function.

    >>> defaults("recipes")
    {'seeds': 20, 'cap': 3000}
    """
    return {key: parameter.default for key, parameter in inspect.signature(EXPERIMENTS[name]).parameters.items()}


def provenance(settings: dict[str, Any], sources: str, seconds: float) -> dict[str, Any]:
    """How results came about: settings, versions, sources, processor, date and wall time in seconds."""
    return {
        "settings": settings,
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
        "torch_threads": 1,
        "sources": sources,
        "cpu": _cpu_model(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "wall_seconds": round(seconds, 1),
    }


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.is_file() else None
    return found.group(1).strip() if found else platform.processor() or platform.machine()


def write(path: Path, content: dict[str, Any]) -> Path:
    """Write JSON whole or not at all; lists of plain values stand on one line."""
    text = json.dumps(content, indent=1, allow_nan=False)
    text = re.sub(r"\[\s[^\[\]{}]*\]", lambda found: re.sub(r"\s+", " ", found.group()), text)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, path)
    return path


# ---------------------------------------------------------------- which code made a result


# Read with the import: what runs is what is hashed, even where a file is edited meanwhile.
_THIS_SOURCE, *_SOURCES = (Path(file).read_text(encoding="utf-8")
                           for file in (__file__, *(module.__file__ for module in (data, padding, models, training))))
_SOURCES_OF_SOME = {module.__name__.split(".")[-1]: Path(module.__file__).read_text(encoding="utf-8")
                    for module in (ensemble, machine, certify)}


def source_hash(name: str) -> str:
    """A hash of the code behind an experiment; comments, docstrings and layout do not change it.

    Covers data, padding, models and training, of this module the experiment and
    what it uses, and ensemble, machine or certify where one of these names it.
    """
    definitions = _definitions_behind(name, _THIS_SOURCE)
    named = [source for module, source in _SOURCES_OF_SOME.items()
             if any(f"id='{module}'" in definition for definition in definitions)]
    return _digest([*definitions, *(_shape(ast.parse(source)) for source in named)])


def file_hash(file: str) -> str:
    """The same for code that lies in a ``file`` of its own."""
    return _digest([_shape(ast.parse(Path(file).read_text(encoding="utf-8")))])


def _digest(more: list[str]) -> str:
    library = [_shape(ast.parse(source)) for source in _SOURCES]
    return hashlib.sha256("\n".join([*library, *more]).encode()).hexdigest()[:16]


def _definitions_behind(name: str, source: str) -> list[str]:
    """The function ``name`` of a module and every definition there that it needs, in order of the file."""
    here = {}
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        for target in targets:
            here[getattr(target, "name", getattr(target, "id", None))] = node
    needed, queue = set(), [name]
    while queue:
        found = queue.pop()
        needed.add(found)
        names = [part for part in ast.walk(here[found]) if isinstance(part, ast.Name)]
        own = {part.id for part in names if isinstance(part.ctx, ast.Store)}  # a variable inside, whatever its name
        queue += {part.id for part in names if part.id in here} - own - needed
    return [_shape(node) for key, node in here.items() if key in needed]


def _shape(node: Any) -> str:
    """A syntax tree as text, the same in every version of Python: no docstrings, no empty fields."""
    if isinstance(node, list):
        return "[" + ",".join(_shape(part) for part in node if not _is_docstring(part)) + "]"
    if isinstance(node, ast.AST):
        fields = [f"{key}={_shape(value)}" for key, value in ast.iter_fields(node) if value is not None and value != []]
        return f"{type(node).__name__}({','.join(fields)})"
    return repr(node)


def _is_docstring(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
