"""An interactive figure of a packed batch, for the chapter *Packing strings of different lengths*."""

import numpy as np
import traitlets

from parity_figures.widgets.base import ParityWidget, front_end
from parity_lib.data import random_bits

MOST_STRINGS, MOST_BITS = 6, 10


class PackedBatch(ParityWidget):
    """A widget that shows how PyTorch packs strings of different lengths.

    It shows the strings as a padded rectangle, and the columns and ``batch_sizes`` of the packed batch, and marks the
    bits of one string. ``lengths`` are 1 to 6 numbers from 1 to 10, one for each string.

    >>> PackedBatch((3, 2))
    [Interactive figure] Packs strings of the lengths 3, 2 column by column.
    """

    _esm, _css = front_end("packed_batch")

    room = traitlets.List(traitlets.Float(), [41.7, 63.2]).tag(sync=True)
    lengths = traitlets.List(traitlets.Int(min=1, max=MOST_BITS), minlen=1, maxlen=MOST_STRINGS).tag(sync=True)
    strings = traitlets.List().tag(sync=True)

    def __init__(self, lengths: tuple[int, ...] = (3, 7, 5, 2)) -> None:
        strings = random_bits(MOST_STRINGS, MOST_BITS, np.random.default_rng(0))
        super().__init__(lengths=list(lengths), strings=["".join(map(str, row)) for row in strings.tolist()])

    def summary(self) -> str:
        """Describe the lengths of the strings in the batch."""
        return f"Packs strings of the lengths {', '.join(map(str, self.lengths))} column by column."
