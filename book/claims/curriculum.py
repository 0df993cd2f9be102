"""Claims about training on strings of growing length."""

from .claim import Claim
from .rates import cannot_tell, more_often, sooner
from .words import rates

CELLS = ("tanh", "relu", "lstm", "gru")


def pair(cell: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the paths to the conditions with and without growing lengths."""
    return ("conditions", f"{cell}, grows"), ("conditions", f"{cell}, from the start")


CLAIMS = (
    Claim(
        "curriculum-is-faster",
        "Nets whose lengths grow solve it in fewer steps, for each of the four kinds: by the log-rank test over all "
        "runs, those included that did not solve it, four comparisons with Holm's correction.",
        sooner(*map(pair, CELLS)),
        lambda results: rates(results, *results["conditions"]),
    ),
    Claim(
        "curriculum-helps-tanh",
        "More tanh nets solve it when the lengths grow (Fisher's exact test, two comparisons with Holm's correction). "
        "For relu nets these runs cannot tell.",
        [more_often(pair("tanh"), pair("relu"))[0], cannot_tell(pair("tanh"), pair("relu"))[1]],
        lambda results: rates(results, "tanh, grows", "tanh, from the start", "relu, grows", "relu, from the start"),
    ),
)
