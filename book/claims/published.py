"""Claims about results that other authors have published."""

from .claim import Claim, each_between, number, value
from .rates import always, counts, mostly, never, not_all, some
from .words import percent

BEFORE, AFTER, FLUX = "enerrio, padding before", "enerrio, padding after", "Flux model zoo"

none_exact_far = counts("none exact on 10,000 bits", lambda exact, of: exact == 0, ("far_exact",), "solved")

PUBLISHED = {
    "published-fixed-repeated": Claim(
        "The two published descriptions with a label at the end and strings of 50 bits both report networks that are "
        "no better than a coin. None of our five runs of each description solves the task, and each run ends with an "
        "accuracy within five percentage points of one half.",
        [condition for name in ("enerrio, fixed", "Ariel-Perez, fixed") for condition in (
            *never(name),
            *each_between(name, "Accuracy", 0.45, 0.55, "conditions", name, "bit_accuracy", form=percent))]),
    "published-padding-repeated": Claim(
        "As enerrio reports, varying lengths are learned with zeros before the string, and they are not learned with "
        "zeros after it. With zeros before the string, each of our five runs is correct on more than 95 % of the "
        "strings, and some runs, but not all, are correct on every string. With zeros after the string, the share of "
        "correct strings ends within five percentage points of one half in each run.",
        [*some(BEFORE), *not_all(BEFORE),
         number(f"{BEFORE}, lowest", "Correct strings", "conditions", BEFORE, "sequence_accuracy", form=percent, of=min)
         .above(0.95),
         *each_between(AFTER, "Correct strings", 0.45, 0.55, "conditions", AFTER, "sequence_accuracy", form=percent)]),
    "published-failures-not-seen": Claim(
        "With a label at every time step, LSTMs of two units and LSTMs of three layers are reported not to converge. "
        "Here, all five runs with three layers solve the task, and with two units the interval lies above one half.",
        [*mostly("andrewsagio, two units"), *always("andrewsagio, three layers")]),
    "published-flux-own-lengths": Claim(
        "Each of our five runs of the Flux model zoo's description solves its own task, strings of 1 to 10 bits. In "
        "every group of five lengths up to 50 bits, each run is correct on more than 95 % of the strings that we test. "
        "No run is correct at every bit of 20 random strings of 10,000 bits.",
        [*always(FLUX), *none_exact_far(FLUX),
         number("lowest", "Correct strings in every group of five lengths up to 50", "conditions", FLUX, "by_length",
                "least", form=percent, of=min, place=-1).above(0.95),
         value(f"{FLUX}: tested up to 50 bits", lambda first: first == 46, "conditions", FLUX, "by_length", "from", -1,
               wrong=41)]),
}
