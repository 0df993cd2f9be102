"""Claims about the gradient with respect to the hidden states."""

from itertools import pairwise
from math import exp

from .claim import Claim, Number, number

BIASES = (0, 1, 2, 3, 5)


def left(net: str, key: str = "ratio", end: str = "median") -> Number:
    """Return the fraction of the gradient at the last time step that remains at the first.

    If the key is ``cell_ratio``, return the fraction for the cell states.
    """
    states = {"ratio": "h₁ divided by that at h₅₀", "cell_ratio": "c₁ divided by that at c₄₉"}
    seeds = {"median": "median over seeds", "high": "upper quartile over seeds"}
    return number(net, f"Gradient at {states[key]}, {seeds[end]}", "nets", net, key, end, 0)


GRADIENTS = {
    "untrained-gradients-vanish": Claim(
        "In untrained tanh networks and LSTMs with PyTorch's initial weights, less than a millionth of the gradient at "
        "time step 50 reaches time step 1 (median over seeds). In the LSTMs, the same is true of the gradient at the "
        "cell state.",
        [left("tanh 16 untrained").below(1e-6), left("lstm 8 untrained").below(1e-6),
         left("lstm 8 untrained", "cell_ratio").below(1e-6)]),
    "trained-gradients-vanish": Claim(
        "In tanh networks and LSTMs that were trained until they were correct, less than a millionth of the gradient "
        "at time step 50 reaches time step 1 (median over seeds). In the LSTMs, the same is true of the gradient at "
        "the cell state.",
        [left("tanh 16 trained").below(1e-6), left("lstm 8 trained").below(1e-6),
         left("lstm 8 trained", "cell_ratio").below(1e-6)]),
    "forget-bias-lengthens-gradient": Claim(
        "The larger the bias of an LSTM's forget gate is, the more of the gradient reaches time step 1, both at the "
        "hidden state and at the cell state (medians over seeds).",
        [left(f"forget bias {more}", key).above(left(f"forget bias {less}", key))
         for key in ("ratio", "cell_ratio") for less, more in pairwise(BIASES)]),
    "forget-gates-are-not-all": Claim(
        "With every bias that we tried, more of the gradient reaches an LSTM's first cell state than the forget gates "
        "alone would let through. The gates alone would multiply the gradient by the sigmoid of the bias, once for "
        "each of the 48 time steps.",
        [left(f"forget bias {bias}", "cell_ratio").above((1 + exp(-bias)) ** -48) for bias in BIASES]),
    "orthogonal-gain-sets-gradient": Claim(
        "If V is a gain times an orthogonal matrix, the gain decides what happens to the gradient. With a gain of one "
        "half the gradient vanishes (less than a millionth of it is left), with a gain of one it is preserved (between "
        "a thousandth and all of it is left), and with a gain of two it explodes.",
        [left("orthogonal 0.5").below(1e-6), left("orthogonal 1").above(1e-3), left("orthogonal 1").below(1.0),
         left("orthogonal 2").above(1.0)]),
    "hand-built-latch-has-no-gradient": Claim(
        "The tanh network with weights set by hand remembers perfectly, but it lets practically no gradient through 50 "
        "time steps: less than one part in 10³⁰.",
        [left("tanh by hand", end="high").below(1e-30)]),
}
