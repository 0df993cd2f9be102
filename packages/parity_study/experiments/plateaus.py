"""Why does an LSTM fail to learn 7 or 8 bits even with an exact gradient?"""

from parity_study.experiments.condition import Enumerated

SEEDS = 50
SAMPLE = ("7 bits",)
CHANGES = {
    7: {"": {}, ", float64": {"double": True}},
    8: {"": {}, ", float64": {"double": True}, ", rate 0.003": {"lr": 0.003}, ", rate 0.03": {"lr": 0.03},
        ", bias 5": {"forget_bias": 5.0}, ", 32 units": {"hidden_size": 32}, ", Adam afresh": {"reset_after": 200}},
}
CONDITIONS = {f"{n} bits{name}": Enumerated(bits=n, max_steps=16_000, **change)
              for n, changes in CHANGES.items() for name, change in changes.items()}
