"""Claims about guessing the weights of networks at random."""

from itertools import pairwise
from math import erfc, hypot, sqrt

from parity_lib.statistics import wilson_interval
from parity_study.experiments.comparisons import holm

from .claim import Claim, Condition, Number, Results, at, replaced, value
from .rates import LEVEL, counted, counts

REPORTED = {"A1": 2906, "A2": 2797, "A2 without self-connections": 250}  # mean guesses, Schmidhuber et al. 2001
ORDER = ("A2 without self-connections", "A2", "A1", "two tanh units")
NETS = tuple(("nets", net) for net in ORDER)


def like_published(net: str) -> Condition:
    """Create a condition that requires our mean to be within two standard errors of the published one.

    The published mean is taken to be a mean of ten runs. The number of trials up to a success has a geometric
    distribution, whose standard deviation is about equal to its mean.
    """
    def error(results: Results) -> float:
        return hypot(results["nets"][net]["standard_error"], REPORTED[net] / sqrt(10))

    return Number(net, "Standard errors between the means",
                  lambda results: abs(results["nets"][net]["mean"] - REPORTED[net]) / error(results),
                  lambda results, errors: replaced(
                      results, "nets", net, "mean", by=REPORTED[net] + errors * error(results))).below(2.0)


def order_p_values(results: Results) -> list[float]:
    """Compute p-values of z tests for consecutive networks in ``ORDER``, with Holm's correction."""
    rows = [at(results, *path) for path in NETS]
    return holm([erfc(abs(other["mean"] - one["mean"]) / (sqrt(2) * hypot(
        one["standard_error"], other["standard_error"]))) for one, other in pairwise(rows)])


def before(place: int, one: str, other: str) -> Condition:
    """Create a condition that requires fewer guesses for the network at a place of ``ORDER`` than for the next one."""
    return Condition(
        f"{one}: significantly fewer guesses than {other}",
        lambda results: order_p_values(results)[place] < LEVEL
        and results["nets"][one]["mean"] < results["nets"][other]["mean"],
        lambda results: replaced(results, "nets", one, "mean", by=results["nets"][other]["mean"]), ["means"])


def in_all(key: str, words: str) -> Condition:
    """Create a condition that requires 19 out of 20 networks of all kinds together to pass a test."""
    return counted(f"{words}: at least 19 of 20 networks pass", ("nets", "A2"), lambda results: sum(
        row[key] - 0.95 * row["solved"] for row in results["nets"].values()) >= 0, (key,), "solved")


def show(results: Results) -> str:
    """Summarise how many guesses each network needed."""
    return "; ".join(
        f"{net}: mean {row['mean']:,.0f} guesses ± {row['standard_error']:,.0f} (one standard error), median "
        f"{row['median']:,.0f}, quartiles {row['low']:,.0f} and {row['high']:,.0f}, {row['repetitions']} repetitions"
        + (f", published mean {REPORTED[net]:,}" if net in REPORTED else "")
        for net, row in results["nets"].items()) + "."


def show_budget(results: Results) -> str:
    """Summarise the successes in a fixed number of guesses."""
    rows = [(name, row["solved"], row["guesses"]) for name, row in results["budget"].items()]
    return "; ".join("{}: {} of {:,} guesses (95 % interval {:.4f} to {:.4f} %)".format(
        *row, *(100 * end for end in wilson_interval(*row[1:]))) for row in rows) + "."


GUESSING = {
    "guessing-like-published": Claim(
        "For A1 and both versions of A2, our mean number of guesses and the published one differ by less than two "
        "standard errors of their difference, if the published numbers are means of ten runs and the number of guesses "
        "varies as much as its mean.",
        [like_published(net) for net in REPORTED],
        show),
    "order-of-guessed-nets": Claim(
        "On average, A2 without self-connections (42 weights) takes the fewest guesses, followed by A2 (52 weights), "
        "then A1 (7 weights), then two tanh units (11 weights). Each mean is compared with the next one (z tests, "
        "three comparisons with Holm's correction).",
        [before(place, *pair) for place, pair in enumerate(pairwise(ORDER))],
        show),
    "guessed-nets-generalise": Claim(
        "Every network that was guessed on 100 strings of 500 to 600 bits is correct on 100 new ones. At least 19 out "
        "of every 20 networks are correct on 20 random strings of 5,000 bits. The same is true of five regular strings "
        "of that length, although not every network is correct on them.",
        [*counts("all correct on new strings", lambda right, of: right == of, ("fresh",), "solved")(*NETS),
         in_all("long", "random strings"), in_all("unkind", "regular strings"),
         value("not every network passes on regular strings", lambda nets: any(
             row["unkind"] < row["solved"] for row in nets.values()), "nets",
             wrong=lambda nets: {net: row | {"unkind": row["solved"]} for net, row in nets.items()})],
        lambda results: "; ".join("{}: of {solved} networks, {fresh} are correct on new strings, {long} on random "
                                  "strings of 5,000 bits, {unkind} on regular ones".format(net, **row)
                                  for net, row in results["nets"].items()) + "."),
    "guessed-nets-are-switches": Claim(
        "Of the guessed networks of each kind, at least four fifths are correct on all strings of every length from "
        "500 on if each unit is replaced by a switch.",
        counts("at least four fifths correct as switches", lambda right, of: 5 * right >= 4 * of, ("switches",),
               "solved")(*NETS)),
    "never-guessed": Claim(
        "In a number of guesses that otherwise gives more than ten correct networks of the form A1, no network is "
        "correct if both of its units change at once, and none is correct if the weights are uniform on -1 to 1 "
        "instead of -100 to 100.",
        [value("A1: more than ten correct", lambda solved: solved > 10, "budget", "A1", "solved", wrong=10),
         value("equally many guesses", lambda budget: len({row["guesses"] for row in budget.values()}) == 1, "budget",
               wrong=lambda budget: replaced(budget, "A1", "guesses", by=lambda guesses: guesses + 1)),
         *(value(f"{name}: none correct", lambda solved: solved == 0, "budget", name, "solved", wrong=1)
           for name in ("A1 at once", "A1, weights within 1"))],
        show_budget),
}
