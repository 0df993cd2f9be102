"""Claims about networks that are correct on strings of every length.

They compare different numbers of updates. They also compare random strings with strings that have long runs.
"""

from itertools import product

from .claim import Claim, Results
from .rates import above, cannot_tell, counts, more_often

# For each cell, the paths to the networks, by the kind of strings and the number of updates.
TANH, LSTM, GRU = NETS = [{(data, updates): ("nets", f"{cell} 8, {data}, {updates} updates") for data in (
    "random", "runs") for updates in (1000, 10_000)} for cell in ("tanh", "lstm", "gru")]

# Families of comparisons: longer training, and runs in the strings.
LONGER = [(nets[data, 10_000], nets[data, 1000]) for nets in NETS for data in ("random", "runs")]
RUNS = [(nets["runs", updates], nets["random", updates]) for nets in NETS for updates in (1000, 10_000)]
BOTH = LONGER + RUNS
LEARNED_LATER = BOTH.index((TANH["runs", 10_000], TANH["runs", 1000]))

most_certified = counts("most certified", above(1 / 2), ("certified",))
none_certified = counts("none certified", lambda count, of: count == 0, ("certified",), "solved")
most_refuted = counts("most refuted", above(1 / 2), ("refuted",), "solved")
all_refuted = counts("all refuted", lambda count, of: count == of, ("refuted",), "solved")
none_refuted = counts("none refuted", lambda count, of: count == 0, ("refuted",), "solved")


def show(results: Results) -> str:
    """Summarise the verdicts for each kind of network."""
    return "; ".join("{}: of {solved} that learned, {certified} certified, {refuted} refuted".format(name, **row)
                     for name, row in results["nets"].items()) + "; the others are undecided."


def show_refuted(results: Results) -> str:
    """Summarise how many networks of each kind are refuted."""
    return "Refuted: " + "; ".join("{}: {refuted} of {solved}".format(name, **row)
                                   for name, row in results["nets"].items()) + "."


RIGHT_FOR_EVER = {
    "tanh-can-be-right-for-ever": Claim(
        "With tanh networks of eight units, most seeds lead to a certified network after 10,000 updates, both on "
        "random strings and on strings with runs (the intervals lie above one half). No tanh network is refuted after "
        "1,000 or 10,000 updates.",
        [*most_certified(TANH["random", 10_000], TANH["runs", 10_000]), *none_refuted(*TANH.values())]),
    "more-grus-refuted": Claim(
        "For each kind of strings and each number of updates, more GRUs than LSTMs are refuted, and more LSTMs than "
        "tanh networks (Fisher's exact test over fifty seeds each, eight comparisons with Holm's correction).",
        more_often(*zip([*GRU.values(), *LSTM.values()], [*LSTM.values(), *TANH.values()]), key=("refuted",)),
        show_refuted),
    "no-gru-for-ever": Claim(
        "For each kind of strings and each number of updates, no GRU is certified, and most of the GRUs that learned "
        "are refuted (the intervals lie above one half).",
        [*none_certified(*GRU.values()), *most_refuted(*GRU.values())]),
    "updates-and-runs-cannot-tell": Claim(
        "We cannot tell from this experiment whether ten times as many updates, or runs of equal bits in the strings, "
        "change the number of certified networks, with one exception: of the tanh networks trained on strings with "
        "runs, more are certified after 10,000 updates than after 1,000. Nor can we tell whether the number of refuted "
        "networks changes (Fisher's exact test over fifty seeds each, twelve comparisons with Holm's correction for "
        "each question).",
        [*(condition for place, condition in enumerate(cannot_tell(*BOTH, key=("certified",)))
           if place != LEARNED_LATER), more_often(*BOTH, key=("certified",))[LEARNED_LATER],
         *cannot_tell(*BOTH, key=("refuted",))],
        show),
}

TANH_RATES, LSTM_RATES, GRU_RATES = ([("nets", f"{cell} 8, rate {rate:g}") for rate in (0.003, 0.01, 0.03)]
                                     for cell in ("tanh", "lstm", "gru"))

VERDICTS_BY_RATE = {
    "grus-refuted-at-any-rate": Claim(
        "At whichever of three learning rates the GRUs were trained, and at whichever the others, more GRUs are "
        "refuted than LSTMs, and more GRUs than tanh networks (Fisher's exact test over fifty seeds each, eighteen "
        "comparisons with Holm's correction). Every GRU that learned is refuted.",
        [*more_often(*product(GRU_RATES, LSTM_RATES + TANH_RATES), key=("refuted",)), *all_refuted(*GRU_RATES)],
        show_refuted),
}
