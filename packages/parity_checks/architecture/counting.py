"""Checks for the student's ``count_parameters`` function."""

from __future__ import annotations

import math

import numpy as np

from parity_checks.assertions import Mistakes, Query
from parity_checks.plain_data import MODULES
from parity_checks.reporting import check

COUNT = "unrolling#how-many-parameters"
BLOCKS = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}        # blocks of weights in a layer
READY_NETWORK = ("parity_lib:ParityRNN.__init__",)
READY_COUNT = (*READY_NETWORK, *(f"torch.nn:{name}.__init__" for name in (*MODULES, "Module")),
               "subprocess:Popen.__init__", "multiprocessing.process:BaseProcess.__init__", "os:system", "os:fork")
TABLE_CAUSES = dict.fromkeys(
    ("KeyError", "IndexError", "MemoryError", "not enough memory"), "The task has the cells tanh, relu, gru and lstm. "
    "The check also asks for large sizes, for which a table or a module that you built beforehand is not enough: write "
    "the formula.")


@check("count_parameters: equal to PyTorch's own modules for every cell, size and depth")
def count_parameters(seed: int = 0) -> None:
    """Check that the student's ``count_parameters`` function returns the correct number of parameters.

    ``count_parameters(cell, input_size, hidden_size, num_layers)`` returns an integer.
    """
    rng = np.random.default_rng(seed)
    # With one input or one unit, different mistakes can give the same number, so these cases come last.
    cases: list[tuple] = [("tanh", 5, 3, 1), ("lstm", 6, 4, 1), ("gru", 6, 4, 1), ("relu", 4, 9, 3), ("lstm", 3, 2, 2),
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
        query.require_equal(got, count(*case), "This is not one of the usual mistakes. Compare your count with the "
                            "parameters of PyTorch's module of the same size, matrix by matrix.", _mistakes(*case))


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


def _mistakes(cell: str, features: int, hidden: int, layers: int) -> Mistakes:
    case = (cell, features, hidden, layers)
    yield count(*case, biases=1), "You counted one bias vector, but PyTorch has two bias vectors in each block."
    yield count(*case, biases=0), "You left out the biases; PyTorch has two bias vectors in each block."
    for blocks in (1, 2, 3, 4):
        yield (count(*case, blocks=blocks),
               f'A layer of "{cell}" has {BLOCKS[cell]} block(s) of weights, and you counted {blocks}.')
    if layers > 1:
        yield count(cell, features, hidden, 1), "This is the count for one layer: num_layers has no effect."
