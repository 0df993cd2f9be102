"""Claims about networks with a single unit."""

from .claim import Claim
from .rates import more_often, never, not_all, some
from .words import percent, rate, rate_and_steps

TANH, GRU, LSTM = ("tanh",), ("gru",), ("lstm",)

CLAIMS = (
    Claim(
        "one-tanh-unit-never",
        "One tanh unit never learns the parity of 10 bits.",
        never(TANH),
        lambda results: f"{rate(results['tanh'])}; best accuracy per bit "
                        f"{percent(max(results['tanh']['bit_accuracy']))}. It is proven that no weights can do it."),
    Claim(
        "one-gru-unit-can",
        "One GRU unit learns it in some runs, and not in all.",
        [*some(GRU), *not_all(GRU)],
        lambda results: rate_and_steps(results["gru"]) + "."),
    Claim(
        "one-lstm-unit-can",
        "One LSTM unit learns it in some runs, and not in all.",
        [*some(LSTM), *not_all(LSTM)],
        lambda results: rate_and_steps(results["lstm"]) + "."),
    Claim(
        "one-lstm-unit-more-often",
        "One LSTM unit learns it more often than one GRU unit does (Fisher's exact test).",
        more_often((LSTM, GRU)),
        lambda results: f"LSTM: {rate(results['lstm'])}. GRU: {rate(results['gru'])}."),
)
