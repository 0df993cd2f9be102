"""Packing at the reader's hand: the lengths of a few strings, and what becomes of the rectangle.

Chapter: *Packing strings of different lengths*.
"""

from __future__ import annotations

import numpy as np
import traitlets

import parity_figures as figures
from parity_figures.drawings_packing import MOST as MOST_SQUARES
from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.data import random_bits
from parity_lib.errors import require, require_int

MOST_STRINGS, MOST_BITS = 6, 10


class PackedBatch(ParityWidget):
    """Change the lengths of a few strings: padding, sorted columns, ``batch_sizes`` and the flat order follow.

    ``lengths`` are 1 to 6 numbers from 1 to 10, a string each; ``seed`` decides their bits. With a kernel ``lengths``
    follows the reader, and the figure follows it. Raises ValueError where an argument is not allowed.

    >>> PackedBatch((3, 2))
    [Interactive figure] Packs strings of the lengths 3, 2 column by column.
    """

    _esm, _css = front_end("packing")

    lengths = traitlets.List(traitlets.Int()).tag(sync=True)
    bits = traitlets.List().tag(sync=True)

    def __init__(self, lengths: tuple[int, ...] = (3, 7, 5, 2), seed: int = 0) -> None:
        require_int("seed", seed, least=0)
        bits = random_bits(MOST_STRINGS, MOST_BITS, np.random.default_rng(seed))
        super().__init__(lengths=list(lengths), bits=["".join(map(str, row)) for row in bits.tolist()])

    def summary(self) -> str:
        """The lengths."""
        return f"Packs strings of the lengths {', '.join(map(str, self.lengths))} column by column."

    def picture(self) -> figures.Picture | None:
        """The three stages; None where there are more squares than its last row holds."""
        return self.told_by(figures.packing(self.lengths)) if sum(self.lengths) <= MOST_SQUARES else None

    @traitlets.validate("lengths")
    def _check_lengths(self, proposal: dict) -> list[int]:
        lengths = proposal["value"]
        require(1 <= len(lengths) <= MOST_STRINGS and all(1 <= n <= MOST_BITS for n in lengths), "lengths", lengths,
                f"1 to {MOST_STRINGS} numbers from 1 to {MOST_BITS}")
        return lengths
