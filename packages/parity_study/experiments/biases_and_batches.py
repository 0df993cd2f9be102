"""How do the forget-gate bias and the batch size affect an LSTM on strings of equal length?"""

from parity_study.experiments.condition import Enumerated

SEEDS = 100
SAMPLE = ("5 bits, all, bias 5", "5 bits, 1024, bias 5")
BATCH_SIZES = {5: (64, 256, 1024, None), 6: (64, 1024, None)}   # None: all strings
CONDITIONS = {f"{n} bits, {size or 'all'}, bias {bias}":
              Enumerated(bits=n, batch_size=size, forget_bias=float(bias))
              for n, sizes in BATCH_SIZES.items() for size in sizes for bias in range(6)}
