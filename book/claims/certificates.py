"""Claims about certificates for strings of every length."""

from .claim import Claim, Condition, Results, at, replaced
from .rates import counted


def total(results: Results, what: str) -> int:
    """Compute the sum of a count over all kinds of networks."""
    return sum(row[what] for row in results["nets"].values())


def show(results: Results, *kinds: str) -> str:
    """Summarise the verdicts for each kind of network."""
    return "; ".join(f"{kind}: {row['certified']} certified, {row['refuted']} refuted, {row['undecided']} undecided, "
                     f"of {row['solved']} that were right in validation"
                     for kind, row in results["nets"].items() if not kinds or kind in kinds) + "."


def verdicts(kind: str, what: str, words: str, holds) -> Condition:
    """Create a condition on the number of networks with a given verdict.

    ``holds`` takes this number and the number of networks that solved the task.
    """
    return counted(f"{kind}: {words}", ("nets", kind), lambda results: holds(
        results["nets"][kind][what], results["nets"][kind]["solved"]), key=what, of="solved")


def all_equal(what: str, number: int) -> Condition:
    """Create a condition that requires a count to be the same for all networks of two units."""
    return Condition(f"{what.replace('_', ' ')}: always {number}",
                     lambda results: set(results["two_units"][what]) == {number},
                     replaced("two_units", what, 0, by=number + 1))


def shared_out(what: str, words: str, low: float, high: float = 1.0) -> list[Condition]:
    """Create conditions that require the fraction of networks with a verdict to lie between two limits.

    To falsify them, the fraction is moved to just outside the limits.
    """
    def share(results: Results) -> float:
        return total(results, what) / total(results, "solved")

    def moved(to: float):
        def falsify(results: Results) -> Results:
            kind = max(results["nets"], key=lambda name: results["nets"][name][what])
            wanted = round(to * total(results, "solved")) - total(results, what)
            return replaced("nets", kind, what, by=lambda count: count + wanted)(results)
        return falsify

    conditions = [Condition(f"{words} than {low:.0%}", lambda results: share(results) > low, moved(low - 0.01))]
    return conditions + [Condition(f"{words.replace('more', 'less')} than {high:.0%}",
                                   lambda results: share(results) < high, moved(high + 0.01))] * (high < 1)


CLAIMS = (
    Claim(
        "two-units-three-clusters",
        "In every tanh net of two units that learned 20 bits the states form three clusters, two of them even, and the "
        "machine that they make has two states when it is minimised.",
        [all_equal("clusters", 3), all_equal("even_clusters", 2), all_equal("machine_states", 2),
         Condition("one of each for every net that learned", lambda results: all(
             len(counts) == results["nets"]["tanh 2"]["solved"] > 0 for counts in results["two_units"].values()),
             replaced("nets", "tanh 2", "solved", by=lambda solved: solved + 1))],
        lambda results: "{solved} of {seeds} seeds learned; clusters of states in each: ".format(
            **results["nets"]["tanh 2"]) + ", ".join(map(str, results["two_units"]["clusters"])) + ".",
    ),
    Claim(
        "small-tanh-nets-are-certified",
        "More than half of these tanh nets of two and of four units, and at least half of those of eight, trained on "
        "20 or 50 bits, are certified: right on strings of every length.",
        [*(verdicts(kind, "certified", "more than half certified", lambda count, solved: 2 * count > solved)
           for kind in ("tanh 2", "tanh 4")),
         verdicts("tanh 8", "certified", "at least half certified", lambda count, solved: 2 * count >= solved)],
        lambda results: show(results, "tanh 2", "tanh 4", "tanh 8"),
    ),
    Claim(
        "gru-nets-are-refuted",
        "Every GRU of eight units that was right on 5,000 strings of 75 bits is wrong on some string, and so is at "
        "least half of these LSTMs of eight units.",
        [verdicts("gru 8", "refuted", "all refuted", lambda count, solved: count == solved),
         verdicts("lstm 8", "refuted", "at least half refuted", lambda count, solved: 2 * count >= solved)],
        lambda results: show(results, "gru 8", "lstm 8") + " Lengths of the wrong strings in bits: GRU "
                        + ", ".join(map(str, sorted(results["nets"]["gru 8"]["refuting_lengths"])))
                        + "; LSTM " + ", ".join(map(str, sorted(results["nets"]["lstm 8"]["refuting_lengths"]))) + ".",
    ),
    Claim(
        "refuted-nets-pass-random-bits",
        "Of the nets that are wrong on some string, nine tenths or more get all of 10,000 random bits right.",
        [Condition("10,000 random bits", lambda results: at(results, "random_bits") == 10_000,
                   replaced("random_bits", by=1000)),
         Condition("nine tenths pass", lambda results: 10 * total(results, "passed_random") >= 9 * total(
             results, "refuted"), lambda results: replaced("nets", "gru 8", "passed_random", by=lambda count: (
                 count + int(0.9 * total(results, "refuted") - 0.5) - total(results, "passed_random")))(results))],
        lambda results: f"{total(results, 'passed_random')} of {total(results, 'refuted')} refuted nets pass.",
    ),
    Claim(
        "a-third-is-certified-a-quarter-undecided",
        "Counted over all the nets that were right in validation, of the eleven kinds that we chose, more than a third "
        "is certified, more than a third refuted and about a quarter undecided, a fifth to three tenths. Of other "
        "kinds these counts say nothing.",
        [Condition("eleven kinds", lambda results: len(results["nets"]) == 11,
                   lambda results: results | {"nets": results["nets"] | {
                       "one more": dict.fromkeys(results["nets"]["gru 8"], 0)}}),
         *shared_out("certified", "certified: more", 1 / 3), *shared_out("refuted", "refuted: more", 1 / 3),
         *shared_out("undecided", "undecided: more", 0.2, 0.3)],
        lambda results: f"In all: {total(results, 'certified')} certified, {total(results, 'refuted')} refuted, "
                        f"{total(results, 'undecided')} undecided, of {total(results, 'solved')}. " + show(results),
    ),
)
