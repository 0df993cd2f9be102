"""With which settings can a network learn strings of 50 bits if only the last time step has a label?"""

from parity_study.experiments.condition import Condition, Settings

SEEDS = 20
SAMPLE = ("rate 0.1",)
SWEPT: dict[str, Settings] = {
    "rate 0.001": {"lr": 0.001}, "rate 0.003": {"lr": 0.003}, "rate 0.03": {"lr": 0.03}, "rate 0.1": {"lr": 0.1},
    "sgd 1": {"optimizer": "sgd", "lr": 1.0}, "no clipping": {"clip": None},
    "2 units": {"hidden_size": 2}, "32 units": {"hidden_size": 32, "max_steps": 2000}, "2 layers": {"num_layers": 2},
    "batch 8": {"batch_size": 8}, "batch 512": {"batch_size": 512, "max_steps": 1000}, "bias 5": {"forget_bias": 5.0},
    "gru": {"cell": "gru"}, "tanh": {"cell": "tanh"}, "relu": {"cell": "relu"},
    "50,000 steps": {"max_steps": 50_000},
}
CONDITIONS = {name: Condition(lengths=50, **change) for name, change in SWEPT.items()}
