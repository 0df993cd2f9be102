"""Does plain gradient descent succeed as often as Adam when the only label is at the end?"""

from parity_study.experiments.condition import Condition

SEEDS = 20
CONDITIONS = {
    "adam 0.01": Condition(),
    "adam 0.001": Condition(lr=0.001),
    "sgd 1": Condition(optimizer="sgd", lr=1.0),
    "sgd 0.1": Condition(optimizer="sgd", lr=0.1),
    "sgd 0.1, momentum 0.9": Condition(optimizer="sgd", lr=0.1, momentum=0.9),
}
