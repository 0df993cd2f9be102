"""How long can strings with a label at the end be if the first weights are larger?

Chapter: *Why five bits are hard*. All weights and biases that PyTorch draws are multiplied by 10. LSTMs are
trained on random batches of 64 strings of a single length, or on lengths that begin at 8 bits and grow to 50, so that
no short strings occur. Predictions, made before the first run, but after a trial with ten seeds each at 8, 10 and 20
bits and weights six or ten times as large:

- Each bit makes the signal smaller, so larger weights move the frontier by a few bits, and do not reach 50 bits.
- If larger weights only make the first lengths learnable, lengths that grow from 8 bits lead from there to 50 bits.
"""

from parity_lib.data import Curriculum
from parity_study.experiments.condition import Condition

SEEDS = 20
SAMPLE = ("8 bits, x 10",)
GROWING = Curriculum(8, 50, shortest=8)
TRIED = [*((f"{n} bits", n, 10) for n in (8, 10, 12, 15, 20, 50)),
         *(("growing from 8 bits", GROWING, scale) for scale in (10, 1))]
CONDITIONS = {f"{name}, x {scale}": Condition(lengths=lengths, weight_scale=float(scale), max_steps=12_000)
              for name, lengths, scale in TRIED}
