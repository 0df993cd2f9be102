"""Claims about results that other authors have published."""

from .claim import Claim, Condition, each, value
from .rates import always, counts, more_than_half, never, not_all, some
from .words import percent, rates

BEFORE, AFTER, FLUX = "enerrio, padding before", "enerrio, padding after", "Flux model zoo"


def coin(name: str, key: str) -> Condition:
    """Create a condition that requires every run to end within five points of one half."""
    return each(f"{name}: each within five points of one half", lambda share: abs(share - 0.5) < 0.05,
                "conditions", name, key, wrong=0.56)


CLAIMS = (
    Claim(
        "published-fixed-repeated",
        "Both published descriptions with a label at the end and strings of 50 bits report no more than a coin, and "
        "none of our five runs of each solves it; each ends within five points of one half.",
        [condition for name in ("enerrio, fixed", "Ariel-Perez, fixed")
         for condition in (*never(name), coin(name, "bit_accuracy"))]),
    Claim(
        "published-padding-repeated",
        "As enerrio reports, varying lengths are learned with zeros before the string and not with zeros after it: "
        "with the first, each of our five runs is right on more than 95 % of strings and some, not all, on every one; "
        "with the second each ends within five points of one half.",
        [each(f"{BEFORE}: each above 95 %", lambda share: share > 0.95, "conditions", BEFORE, "sequence_accuracy",
              wrong=0.95),
         *some(BEFORE), *not_all(BEFORE), coin(AFTER, "sequence_accuracy")],
        lambda results: rates(results, BEFORE, AFTER)),
    Claim(
        "published-failures-not-seen",
        "LSTMs of two units and LSTMs of three layers are reported not to converge with a label at every step; here "
        "all of five runs with three layers are exact, and most of five with two units.",
        [*more_than_half("andrewsagio, two units"), *always("andrewsagio, three layers")]),
    Claim(
        "published-flux-own-lengths",
        "Each of our five runs of the Flux model zoo's description solves its own task, strings of 1 to 10 bits, and "
        "is right on more than 95 % of those strings that it is asked of every five lengths up to 50. None gets every "
        "bit of 20 random strings of 10,000 bits right.",
        [*always(FLUX),
         each(f"{FLUX}: each above 95 % up to 50 bits", lambda share: share > 0.95, "conditions", FLUX, "by_length",
              "least", wrong=0.95, place=-1),
         value(f"{FLUX}: asked up to 50 bits", lambda first: first == 46, "conditions", FLUX, "by_length", "from", -1,
               wrong=41),
         *counts("none exact on 10,000 bits", lambda exact, of: exact == 0, key="far_exact", of="solved")(FLUX)],
        lambda results: rates(results, FLUX) + " Worst of the five at the worst lengths up to 50 bits: "
        + percent(min(results["conditions"][FLUX]["by_length"]["least"]))
        + " of strings. Accuracy per bit on 10,000 bits: " + ", ".join(
            percent(share) for share in results["conditions"][FLUX]["far"]) + "."),
)
