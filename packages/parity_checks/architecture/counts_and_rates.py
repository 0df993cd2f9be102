"""Checks for the student's ``count_parameters`` and ``success_rate`` functions."""

import math

import numpy as np

from parity_checks.assertions import Query, agree, messages
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
        query.require_equal(got, count(*case), WORDS["count-unexplained"], (
            (wrong, words.format(cell=cell, blocks=BLOCKS[cell])) for wrong, words in WORDS.made(count, *case)))


def count(cell: str, features: int, hidden: int, layers: int, biases: int = 2) -> int:
    """Return the number of parameters in a stack of recurrent layers, without a readout.

    ``biases`` is the number of bias vectors in each block.

    >>> from torch import nn
    >>> count("lstm", 2, 5, 3) == sum(p.numel() for p in nn.LSTM(2, 5, 3).parameters())
    True
    """
    blocks = BLOCKS[cell]
    first, later = (blocks * hidden * (size + hidden + biases) for size in (features, hidden))
    return first + (layers - 1) * later


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
        expected = np.array([k / n, *wilson_interval(k, n)])
        mistakes = [] if agree(got, expected, 1e-3) else WORDS.made(rate_and_interval, k, n)
        if mistakes:        # which have to explain a second result as well
            result = query.call("success_rate", [1, 0, 0, 1, 0, 1, 1])
            second = np.array(query.as_arrays(result, dict.fromkeys(("rate", "low", "high"), ())))
            known = {words for words, wrong in WORDS.variants(rate_and_interval) if agree(second, wrong(4, 7), 1e-3)}
            mistakes = [(value, words) for value, words in mistakes if words in known]
        query.require_close(got, expected, hint, mistakes, 1e-3)


def rate_and_interval(k: int, n: int) -> np.ndarray:
    """Return the success rate for ``k`` successes in ``n`` runs, and the ends of its Wilson interval."""
    p, square = k / n, KAPPA**2
    scale, middle = 1 + square / n, p + square / (2 * n)
    root = KAPPA * np.sqrt(p * (1 - p) / n + square / (4 * n**2))
    low, high = (middle - root) / scale, (middle + root) / scale
    return np.array([p, low, high])
