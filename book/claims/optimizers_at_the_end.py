"""Claims about Adam and plain gradient descent with a label at the end."""

from .claim import Claim
from .rates import always, never

CLAIMS = {
    "other-optimisers-fail-at-the-end": Claim(
        "Within 4,000 steps every LSTM solves it with Adam and a rate of 0.01, and none with Adam and a rate of 0.001, "
        "with SGD and a rate of 1 or 0.1, or with SGD, a rate of 0.1 and a momentum of 0.9.",
        [*always("adam 0.01"), *never("adam 0.001", "sgd 1", "sgd 0.1", "sgd 0.1, momentum 0.9")]),
}
