"""Strings of 50 bits with a label at the end: how far must one go from the usual settings to see one success?"""

from __future__ import annotations

from parity_lib.experiments.condition import Condition, Conditions

SEEDS = 20
QUICK = {"seeds": 2, "shorten": 2000}
SAMPLE = ("rate 0.1",)
SWEPT = {
    "rate 0.001": {"lr": 0.001}, "rate 0.003": {"lr": 0.003}, "rate 0.03": {"lr": 0.03}, "rate 0.1": {"lr": 0.1},
    "sgd 1": {"optimizer": "sgd", "lr": 1.0}, "no clipping": {"clip": None},
    "2 units": {"hidden_size": 2}, "32 units": {"hidden_size": 32, "max_steps": 2000}, "2 layers": {"num_layers": 2},
    "batch 8": {"batch_size": 8}, "batch 512": {"batch_size": 512, "max_steps": 1000}, "bias 5": {"forget_bias": 5.0},
    "gru": {"cell": "gru"}, "tanh": {"cell": "tanh"}, "relu": {"cell": "relu"},
    "50,000 steps": {"max_steps": 50_000},
}


def conditions(shorten: int = 1, max_steps: int = 4000) -> Conditions:
    """The conditions by name; ``shorten`` divides the cap on updates."""
    described = {name: Condition(lengths=50, **{"max_steps": max_steps} | change)
                 for name, change in SWEPT.items()}
    return {name: Condition(**vars(one) | {"max_steps": max(5, one.max_steps // shorten)})
            for name, one in described.items()}
