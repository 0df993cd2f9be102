"""Check of ``count_parameters``: a formula, compared with PyTorch's own modules."""

from __future__ import annotations

import os
import subprocess
from multiprocessing import process

import numpy as np
from torch import nn

from parity_lib import models
from parity_lib.checks import expect
from parity_lib.checks.constants import constant
from parity_lib.checks.reporting import check
from parity_lib.checks.tripwire import MadeBy

COUNT = "unrolling#how-many-parameters"
BLOCKS = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}

READY_NET = (MadeBy(models.ParityRNN, "parity_lib.ParityRNN"),)
ELSEWHERE = (MadeBy(subprocess.Popen, "subprocess.Popen"), MadeBy(process.BaseProcess, "multiprocessing.Process"),
             os.system, *([os.fork] if hasattr(os, "fork") else []))      # Windows has none
READY_COUNT = (*READY_NET, *ELSEWHERE, *(MadeBy(cls, f"torch.nn.{cls.__name__}") for cls in
                                         (nn.RNN, nn.LSTM, nn.GRU, nn.RNNCell, nn.LSTMCell, nn.GRUCell, nn.Module)))
CELL_SLIPS = {f"KeyError: '{cell}'": f'"{cell}" is missing among your cells: tanh, relu, gru and lstm are asked'
              for cell in BLOCKS}
TABLE_SLIPS = CELL_SLIPS | dict.fromkeys(
    ("KeyError", "IndexError", "MemoryError", "not enough memory"), "every size of at least 1 is asked, large ones "
    "too, so no table and no module that was built beforehand will do: write the formula")


@check("count_parameters: equal to PyTorch's own modules, for every cell, size and depth")
def count_parameters(seed: int = 0) -> None:
    """``count_parameters(cell, input_size, hidden_size, num_layers)`` -> the number of parameters, no readout."""
    rng = np.random.default_rng(seed)
    cases = [("tanh", 1, 1, 1), ("tanh", 1, 4, 1), ("lstm", 1, 4, 1), ("gru", 1, 4, 1), ("relu", 5, 3, 1),
             ("tanh", 2, 3, 2), ("relu", 1, 3, 3), ("lstm", 3, 2, 2), ("gru", 4, 7, 3)]
    cases += [(cell, *(int(rng.integers(1, top)) for top in (9, 40, 5))) for cell in BLOCKS]
    cases += [(cell, *(int(one) for one in rng.integers(1000, 10**6, size=2)), int(rng.integers(5, 50)))
              for cell in BLOCKS]     # nobody builds or tabulates these
    for case in cases:
        what = f'count_parameters("{case[0]}", input_size={case[1]}, hidden_size={case[2]}, num_layers={case[3]})'
        result = expect.ask("count_parameters", what, *case, forbid=READY_COUNT, see=COUNT, slips=TABLE_SLIPS)
        got = expect.array(result, what, (), see=COUNT)
        if got.dtype.kind not in "iuf":
            expect.fail(what, "a whole number", result, "", COUNT)
        right = (parameters(*case) if case[2] < 1000 else count(*case)) + of_readout(case[2])
        hint = _readout_hint(got, *case) or _count_hint(got - of_readout(case[2]), *case)
        expect.equal(got, right, what, hint, COUNT)


def parameters(cell: str, features: int, hidden: int, layers: int) -> int:
    """Counted on PyTorch's module itself."""
    cls = {"lstm": nn.LSTM, "gru": nn.GRU}.get(cell, nn.RNN)
    return sum(p.numel() for p in cls(features, hidden, layers, device="meta").parameters())


def count(cell: str, features: int, hidden: int, layers: int, biases: int = 2, blocks: int | None = None,
          later: int | None = None) -> int:
    """The formula, with its parts free: for naming what was counted instead."""
    reads = [features] + [hidden if later is None else later] * (layers - 1)
    return (blocks or BLOCKS[cell]) * sum(hidden * (size + hidden + biases) for size in reads)


def of_readout(hidden: int) -> int:
    """The parameters of the readout that the task counts, if it does."""
    return constant("architecture", "readout") * (hidden + 1)


def _readout_hint(got: np.ndarray, cell: str, features: int, hidden: int, layers: int) -> str:
    """Words for a readout that a variant counts, and that was left out or counted in another way."""
    outputs = constant("architecture", "readout")
    right = count(cell, features, hidden, layers)
    return expect.likely(got, [
        (right, f"the readout counts here: {outputs} number{'s' * (outputs > 1)}, each with a weight for each unit "
         "and a bias"),
        (right + outputs * hidden, "the readout's biases are missing"),
        (right + hidden + outputs, "the readout has a weight for each unit and each of its numbers"),
        (right + layers * of_readout(hidden), "there is one readout, on the last layer"),
    ]) if outputs else ""


def _count_hint(got: np.ndarray, cell: str, features: int, hidden: int, layers: int) -> str:
    case = (cell, features, hidden, layers)
    right, blocks = count(*case), f"{BLOCKS[cell]} block{'s' * (BLOCKS[cell] > 1)}"
    return expect.likely(got, [
        (count(cell, features, hidden, layers + 1), "one layer too many is counted: the first and num_layers - 1 more"),
        (count(*case, biases=1), "PyTorch has two bias vectors in each layer, and here one was counted"),
        (count(*case, biases=0), "the biases were left out; PyTorch has two vectors of them in each layer"),
        (right + hidden + 1, "the readout was counted too; leave its H + 1 numbers out"),
        (count(*case, biases=0) + 2 * hidden * layers, "the biases stand outside the bracket: each gate has two "
         "vectors of them, and they are counted as often as its U and V"),
        (right - (BLOCKS[cell] - 1) * (count(cell, features, hidden, layers, blocks=1)
                                       - count(cell, features, hidden, 1, blocks=1)),
         "the gates of the first layer are counted, and those of the layers above are not"),
        (count(*case, blocks=1), f'a plain cell was counted; each gate of "{cell}" has its own U, V and biases'),
        *((count(cell, features, hidden, layers - 1), "one layer too few is counted: the first and num_layers - 1 more")
          for _ in range(layers > 2)),
        (count(*case, blocks=3), f'"{cell}" has {blocks} of weights, and 3 were counted'),
        (count(*case, blocks=4), f'"{cell}" has {blocks} of weights, and 4 were counted'),
        (count(*case, blocks=2), f'"{cell}" has {blocks} of weights, and 2 were counted'),
        (count(cell, features, hidden, 1), "this is one layer; num_layers has no effect"),
        (count(*case, later=features),
         "every layer was counted as if it read the input; from the second on, a layer reads the hidden_size states "
         "of the layer below"),
        (count(cell, hidden, hidden, layers),
         "every layer was counted as if it read hidden states; the first one reads input_size features"),
        (count(cell, 1, hidden, layers), "the input was counted as one feature; U is [hidden_size, input_size]"),
        (right - (BLOCKS[cell] - 1) * layers * hidden**2, "V was counted once; each block has one of its own"),
        (right + BLOCKS[cell] * (layers - 1) * hidden * features, "a layer from the second on reads the states of the "
         "layer below alone, and not the input beside them"),
        (right - BLOCKS[cell] * layers * hidden**2, "V is missing: hidden to hidden, hidden_size times hidden_size"),
    ])
