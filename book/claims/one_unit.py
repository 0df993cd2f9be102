"""Claims about networks with a single unit."""

from .claim import Claim
from .rates import more_often, never, not_all, some

TANH, GRU, LSTM = ("tanh",), ("gru",), ("lstm",)

CLAIMS = {
    "one-tanh-unit-never": Claim(
        "One tanh unit never learns the parity of 10 bits. It is proven that no weights can do it.",
        never(TANH)),
    "one-gru-unit-can": Claim(
        "One GRU unit learns it in some runs, and not in all.",
        [*some(GRU), *not_all(GRU)]),
    "one-lstm-unit-can": Claim(
        "One LSTM unit learns it in some runs, and not in all.",
        [*some(LSTM), *not_all(LSTM)]),
    "one-lstm-unit-more-often": Claim(
        "One LSTM unit learns it more often than one GRU unit does (Fisher's exact test).",
        more_often((LSTM, GRU))),
}
