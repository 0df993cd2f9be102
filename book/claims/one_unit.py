"""Claims about networks with a single unit."""

from .claim import Claim
from .rates import more_often, never, not_all, some

TANH, GRU, LSTM = ("tanh",), ("gru",), ("lstm",)

CLAIMS = {
    "one-tanh-unit-never": Claim(
        "One tanh unit never learns the parity of 10 bits. It is proven that no weights can do it.",
        never(TANH)),
    "one-gated-unit-can": Claim(
        "One GRU unit and one LSTM unit each learn it in some runs, and not in all, and the LSTM unit does so more "
        "often (Fisher's exact test).",
        [*some(GRU, LSTM), *not_all(GRU, LSTM), *more_often((LSTM, GRU))]),
}
