"""Claims about training on strings of growing length."""

from .claim import Claim
from .rates import cannot_tell, more_often, sooner

TANH, RELU, LSTM, GRU = ((f"{cell}, grows", f"{cell}, from the start") for cell in ("tanh", "relu", "lstm", "gru"))

CLAIMS = {
    "curriculum-is-faster": Claim(
        "Nets whose lengths grow solve it in fewer steps, for each of the four kinds: by the log-rank test over all "
        "runs, those included that did not solve it, four comparisons with Holm's correction.",
        sooner(TANH, RELU, LSTM, GRU)),
    "curriculum-helps-tanh": Claim(
        "More tanh nets solve it when the lengths grow (Fisher's exact test, two comparisons with Holm's correction). "
        "For relu nets these runs cannot tell.",
        [more_often(TANH, RELU)[0], cannot_tell(TANH, RELU)[1]]),
}
