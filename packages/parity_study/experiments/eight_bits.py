"""Which changes, alone and in pairs, let an LSTM learn eight bits from the exact gradient?

Chapter: *Why five bits are hard*. Each update uses all 256 strings. Predictions, made before the first run:

- If the gradient that flows back through time is what stops the networks, open forget gates help, and changes of the
  optimiser and of the precision do not.
- If Adam's steps have become too small after its first, much larger gradients, a shorter memory (beta2 = 0.99) helps,
  but only with an epsilon below the root mean square of the later gradients, and that only in double precision.
- If the first weights are too small, larger ones help without any other change.

When most conditions had run, nine bits were added, with a pair of changes that had helped at eight.
"""

import itertools
from collections import ChainMap

from parity_study.experiments.condition import Enumerated

SEEDS = 50
SAMPLE = ("float64, beta2 0.99, eps 1e-16",)
CHANGES = {"float64": {"double": True}, "beta2 0.99": {"beta2": 0.99}, "eps 1e-16": {"eps": 1e-16},
           "weights x 3": {"weight_scale": 3.0}, "bias 5": {"forget_bias": 5.0}, "Adam afresh": {"reset_after": 200}}
CHOSEN = [*(chosen for count in range(3) for chosen in itertools.combinations(list(CHANGES)[:5], count)),
          ("float64", "beta2 0.99", "eps 1e-16"), ("Adam afresh",)]
CONDITIONS = {", ".join(chosen) or "as before":
              Enumerated(bits=8, max_steps=16_000, **dict(ChainMap(*(CHANGES[name] for name in chosen))))
              for chosen in CHOSEN}
CONDITIONS["9 bits, beta2 0.99, eps 1e-16"] = Enumerated(bits=9, beta2=0.99, eps=1e-16, max_steps=16_000)
