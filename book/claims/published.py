"""Claims about results that other authors have published."""

from .claim import Claim, each_between, number, value
from .rates import always, counts, mostly, never, not_all, some
from .words import percent

BEFORE, AFTER, FLUX = "enerrio, padding before", "enerrio, padding after", "Flux model zoo"

none_exact_far = counts("none exact on 10,000 bits", lambda exact, of: exact == 0, ("far_exact",), "solved")

PUBLISHED = {
    "published-fixed-repeated": Claim(
        "Both published descriptions with a label at the end and strings of 50 bits report no more than a coin, and "
        "none of our five runs of each solves it; each ends within five points of one half.",
        [condition for name in ("enerrio, fixed", "Ariel-Perez, fixed") for condition in (
            *never(name),
            *each_between(name, "Accuracy", 0.45, 0.55, "conditions", name, "bit_accuracy", form=percent))]),
    "published-padding-repeated": Claim(
        "As enerrio reports, varying lengths are learned with zeros before the string and not with zeros after it: "
        "with the first, each of our five runs is right on more than 95 % of strings and some, not all, on every one; "
        "with the second each ends within five points of one half.",
        [*some(BEFORE), *not_all(BEFORE),
         number(f"{BEFORE}, lowest", "Strings right", "conditions", BEFORE, "sequence_accuracy", form=percent, of=min)
         .above(0.95),
         *each_between(AFTER, "Strings right", 0.45, 0.55, "conditions", AFTER, "sequence_accuracy", form=percent)]),
    "published-failures-not-seen": Claim(
        "LSTMs of two units and LSTMs of three layers are reported not to converge with a label at every step; here "
        "all of five runs with three layers are exact, and with two units the interval lies above one half.",
        [*mostly("andrewsagio, two units"), *always("andrewsagio, three layers")]),
    "published-flux-own-lengths": Claim(
        "Each of our five runs of the Flux model zoo's description solves its own task, strings of 1 to 10 bits, and "
        "is right on more than 95 % of those strings that it is asked of every five lengths up to 50. None gets every "
        "bit of 20 random strings of 10,000 bits right.",
        [*always(FLUX), *none_exact_far(FLUX),
         number("lowest", "Strings right of every five lengths up to 50", "conditions", FLUX, "by_length", "least",
                form=percent, of=min, place=-1).above(0.95),
         value(f"{FLUX}: asked up to 50 bits", lambda first: first == 46, "conditions", FLUX, "by_length", "from", -1,
               wrong=41)]),
}
