"""Claims about guessing the weights of networks at random."""

from itertools import pairwise
from math import erfc, hypot, sqrt

from parity_lib.statistics import wilson_interval
from parity_study.experiments.comparisons import holm

from .claim import Claim, Condition, Results, replaced, value
from .rates import LEVEL, counts

PUBLISHED = {"A1": 2906, "A2": 2797, "A2 without self-connections": 250}  # mean guesses, Schmidhuber et al. 2001
ORDER = ("A2 without self-connections", "A2", "A1", "two tanh units")
NETS = tuple(("nets", net) for net in ORDER)
TESTS = {"fresh": "100 fresh strings", "long": "20 random strings of 5,000 bits",
         "unkind": "five regular strings of 5,000 bits", "switches": "as switches, all lengths from 500 on",
         "switches_from_1": "as switches, all lengths"}


def published_error(results: Results, net: str) -> float:
    """Compute the standard error of the difference between the published mean and ours.

    The published mean is taken to be a mean of ten runs. The number of trials up to a success has a geometric
    distribution, whose deviation is about its mean.
    """
    return hypot(results["nets"][net]["standard_error"], PUBLISHED[net] / sqrt(10))


def errors_apart(one: dict, other: dict) -> float:
    """Compute how many standard errors the first mean lies below the second."""
    return (other["mean"] - one["mean"]) / hypot(one["standard_error"], other["standard_error"])


def order_p_values(results: Results) -> list[float]:
    """Compute p-values of z tests for consecutive networks in ``ORDER``, with Holm's correction."""
    return holm([erfc(abs(errors_apart(results["nets"][one], results["nets"][other])) / sqrt(2))
                 for one, other in pairwise(ORDER)])


def in_all(test: str) -> Condition:
    """Create a condition that requires 19 out of 20 networks of all kinds together to pass a test."""
    def sums(results: Results, key: str) -> int:
        return sum(row[key] for row in results["nets"].values())

    def falsify(results: Results) -> Results:
        missing = sums(results, test) - int(0.95 * sums(results, "solved") - 0.01)
        return replaced(results, "nets", "A2", test, by=lambda count: count - missing)

    return Condition(f"{TESTS[test]}: 19 of 20 pass",
                     lambda results: sums(results, test) >= 0.95 * sums(results, "solved"), falsify)


def never_among_as_many(name: str) -> list[Condition]:
    """Create conditions that require a network to be never guessed, among as many guesses as give more than ten A1."""
    return [value(f"{name}: none right", lambda solved: solved == 0, "budget", name, "solved", wrong=1),
            value("A1: more than ten right", lambda solved: solved > 10, "budget", "A1", "solved", wrong=10),
            Condition(f"{name}: as many guesses", lambda results: results["budget"][name]["guesses"] >= results[
                "budget"]["A1"]["guesses"], lambda results: replaced(
                    results, "budget", name, "guesses", by=lambda guesses: guesses - 1))]


def like_published(net: str) -> Condition:
    """Create a condition that requires our mean to be within two standard errors of the published one."""
    return Condition(
        f"{net}: less than two standard errors",
        lambda results: abs(results["nets"][net]["mean"] - PUBLISHED[net]) < 2 * published_error(results, net),
        lambda results: replaced(results, "nets", net, "mean", by=PUBLISHED[net] + 2.01 * published_error(
            results, net)))


def before(place: int, one: str, other: str) -> Condition:
    """Create a condition that requires fewer guesses for the network at a place of ``ORDER`` than for the next one."""
    return Condition(
        f"{one} before {other}",
        lambda results: order_p_values(results)[place] < LEVEL
        and results["nets"][one]["mean"] < results["nets"][other]["mean"],
        lambda results: replaced(results, "nets", one, "mean", by=results["nets"][other]["mean"]),
        (("nets", "mean"),))


def show(results: Results) -> str:
    """Summarise how many guesses each network needed."""
    return "; ".join(
        f"{net}: mean {row['mean']:,.0f} guesses ± {row['standard_error']:,.0f} (one standard error), median "
        f"{row['median']:,.0f}, quartiles {row['low']:,.0f} and {row['high']:,.0f}, {row['repetitions']} repetitions"
        + (f", published mean {PUBLISHED[net]:,}" if net in PUBLISHED else "")
        for net, row in results["nets"].items()) + "."


def show_tests(results: Results, *tests: str) -> str:
    """Summarise how many guessed networks pass each test."""
    return "; ".join(f"{net}: " + ", ".join(f"{row[test]} of {row['solved']} ({TESTS[test]})" for test in tests)
                     for net, row in results["nets"].items()) + "."


def show_budget(results: Results, *names: str) -> str:
    """Summarise the successes in a fixed number of guesses."""
    words = []
    for name in names:
        solved, guesses = (results["budget"][name][key] for key in ("solved", "guesses"))
        low, high = wilson_interval(solved, guesses)
        words.append(f"{name}: {solved} of {guesses:,} guesses (95 % interval {100 * low:.4f} to {100 * high:.4f} %)")
    return "; ".join(words) + "."


CLAIMS = (
    Claim(
        "guessing-like-published",
        "Our mean number of guesses and the published one differ by less than two standard errors of their difference, "
        "for A1 and both versions of A2, if the published ones are means of ten runs of numbers that vary as much as "
        "their mean.",
        [like_published(net) for net in PUBLISHED],
        show),
    Claim(
        "order-of-guessed-nets",
        "A2 without self-connections (42 weights) takes the fewest guesses on average, then A2 (52), then A1 (7), then "
        "two tanh units (11): z tests of neighbouring means, three comparisons with Holm's correction.",
        [before(place, *pair) for place, pair in enumerate(pairwise(ORDER))],
        show),
    Claim(
        "guessed-nets-generalise",
        "Every net that was guessed on 100 strings of 500 to 600 bits is right on 100 fresh ones. On 20 random strings "
        "of 5,000 bits at least 19 of 20 nets are, and on five regular ones too, but not every one.",
        [*counts("all right on fresh strings", lambda right, of: right == of, "fresh", "solved")(*NETS),
         in_all("long"), in_all("unkind"),
         value("not every one on regular strings", lambda nets: any(
             row["unkind"] < row["solved"] for row in nets.values()), "nets",
             wrong=lambda nets: {net: row | {"unkind": row["solved"]} for net, row in nets.items()})],
        lambda results: show_tests(results, "fresh", "long", "unkind")),
    Claim(
        "guessed-nets-are-switches",
        "Of each kind of net at least four fifths of those guessed are right on all strings of every length from 500 "
        "on when each unit is replaced by a switch.",
        counts("four fifths right as switches", lambda right, of: 5 * right >= 4 * of, "switches", "solved")(*NETS),
        lambda results: show_tests(results, "switches", "switches_from_1")),
    Claim(
        "at-once-never",
        "If both units of A1 change at once, no guess is right, among as many as give more than ten right nets if the "
        "hidden unit goes first.",
        never_among_as_many("A1 at once"),
        lambda results: show_budget(results, "A1", "A1 at once")),
    Claim(
        "small-weights-never",
        "With weights uniform on -1 to 1 instead of -100 to 100, no guess of A1 is right, among as many as give more "
        "than ten right nets otherwise.",
        never_among_as_many("A1, weights within 1"),
        lambda results: show_budget(results, "A1", "A1, weights within 1")),
)
