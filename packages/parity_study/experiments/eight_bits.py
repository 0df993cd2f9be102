"""Which changes, alone and in pairs, let an LSTM learn eight bits from the exact gradient?

Chapter: *Why five bits are hard*. Each update uses all 256 strings. Predictions, made before the first run:

- If the gradient that flows back through time is what stops the networks, open forget gates help, and changes of the
  optimiser and of the precision do not.
- If Adam's steps have become too small after its first, much larger gradients, a shorter memory (beta2 = 0.99) helps,
  but only with an epsilon below the root mean square of the later gradients, and that only in double precision.
- If the first weights are too small, larger ones help without any other change.

When most conditions had run, nine bits were added, with a pair of changes that had helped at eight. Then a referee
asked two questions. Does the pair also help with random batches of five bits? And if it is only the first gradients
that Adam has to forget, does a single fresh start after 200 updates replace the shorter memory?
"""

import itertools
from collections import ChainMap

from parity_study.experiments.condition import Enumerated, Settings

SEEDS = 100
SAMPLE = ("float64, beta2 0.99, eps 1e-16",)
CHANGES: dict[str, Settings] = {
    "float64": {"double": True}, "beta2 0.99": {"beta2": 0.99}, "eps 1e-16": {"eps": 1e-16},
    "weights x 3": {"weight_scale": 3.0}, "bias 5": {"forget_bias": 5.0}}
CHOSEN = [*(chosen for count in range(3) for chosen in itertools.combinations(CHANGES, count)),
          ("float64", "beta2 0.99", "eps 1e-16")]
CONDITIONS = {", ".join(chosen) or "as before":
              Enumerated(bits=8, max_steps=16_000, **dict(ChainMap(*(CHANGES[name] for name in chosen))))
              for chosen in CHOSEN}
BOTH: Settings = {"beta2": 0.99, "eps": 1e-16, "max_steps": 16_000}
CONDITIONS |= {
    "9 bits, beta2 0.99, eps 1e-16": Enumerated(bits=9, **BOTH),
    "eps 1e-16, Adam afresh": Enumerated(bits=8, eps=1e-16, reset_after=200, max_steps=16_000),
    "5 bits, 64 drawn, beta2 0.99, eps 1e-16": Enumerated(bits=5, batch_size=64, **BOTH),
}
