"""How does the size of the first weights affect how long strings may be?

Chapter: *Why five bits are hard*. All weights and biases that PyTorch draws are multiplied by a number.
Predictions, made before the first run:

- If the signal before training decides, larger weights help with random batches, because the slope of an untrained
  network's logit depends more on its inputs, until saturated units have no slope. They help at all lengths.
- If an LSTM fails only because its forget gates start half closed, larger weights, which leave them half open on
  average, do not help.
"""

from parity_study.experiments.condition import Enumerated

SEEDS = 100
SAMPLE = ("lstm, 5 bits, 64 drawn, x 8",)
SCALES = (1, 2, 4, 6, 8, 10)
BITS = {"tanh": (5, 6), "relu": (5, 6), "gru": (5, 6), "lstm": (5, 6, 7)}
CONDITIONS = {f"{cell}, {n} bits, {f'{size} drawn' if size else 'all'}, x {scale}":
              Enumerated(cell, n, size, weight_scale=float(scale))
              for cell, lengths in BITS.items() for n in lengths for size in (64, None) for scale in SCALES
              if size or scale > 1}     # without a factor, all_strings has these runs
