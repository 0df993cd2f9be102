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

from parity_lib import data, models, padding, training
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


EXPERIMENTS: dict[str, Callable[..., dict[str, Any]]] = {
    function.__name__: function
    for function in (recipes, padded_metric, one_unit, longer_strings, gradients, optimizers, course_loop)
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


def source_hash(name: str) -> str:
    """A hash of the code behind an experiment; comments, docstrings and layout do not change it.

    Covers data, padding, models and training, and of this module the experiment
    and what it uses.
    """
    return _digest(_definitions_behind(name, _THIS_SOURCE))


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
