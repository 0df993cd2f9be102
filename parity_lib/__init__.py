"""A library for learning about recurrent neural networks through the parity problem.

It belongs to the book *One Bit of Memory*. Read its modules in this order:

- ``data``: random bit strings, their parity, and batches of them, with padding, labels and masks;
- ``padding``: packing, which skips the padding, and functions for masks and lengths (``train`` uses the masks);
- ``numpy_rnn`` and ``models``: a recurrent network from scratch, and the same network in PyTorch;
- ``training``: the loss, the training loop and the evaluation; ``statistics`` compares many runs.

Import each name from its module, as in ``from parity_lib.data import ParityTask``.
"""

from parity_lib.version import __version__ as __version__
