"""Claims about certificates for strings of every length."""

from .claim import Claim, Condition, Results, each, replaced, value
from .rates import counts


def total(results: Results, what: str) -> int:
    """Compute the sum of a count over all kinds of networks."""
    return sum(row[what] for row in results["nets"].values())


def show(results: Results, *kinds: str) -> str:
    """Summarise the verdicts for each kind of network."""
    return "; ".join(f"{kind}: {row['certified']} certified, {row['refuted']} refuted, {row['undecided']} undecided, "
                     f"of {row['solved']} that were right in validation"
                     for kind, row in results["nets"].items() if not kinds or kind in kinds) + "."


def verdicts(kind: str, what: str, words: str, holds) -> list[Condition]:
    """Create a condition on how many of the networks that solved the task have a given verdict."""
    return counts(words, holds, key=what, of="solved")(("nets", kind))


def all_equal(what: str, number: int) -> Condition:
    """Create a condition that requires a count to be the same for all networks of two units."""
    return each(f"{what.replace('_', ' ')}: always {number}", lambda count: count == number, "two_units", what,
                wrong=number + 1)


def share(results: Results, what: str, by: str = "solved") -> float:
    """Compute the fraction of networks that have a verdict, among those that are counted by ``by``."""
    return total(results, what) / total(results, by)


def with_share(results: Results, what: str, by: str, to: float) -> Results:
    """Return a copy of the results in which the fraction of networks with a verdict is about ``to``."""
    kind = max(results["nets"], key=lambda name: results["nets"][name][what])
    missing = round(to * total(results, by)) - total(results, what)
    return replaced(results, "nets", kind, what, by=lambda count: count + missing)


def above(what: str, low: float, words: str, by: str = "solved") -> Condition:
    """Create a condition that requires the fraction of networks with a verdict to exceed a limit."""
    return Condition(words, lambda results: share(results, what, by) > low,
                     lambda results: with_share(results, what, by, low - 0.01))


CLAIMS = (
    Claim(
        "two-units-three-clusters",
        "In every tanh net of two units that learned 20 bits the states form three clusters, two of them even, and the "
        "machine that they make has two states when it is minimised.",
        [all_equal("clusters", 3), all_equal("even_clusters", 2), all_equal("machine_states", 2),
         Condition("one of each for every net that learned", lambda results: all(
             len(counts) == results["nets"]["tanh 2"]["solved"] > 0 for counts in results["two_units"].values()),
             lambda results: replaced(results, "nets", "tanh 2", "solved", by=lambda solved: solved + 1))],
        lambda results: "{solved} of {seeds} seeds learned; clusters of states in each: ".format(
            **results["nets"]["tanh 2"]) + ", ".join(map(str, results["two_units"]["clusters"])) + "."),
    Claim(
        "small-tanh-nets-are-certified",
        "More than half of these tanh nets of two and of four units, and at least half of those of eight, trained on "
        "20 or 50 bits, are certified: right on strings of every length.",
        [*verdicts("tanh 2", "certified", "more than half certified", lambda count, of: 2 * count > of),
         *verdicts("tanh 4", "certified", "more than half certified", lambda count, of: 2 * count > of),
         *verdicts("tanh 8", "certified", "at least half certified", lambda count, of: 2 * count >= of)],
        lambda results: show(results, "tanh 2", "tanh 4", "tanh 8")),
    Claim(
        "gru-nets-are-refuted",
        "Every GRU of eight units that was right on 5,000 strings of 75 bits is wrong on some string, and so is at "
        "least half of these LSTMs of eight units.",
        [*verdicts("gru 8", "refuted", "all refuted", lambda count, of: count == of),
         *verdicts("lstm 8", "refuted", "at least half refuted", lambda count, of: 2 * count >= of)],
        lambda results: show(results, "gru 8", "lstm 8") + " Lengths of the wrong strings in bits: GRU "
                        + ", ".join(map(str, sorted(results["nets"]["gru 8"]["refuting_lengths"])))
                        + "; LSTM " + ", ".join(map(str, sorted(results["nets"]["lstm 8"]["refuting_lengths"]))) + "."),
    Claim(
        "refuted-nets-pass-random-bits",
        "Of the nets that are wrong on some string, nine tenths or more get all of 10,000 random bits right.",
        [value("10,000 random bits", lambda bits: bits == 10_000, "random_bits", wrong=1000),
         Condition("nine tenths pass", lambda results: share(results, "passed_random", "refuted") >= 0.9,
                   lambda results: with_share(results, "passed_random", "refuted", 0.89))],
        lambda results: f"{total(results, 'passed_random')} of {total(results, 'refuted')} refuted nets pass."),
    Claim(
        "a-third-is-certified-a-quarter-undecided",
        "Counted over all the nets that were right in validation, of the eleven kinds that we chose, more than a third "
        "is certified, more than a third refuted and about a quarter undecided, a fifth to three tenths. Of other "
        "kinds these counts say nothing.",
        [value("eleven kinds", lambda nets: len(nets) == 11, "nets", wrong=lambda nets: nets | {
            "one more": dict.fromkeys(nets["gru 8"], 0)}),
         above("certified", 1 / 3, "certified: more than 33%"), above("refuted", 1 / 3, "refuted: more than 33%"),
         above("undecided", 0.2, "undecided: more than 20%"),
         Condition("undecided: less than 30%", lambda results: share(results, "undecided") < 0.3,
                   lambda results: with_share(results, "undecided", "solved", 0.31))],
        lambda results: f"In all: {total(results, 'certified')} certified, {total(results, 'refuted')} refuted, "
                        f"{total(results, 'undecided')} undecided, of {total(results, 'solved')}. " + show(results)),
)
