"""Checks for the student's ``count_parameters`` and ``success_rate`` functions."""

import math

import numpy as np

from parity_checks.assertions import Mistakes, Query, agree, messages
from parity_checks.decorator import check
from parity_checks.plain_data import MODULES
from parity_lib.statistics import wilson_interval

WORDS = messages("architecture")
COUNT, SEEDS = "unrolling#How many parameters?", "training#Twenty seeds instead of one"
BLOCKS = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}        # blocks of weights in a layer
READY_NETWORK = ("parity_lib.models:ParityRNN.__init__",)
READY_COUNT = (*READY_NETWORK, *(f"torch.nn:{name}.__init__" for name in (*MODULES, "Module")),
               "subprocess:Popen.__init__", "multiprocessing.process:BaseProcess.__init__", "os:system", "os:fork")
TABLE_CAUSES = dict.fromkeys(("KeyError", "IndexError", "MemoryError", "not enough memory"), WORDS["table-or-module"])
READY_INTERVAL = ("parity_lib.statistics:wilson_interval",)
KAPPA = 1.96


@check("count_parameters: equal to PyTorch's own modules for every cell, size and depth")
def count_parameters(seed: int = 0) -> None:
    """Check ``count_parameters(cell, input_size, hidden_size, num_layers)``, which returns an integer."""
    rng = np.random.default_rng(seed)
    # With one input or one unit, different mistakes can give the same number, so these cases come last.
    cases: list[tuple] = [("tanh", 5, 3, 1), ("lstm", 7, 4, 1), ("gru", 7, 4, 1), ("relu", 5, 9, 3), ("lstm", 3, 2, 2),
                          ("gru", 4, 7, 3), ("tanh", 1, 4, 1), ("tanh", 1, 1, 1)]
    cases += [(cell, *(int(rng.integers(1, top)) for top in (9, 40, 5))) for cell in BLOCKS]
    # Modules of these sizes do not fit into memory, and a table cannot contain all of them. On a 32-bit platform, the
    # counts fit into NumPy's integers.
    largest = min(10**6, math.isqrt(np.iinfo(int).max // 400))
    cases += [(cell, *map(int, rng.integers(1000, largest, size=2)), int(rng.integers(5, 50))) for cell in BLOCKS]
    for case in cases:
        cell, features, hidden, layers = case
        query = Query(f'count_parameters("{cell}", input_size={features}, hidden_size={hidden}, num_layers={layers})',
                      COUNT)
        result = query.call("count_parameters", *case, forbid=READY_COUNT, causes=TABLE_CAUSES)
        got = query.as_array(result, (), "integer")
        query.require_equal(got, count(*case), WORDS["count-unexplained"], _count_mistakes(*case))


def count(cell: str, features: int, hidden: int, layers: int, biases: int = 2, blocks: int | None = None) -> int:
    """Return the number of parameters in a stack of recurrent layers, without a readout.

    ``biases`` is the number of bias vectors in each block, and ``blocks`` the number of blocks in a layer. Values other
    than the defaults give the counts of common mistakes.

    >>> from torch import nn
    >>> count("lstm", 2, 5, 3) == sum(p.numel() for p in nn.LSTM(2, 5, 3).parameters())
    True
    """
    first, later = (hidden * (size + hidden + biases) for size in (features, hidden))
    return (blocks or BLOCKS[cell]) * (first + (layers - 1) * later)


def _count_mistakes(cell: str, features: int, hidden: int, layers: int) -> Mistakes:
    case, blocks = (cell, features, hidden, layers), BLOCKS[cell]
    correct, no_biases = count(*case), count(*case, biases=0)
    yield from WORDS.of({"one-bias": [count(*case, biases=1)], "no-biases": [no_biases]})
    for counted in range(1, 7):
        yield count(*case, blocks=counted), WORDS["wrong-blocks"].format(cell=cell, blocks=blocks, counted=counted)
    for per_layer in (1, 2):
        yield no_biases + per_layer * hidden * layers, WORDS["biases-per-layer"].format(cell=cell, blocks=blocks)
    first, later = count(cell, features, hidden, 1), count(cell, hidden, hidden, 1)

    def with_later(columns: int) -> int:
        return first + (layers - 1) * blocks * hidden * columns

    yield from WORDS.of({
        "bias-of-one-number": [no_biases + 2 * blocks * layers], "readout-counted": [correct + hidden + 1],
        "hidden-too-many": [correct + hidden], "sizes-swapped": [count(cell, hidden, features, layers)],
        "blocks-of-part": [correct - (blocks - 1) * hidden * layers * part for part in (2, 2 + hidden)] + [
            first - (blocks - 1) * hidden * (2 + features)] * (layers == 1)})
    if layers > 1:
        yield from WORDS.of({
            "layers-alike": [layers * first], "one-layer": [first], "layer-too-few": [first + (layers - 2) * later],
            "blocks-of-first-layer": [first + (layers - 1) * later // blocks],
            "later-input-missing": [with_later(hidden + 2)],
            "later-input-too-many": [with_later(features + 2 * hidden + 2)],
            "later-biases-missing": [with_later(2 * hidden), with_later(2 * hidden + 1)]})
    yield from WORDS.of({
        "V-missing": [correct - blocks * hidden * hidden], "U-missing": [correct - blocks * hidden * features],
        "input-size-unused": [count(cell, 1, hidden, layers)], "layer-too-many": [first + layers * later]})


@check("success_rate: the rate and Wilson's interval, also for no success and for successes only")
def success_rate(seed: int = 0) -> None:
    """Check ``success_rate(outcomes)``, which returns ``(rate, low, high)`` for a list or an array of outcomes."""
    rng = np.random.default_rng(seed)
    cases: list = [[True, False, True, True, True], [False] * 5, [True] * 5, [True], [False],
                   [1, 0, 0, 0, 1, 0, 1, 0], np.array([1] * 7 + [0] * 13), np.zeros(20, dtype=bool),
                   np.ones(20, dtype=bool)]
    for count in rng.integers(2, 60, size=4):
        drawn = rng.random(count) < rng.choice([0.05, 0.3, 0.5, 0.9])
        cases += [drawn, drawn.tolist(), drawn.astype(int), drawn.astype(int).tolist()]
    for outcomes in cases:
        k, n = int(np.sum(outcomes)), len(outcomes)
        kind = f"{'an array' if isinstance(outcomes, np.ndarray) else 'a list'} of {np.asarray(outcomes).dtype.name}"
        query = Query(f"success_rate of {k} successes in {n} runs ({kind})", SEEDS)
        result = query.call("success_rate", outcomes, forbid=READY_INTERVAL)
        got = np.array(query.as_arrays(result, dict.fromkeys(("rate", "low", "high"), ())))
        hint = WORDS["rate-unexplained" if agree(got[0], k / n, 1e-3) else "wrong-rate"]
        query.require_close(got, [k / n, *wilson_interval(k, n)], hint, _rate_mistakes(k, n), tolerance=1e-3)


def _rate_mistakes(k: int, n: int) -> Mistakes:
    p, (low, high), square = k / n, wilson_interval(k, n), KAPPA**2
    normal = np.array([p, *(p + sign * KAPPA * np.sqrt(p * (1 - p) / n) for sign in (-1, 1))])

    def with_term(name: str, *values: float) -> list[tuple[float, float, float]]:
        return [(p, *wilson_bounds(p, n, **{name: value})) for value in values]

    scale, root = 1 + square / n, np.sqrt(p * (1 - p) / n + square / (4 * n**2)) * KAPPA
    middle = p + square / (2 * n)
    yield from WORDS.of({
        "one-end-not-divided": [(p, low, scale * high), (p, scale * low, high)],
        "root-not-divided": [(p, middle / scale - root, middle / scale + root),
                             (p, middle - root / scale, middle + root / scale)],
        "no-root": [(p, (middle - root**2 / KAPPA) / scale, (middle + root**2 / KAPPA) / scale)],
        "half-width": [(p, root / scale, root / scale)], "per-cent": [(100 * p, 100 * low, 100 * high)],
        "normal-interval" if 0 < k < n else "no-width": [normal, normal.clip(0, 1)],
        "middle-returned": [((low + high) / 2, low, high)], "failures-counted": [(1 - p, 1 - high, 1 - low)],
        "wrong-order": [(low, p, high), (low, high, p), (p, high, low)],
        "other-kappa": [(p, *wilson_bounds(p, n, kappa)) for kappa in (1.64, 1.645, 2, 2.576, 1)],
        "root-term": with_term("square", 0, square / (4 * n), square / 4 * n**2, KAPPA / (4 * n**2), square / n**2),
        "spread-term": with_term("spread", p * (1 - p), p * (1 - p) / max(1, n - 1), p / n, p * (1 + p) / n, 0),
        "middle-term": with_term("middle", 0, -square / (2 * n), square / n, KAPPA / (2 * n), square / (2 * n**2),
                                 square / 2 * n),
        "scale-term": with_term("scale", 1, 1 / scale, 1 + square / (2 * n), 1 - square / n, 1 + KAPPA / n, 1 + square),
        "factor-of-root": with_term("factor", 1, KAPPA / 2, 2 * KAPPA, square),
        "rounded": [np.round((p, low, high), 2)]})


def wilson_bounds(p: float, n: int, kappa: float = KAPPA, **terms: float) -> tuple[float, float]:
    """Return the ends of Wilson's interval for the rate ``p`` in ``n`` runs, with other ``terms`` for a mistake."""
    given = {"middle": kappa**2 / (2 * n), "spread": p * (1 - p) / n, "square": kappa**2 / (4 * n**2),
             "scale": 1 + kappa**2 / n, "factor": kappa} | terms
    middle, root = p + given["middle"], given["factor"] * np.sqrt(max(0, given["spread"] + given["square"]))
    return (middle - root) / given["scale"], (middle + root) / given["scale"]
