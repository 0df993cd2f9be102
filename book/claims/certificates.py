"""Claims about certificates for strings of every length."""

from collections.abc import Callable

from .claim import Claim, Condition, Results, replaced, value
from .rates import above, counts, wilson_interval

TANH_2, TANH_4, TANH_8, LSTM, GRU = (("nets", kind) for kind in ("tanh 2", "tanh 4", "tanh 8", "lstm 8", "gru 8"))

all_refuted = counts("all refuted", lambda count, of: count == of, ("refuted",), "solved")
many_refuted = counts("more than a quarter refuted", above(1 / 4), ("refuted",), "solved")
many_certified = counts("more than a quarter certified", above(1 / 4), ("certified",), "solved")
most_certified = counts("more than half certified", above(1 / 2), ("certified",), "solved")


def total(results: Results, key: str) -> int:
    """Compute the sum of a count over all kinds of networks."""
    return sum(row[key] for row in results["nets"].values())


def share(words: str, holds: Callable[[int, int], bool], key: str, of: str = "solved") -> Condition:
    """Create a condition on the fraction of all networks with a verdict.

    It is falsified by changing the verdicts of all networks of one kind, and then of further kinds, until it fails.
    """
    def met(results: Results) -> bool:
        return holds(total(results, key), total(results, of))

    def falsify(results: Results) -> Results:
        for count in (lambda row: 0, lambda row: row[of]):
            altered = results
            for kind, row in results["nets"].items():
                altered = replaced(altered, "nets", kind, key, by=count(row))
                if not met(altered):
                    return altered
        raise ValueError(f"no verdicts break the condition {words!r}")

    return Condition(words, met, falsify, [("nets",)])


CERTIFICATES = {
    "two-units-three-clusters": Claim(
        "In every tanh network of two units that learned 20 bits, the states form three clusters, two of which are "
        "even. The state machine that the clusters make has two states when it is minimised.",
        [*(value(f"{key.replace('_', ' ')}: always {number}", lambda found, number=number: set(found) == {number},
                 "two_units", key, wrong=lambda found, number=number: [number + 1, *found[1:]])
           for key, number in (("clusters", 3), ("even_clusters", 2), ("machine_states", 2))),
         Condition("one value of each for every network that learned", lambda results: all(
             len(counts) == results["nets"]["tanh 2"]["solved"] > 0 for counts in results["two_units"].values()),
             lambda results: replaced(results, "nets", "tanh 2", "solved", by=lambda solved: solved + 1))],
        lambda results: "{solved} of {seeds} seeds learned; clusters of states in each: ".format(
            **results["nets"]["tanh 2"]) + ", ".join(map(str, results["two_units"]["clusters"])) + "."),
    "small-tanh-nets-are-certified": Claim(
        "Of the tanh networks that were trained on strings of 20 or 50 bits and were correct in validation, more than "
        "half of those with two and with four units, and more than a quarter of those with eight units, are certified, "
        "so they are correct on strings of every length.",
        [*most_certified(TANH_2, TANH_4), *many_certified(TANH_8)]),
    "gru-nets-are-refuted": Claim(
        "Of the networks of eight units that were correct on 5,000 strings of 75 bits, every GRU and more than a "
        "quarter of the LSTMs are wrong on some string.",
        [*all_refuted(GRU), *many_refuted(LSTM)],
        lambda results: "; ".join("{}: {refuted} of {solved} refuted, by strings of {} bits".format(
            kind, ", ".join(map(str, sorted(row["refuting_lengths"]))), **row)
            for kind, row in results["nets"].items() if ("nets", kind) in (GRU, LSTM)) + "."),
    "refuted-nets-pass-random-bits": Claim(
        "Of the networks that are wrong on some string, more than nine tenths are correct at every one of 10,000 "
        "random bits.",
        [value("10,000 random bits", lambda bits: bits == 10_000, "random_bits", wrong=1000),
         share("more than nine tenths pass", above(0.9), "passed_random", of="refuted")],
        lambda results: f"{total(results, 'passed_random')} of {total(results, 'refuted')} refuted networks pass."),
    "each-verdict-is-frequent": Claim(
        "We chose eleven kinds of networks. Of all the networks of these kinds that were correct in validation, more "
        "than a quarter are certified, more than a quarter are refuted, and less than a third are undecided. From "
        "these counts we can conclude nothing about other kinds.",
        [value("eleven kinds", lambda nets: len(nets) == 11, "nets", wrong=lambda nets: nets | {
            "one more": dict.fromkeys(nets["gru 8"], 0)}),
         share("certified: more than a quarter", above(1 / 4), "certified"),
         share("refuted: more than a quarter", above(1 / 4), "refuted"),
         share("undecided: less than a third", lambda *fraction: wilson_interval(*fraction)[1] < 1 / 3, "undecided")],
        lambda results: "; ".join(
            f"{kind}: {row['certified']} certified, {row['refuted']} refuted, {row['undecided']} undecided, "
            f"of {row['solved']} that were correct in validation"
            for kind, row in (results["nets"] | {"all": {key: total(results, key) for key in (
                "certified", "refuted", "undecided", "solved")}}).items()) + "."),
}
