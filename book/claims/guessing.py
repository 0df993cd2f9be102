"""Claims about guessing the weights of networks at random."""

from itertools import pairwise
from math import erfc, hypot, sqrt

from parity_lib.statistics import wilson_interval
from parity_study.experiments.comparisons import holm

from .claim import Claim, Condition, Results, replaced
from .rates import LEVEL, counted

PUBLISHED = {"A1": 2906, "A2": 2797, "A2 without self-connections": 250}  # mean guesses, Schmidhuber et al. 2001
ORDER = ("A2 without self-connections", "A2", "A1", "two tanh units")
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
    """Compute the difference between two means in units of its standard error.

    It is positive if the first mean is smaller than the second.
    """
    return (other["mean"] - one["mean"]) / hypot(one["standard_error"], other["standard_error"])


def order_p_values(results: Results) -> list[float]:
    """Compute p-values for the differences between consecutive networks in ``ORDER``.

    They come from two-sided z tests with Holm's correction.
    """
    return holm([erfc(abs(errors_apart(results["nets"][one], results["nets"][other])) / sqrt(2))
                 for one, other in pairwise(ORDER)])


def passed(net: str, words: str, holds, test: str) -> Condition:
    """Create a condition on the number of guessed networks that pass a test."""
    return counted(f"{net}: {words}", ("nets", net), lambda results: holds(
        results["nets"][net][test], results["nets"][net]["solved"]), key=test, of="solved")


def in_all(test: str) -> Condition:
    """Create a condition that requires at least 19 out of 20 networks to pass a test.

    All kinds of networks are counted together.
    """
    def sums(results: Results, key: str) -> int:
        return sum(row[key] for row in results["nets"].values())

    def falsify(results: Results) -> Results:
        missing = sums(results, test) - int(0.95 * sums(results, "solved") - 0.01)
        return replaced("nets", "A2", test, by=lambda count: count - missing)(results)

    return Condition(f"{TESTS[test]}: 19 of 20 pass",
                     lambda results: sums(results, test) >= 0.95 * sums(results, "solved"), falsify)


def budget(name: str, words: str, holds, by: int) -> Condition:
    """Create a condition on the number of successes in a fixed number of guesses."""
    return Condition(f"{name}: {words}", lambda results: holds(results["budget"][name]["solved"]),
                     replaced("budget", name, "solved", by=by))


def as_many(name: str) -> Condition:
    """Create a condition that requires at least as many guesses for a network as for network A1."""
    return Condition(f"{name}: as many guesses",
                     lambda results: results["budget"][name]["guesses"] >= results["budget"]["A1"]["guesses"],
                     replaced("budget", name, "guesses", by=lambda guesses: guesses - 1))


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
        [Condition(f"{net}: less than two standard errors",
                   lambda results, net=net: abs(results["nets"][net]["mean"] - PUBLISHED[net]) < 2 * published_error(
                       results, net),
                   lambda results, net=net: replaced("nets", net, "mean", by=PUBLISHED[net] + 2.01 * published_error(
                       results, net))(results)) for net in PUBLISHED],
        show,
    ),
    Claim(
        "order-of-guessed-nets",
        "A2 without self-connections (42 weights) takes the fewest guesses on average, then A2 (52), then A1 (7), then "
        "two tanh units (11): z tests of neighbouring means, three comparisons with Holm's correction.",
        [Condition(f"{one} before {other}",
                   lambda results, place=place, one=one, other=other: order_p_values(results)[place] < LEVEL
                   and results["nets"][one]["mean"] < results["nets"][other]["mean"],
                   lambda results, one=one, other=other: replaced("nets", one, "mean", by=results["nets"][other][
                       "mean"])(results),
                   frozenset(ORDER))
         for place, (one, other) in enumerate(pairwise(ORDER))],
        show,
    ),
    Claim(
        "guessed-nets-generalise",
        "Every net that was guessed on 100 strings of 500 to 600 bits is right on 100 fresh ones. On 20 random strings "
        "of 5,000 bits at least 19 of 20 nets are, and on five regular ones too, but not every one.",
        [*(passed(net, "all right on fresh strings", lambda right, solved: right == solved, "fresh") for net in ORDER),
         in_all("long"), in_all("unkind"),
         Condition("not every one on regular strings", lambda results: any(
             row["unkind"] < row["solved"] for row in results["nets"].values()),
             replaced("nets", by=lambda rows: {net: row | {"unkind": row["solved"]} for net, row in rows.items()}))],
        lambda results: show_tests(results, "fresh", "long", "unkind"),
    ),
    Claim(
        "guessed-nets-are-switches",
        "Of each kind of net at least four fifths of those guessed are right on all strings of every length from 500 "
        "on when each unit is replaced by a switch.",
        [passed(net, "four fifths right as switches", lambda right, solved: 5 * right >= 4 * solved, "switches")
         for net in ORDER],
        lambda results: show_tests(results, "switches", "switches_from_1"),
    ),
    Claim(
        "at-once-never",
        "If both units of A1 change at once, no guess is right, among as many as give more than ten right nets if the "
        "hidden unit goes first.",
        [budget("A1 at once", "none right", lambda solved: solved == 0, 1),
         budget("A1", "more than ten right", lambda solved: solved > 10, 10), as_many("A1 at once")],
        lambda results: show_budget(results, "A1", "A1 at once"),
    ),
    Claim(
        "small-weights-never",
        "With weights uniform on -1 to 1 instead of -100 to 100, no guess of A1 is right, among as many as give more "
        "than ten right nets otherwise.",
        [budget("A1, weights within 1", "none right", lambda solved: solved == 0, 1),
         budget("A1", "more than ten right", lambda solved: solved > 10, 10), as_many("A1, weights within 1")],
        lambda results: show_budget(results, "A1", "A1, weights within 1"),
    ),
)
