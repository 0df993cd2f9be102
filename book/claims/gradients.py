"""Claims about the gradient with respect to the hidden states."""

from itertools import pairwise
from math import exp

from .claim import Claim, Condition, Results, replaced, value
from .words import lowered, power

GAINS = tuple(f"orthogonal {gain}" for gain in ("0.5", "1", "1.5", "2"))
FORGET_BIASES = tuple(f"forget bias {bias}" for bias in ("0", "1", "2", "3", "5"))


def first(results: Results, net: str, of: str = "ratio") -> float:
    """Return the fraction of the gradient that remains at the first time step."""
    return results["nets"][net][of]["median"][0]


def at(of: str) -> str:
    """Return the symbol for the first hidden state or the first cell state."""
    return {"ratio": "h₁", "cell_ratio": "c₁"}[of]


def left(net: str, words: str, holds, wrong: float, of: str = "ratio", end: str = "median") -> Condition:
    """Create a condition on the fraction of the gradient that remains at the first time step."""
    return value(f"{net}: {words}", holds, "nets", net, of, end, 0, wrong=wrong)


def below(net: str, limit: float, end: str = "median", of: str = "ratio") -> Condition:
    """Create a condition that limits the fraction of the gradient that remains at the first time step."""
    return left(net, f"less than {power(limit)} is left at {at(of)}", lambda share: share < limit, limit, of, end)


def rising(of: str) -> list[Condition]:
    """Create conditions that require the remaining gradient to grow with the bias of the forget gate."""
    return [Condition(f"{more}: more is left at {at(of)} than with {less}",
                      lambda results, less=less, more=more: first(results, less, of) < first(results, more, of),
                      lambda results, less=less, more=more: replaced(
                          results, "nets", more, of, "median", 0, by=first(results, less, of)))
            for less, more in pairwise(FORGET_BIASES)]


def gates_alone(net: str) -> float:
    """Compute the sigmoid of the bias to the power of 48, by which the forget gates alone scale the gradient."""
    return (1 + exp(-float(net.split()[-1]))) ** -48


def show(results: Results, *names: str) -> str:
    """Summarise the fraction of the gradient that remains in each network."""
    shares = "; ".join(f"{name}: {power(first(results, name))}" for name in names)
    seeds = results["nets"][names[0]]["seeds"]
    return f"Gradient at h₁ divided by that at h{lowered(results['steps'])}, median of {seeds} seeds: {shares}."


CLAIMS = (
    Claim(
        "default-rnn-gradient-vanishes",
        "In an untrained tanh net as PyTorch draws it, less than a millionth of the gradient at step 50 reaches "
        "step 1, in the median over seeds.",
        [below("tanh 16 untrained", 1e-6)],
        lambda results: show(results, "tanh 16 untrained", "tanh 16 trained", "relu 32 untrained", "relu 32 trained")),
    Claim(
        "default-lstm-gradient-vanishes-too",
        "The same holds for an untrained LSTM as PyTorch draws it, at its hidden state and at its cell state.",
        [below("lstm 8 untrained", 1e-6), below("lstm 8 untrained", 1e-6, of="cell_ratio")],
        lambda results: show(results, "lstm 8 untrained", "lstm 8 trained", "gru 8 untrained", "gru 8 trained")
        + f" At the LSTM's c₁, beside c₄₉: {power(first(results, 'lstm 8 untrained', 'cell_ratio'))}."),
    Claim(
        "trained-gradients-vanish",
        "In tanh nets and LSTMs that were trained until they were right, less than a millionth of the gradient at "
        "step 50 reaches step 1, in the median over seeds; in the LSTM at its cell state too.",
        [below("tanh 16 trained", 1e-6), below("lstm 8 trained", 1e-6),
         below("lstm 8 trained", 1e-6, of="cell_ratio")],
        lambda results: show(results, "tanh 16 trained", "lstm 8 trained")
        + f" At the LSTM's c₁, beside c₄₉: {power(first(results, 'lstm 8 trained', 'cell_ratio'))}."),
    Claim(
        "forget-bias-lengthens-gradient",
        "The larger the bias of an LSTM's forget gate, the more of the gradient reaches step 1, in the median over "
        "seeds, at the hidden state and at the cell state.",
        [*rising("ratio"), *rising("cell_ratio")],
        lambda results: show(results, *FORGET_BIASES) + " At c₁, beside c₄₉: " + "; ".join(
            f"{net}: {power(first(results, net, 'cell_ratio'))}" for net in FORGET_BIASES) + "."),
    Claim(
        "forget-gates-are-not-all",
        "With every bias tried, more of the gradient reaches an LSTM's first cell state than the forget gates alone "
        "would let through: the sigmoid of the bias, once for each of the 48 steps.",
        [left(net, "more arrives", lambda share, net=net: share > gates_alone(net), gates_alone(net), "cell_ratio")
         for net in FORGET_BIASES],
        lambda results: "Gradient at c₁ divided by that at c₄₉, median of "
                        f"{results['nets'][FORGET_BIASES[0]]['seeds']} seeds, and beside it the gates alone: "
                        + "; ".join(f"{net}: {power(first(results, net, 'cell_ratio'))} and {power(gates_alone(net))}"
                                    for net in FORGET_BIASES) + "."),
    Claim(
        "orthogonal-gain-sets-gradient",
        "With V a gain times an orthogonal matrix, the gain decides whether the gradient vanishes (one half: less than "
        "a millionth is left), is carried (one: between a thousandth and all of it) or explodes (two).",
        [below(GAINS[0], 1e-6), below(GAINS[1], 1.0),
         left(GAINS[1], "more than a thousandth is left", lambda share: share > 1e-3, 1e-3),
         left(GAINS[3], "it grows", lambda share: share > 1, 1.0)],
        lambda results: show(results, *GAINS)),
    Claim(
        "hand-built-latch-has-no-gradient",
        "The tanh net built by hand, which remembers perfectly, lets practically no gradient through 50 steps: less "
        "than one part in 10³⁰.",
        [below("tanh by hand", 1e-30, "high")],
        lambda results: show(results, "tanh by hand")),
)
