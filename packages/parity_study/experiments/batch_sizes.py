"""How large must a batch of random strings be for an LSTM to learn parity?

The strings have n bits. A batch contains up to 64 times as many strings as there are different strings.
"""

from parity_study.experiments.condition import Enumerated

SEEDS = 100
SAMPLE = ("3 bits, 64 drawn", "4 bits, 1024 drawn")
DRAWN = {3: (16, 64, 256, 512), 4: (16, 64, 256, 1024), 5: (16, 64, 256, 1024, 2048), 6: (16, 64, 256, 1024, 4096),
         7: (64, 1024, 8192), 8: (64, 1024, 16_384)}
WITHOUT_REPLACEMENT = ((5, 16), (6, 32), (7, 64), (8, 128))
CONDITIONS = {
    **{f"{n} bits, {size} drawn": Enumerated(bits=n, batch_size=size) for n, sizes in DRAWN.items() for size in sizes},
    **{f"{n} bits, {size} different": Enumerated(bits=n, batch_size=size, replace=False)
       for n, size in WITHOUT_REPLACEMENT},
}
