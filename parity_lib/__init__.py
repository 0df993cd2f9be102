"""One Bit of Memory: recurrent neural networks, learned through the parity of a string of bits.

Read the modules in this order, a chapter each: data, padding, cells, models, training.
"""

from parity_lib.data import (
    Batch,
    Curriculum,
    ParityDataset,
    ParityTask,
    bits_and_parity,
    final_parity,
    random_bits,
    running_parity,
)
from parity_lib.models import NumpyRNN, ParityRNN, by_hand
from parity_lib.padding import last_real_step, length_mask, masked_mean, pack, unpack
from parity_lib.training import History, evaluate, masked_loss, train
from parity_lib.version import __version__

__all__ = [
    "Batch", "Curriculum", "History", "NumpyRNN", "ParityDataset", "ParityRNN", "ParityTask",
    "__version__", "bits_and_parity", "by_hand", "evaluate", "final_parity", "last_real_step", "length_mask",
    "masked_loss", "masked_mean", "pack", "random_bits", "running_parity", "train", "unpack",
]
