"""How large must a batch of random strings of n bits be, up to 64 times all there are, for an LSTM to learn them?"""

from __future__ import annotations

from parity_lib.experiments.enumerated import Enumerated

SEEDS = 100
DRAWN = {3: (16, 64, 256, 512), 4: (16, 64, 256, 1024), 5: (16, 64, 256, 1024, 2048), 6: (16, 64, 256, 1024, 4096),
         7: (64, 1024, 8192), 8: (64, 1024, 16_384)}
WITHOUT_REPLACEMENT = ((5, 16), (6, 32), (7, 64), (8, 128))
QUICK = {"seeds": 2, "drawn": {3: (16,)}, "without": ((5, 16),), "max_steps": 100}
SAMPLE = ("3 bits, 64 drawn", "4 bits, 1024 drawn")


def conditions(drawn: dict[int, tuple[int, ...]] = DRAWN,
               without: tuple[tuple[int, int], ...] = WITHOUT_REPLACEMENT,
               max_steps: int = 8000) -> dict[str, Enumerated]:
    """The conditions by name; ``drawn`` has the batch sizes for each number of bits."""
    found = {f"{n} bits, {size} drawn": Enumerated(bits=n, batch_size=size, max_steps=max_steps)
             for n, sizes in drawn.items() for size in sizes}
    return found | {f"{n} bits, {size} different": Enumerated(bits=n, batch_size=size, replace=False,
                                                              max_steps=max_steps) for n, size in without}
