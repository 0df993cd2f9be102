"""Claims about training on strings of 50 bits with a single label at the end."""

from parity_study.experiments.empty_corner import SWEPT

from .claim import Claim
from .rates import never

CLAIMS = {
    "empty-corner-stays-empty": Claim(
        "With a label at the end and strings of 50 bits no net solves it, of twenty each under sixteen settings that "
        "differ from the usual ones in one thing: the rate, the optimiser, clipping, the units, the layers, the batch, "
        "the forget bias, the cell, or 50,000 steps.",
        never(*SWEPT)),
}
