"""Claims about networks with a linear recurrence."""

from statistics import mean

from .claim import Claim, Condition, Results, replaced
from .rates import counted, mostly, never, not_all, some
from .words import percent, rate


def net(name: str) -> tuple[str, str]:
    """Return the path to a network in the results."""
    return "nets", name


def pairs(results: Results, exact: bool) -> list[list[float]]:
    """Return the recurrent factors of either the exact or the inexact networks.

    For each network there are the factor after a 0 and the factor after a 1.
    """
    row = results["nets"]["tanh 1"]
    return [pair for pair, share in zip(row["factors"], row["bit_accuracy"], strict=True) if (share == 1) == exact]


def with_pair(pair: list[float], exact: bool):
    """Return a function that replaces the factors of one network in a copy of the results.

    This is the first exact or the first inexact network.
    """
    def falsify(results: Results) -> Results:
        shares = results["nets"]["tanh 1"]["bit_accuracy"]
        place = next(place for place, share in enumerate(shares) if (share == 1) == exact)
        return replaced("nets", "tanh 1", "factors", place, by=pair)(results)
    return falsify


def factors(name: str, holds, wrong: list[float], exact: bool) -> Condition:
    """Create a condition on the recurrent factors of either the exact or the inexact networks.

    There must be at least one such network.
    """
    return Condition(name, lambda results: bool(pairs(results, exact)) and all(
        holds(*pair) for pair in pairs(results, exact)), with_pair(wrong, exact))


def later_coin(name: str) -> Condition:
    """Create a condition that requires later answers to be no better than a coin toss.

    From the eleventh step on, the accuracy must lie within a hundredth of one half.
    """
    return Condition(f"{name}: a coin from step 11 on",
                     lambda results: abs(mean(results["nets"][name]["by_step"][10:]) - 0.5) < 0.01,
                     replaced("nets", name, "by_step", by=lambda shares: [*shares[:10], *[0.511] * len(shares[10:])]))


def exact_at(name: str, place: int, words: str, holds) -> Condition:
    """Create a condition on the number of networks that are exact at a given length."""
    return counted(f"{name}: {words}", net(name), lambda results: holds(results["nets"][name]["exact"]),
                   key=("exact", place))


CLAIMS = (
    Claim(
        "positive-factors-never",
        "A linear recurrence whose factors lie between 0 and 1, with one channel or eight, never learns parity "
        "(twenty starts of each, trained on the same strings of 50 bits with a label at every step); from "
        "the eleventh step on its answers are right as often as a coin's, within a hundredth.",
        [condition for name in ("sigmoid 1", "sigmoid 8") for condition in (
            never(*net(name)), later_coin(name),
            Condition(f"{name}: twenty starts", lambda results, name=name: results["nets"][name]["seeds"] == 20,
                      replaced("nets", name, "seeds", by=19)))],
        lambda results: "; ".join(f"{name.split()[1]} channel(s): {rate(results['nets'][name])}, best accuracy per bit "
                                  f"{percent(max(results['nets'][name]['bit_accuracy']))}, share right from step 11 on "
                                  f"{percent(mean(results['nets'][name]['by_step'][10:]))}"
                                  for name in ("sigmoid 1", "sigmoid 8")) + ".",
    ),
    Claim(
        "negative-factors-can",
        "With factors between -1 and 1, one channel is exact on strings of 75 bits in some runs and eight channels in "
        "most: the interval lies above one half.",
        [some(*net("tanh 1")), not_all(*net("tanh 1")), mostly(*net("tanh 8"))],
        lambda results: "; ".join(f"{name.split()[1]} channel(s): {rate(results['nets'][name])}"
                                  for name in ("tanh 1", "tanh 8")) + ".",
    ),
    Claim(
        "one-channel-ends-in-two-ways",
        "Where one channel with factors between -1 and 1 is exact, it multiplies by more than nine tenths after a 0 "
        "and by less than minus nine tenths after a 1. Where it is not, both factors are smaller than one half in size "
        "and have the opposite signs.",
        [factors("exact: keeps after a 0", lambda keep, flip: keep > 0.9, [0.9, -0.99], True),
         factors("exact: flips after a 1", lambda keep, flip: flip < -0.9, [0.99, -0.9], True),
         factors("not exact: small after a 0", lambda keep, flip: -0.5 < keep, [-0.5, 0.3], False),
         factors("not exact: small after a 1", lambda keep, flip: flip < 0.5, [-0.3, 0.5], False),
         factors("not exact: below zero after a 0", lambda keep, flip: keep < 0, [0.0, 0.3], False),
         factors("not exact: above zero after a 1", lambda keep, flip: flip > 0, [-0.3, 0.0], False)],
        lambda results: "; ".join(
            f"{label}: " + ", ".join(f"{keep:.2f} and {flip:.2f}" for keep, flip in pairs(results, exact))
            for label, exact in (("Exact", True), ("not exact", False))) + ".",
    ),
    Claim(
        "single-channels-closer-to-one",
        "Where one channel with factors between -1 and 1 is exact, both factors are within three thousandths of one "
        "in size.",
        [factors("after a 0", lambda keep, flip: abs(1 - abs(keep)) < 0.003, [0.9969, -1.0], True),
         factors("after a 1", lambda keep, flip: abs(1 - abs(flip)) < 0.003, [1.0, -0.9969], True)],
        lambda results: "Sizes of the factors: " + ", ".join(
            f"{abs(keep):.4f} and {abs(flip):.4f}" for keep, flip in pairs(results, True)) + ".",
    ),
    Claim(
        "linear-nets-leak",
        "Of the nets with eight channels that are exact on strings of 75 bits, none is on strings of 1,000; of those "
        "with one channel, all are.",
        [Condition("lengths of 75 and 1,000 bits", lambda results: results["lengths"] == [75, 1000],
                   replaced("lengths", by=[75, 500])),
         exact_at("tanh 8", 0, "some exact on the shorter", lambda exact: exact[0] > 0),
         exact_at("tanh 8", 1, "none exact on the longer", lambda exact: exact[1] == 0),
         exact_at("tanh 1", 1, "some exact on the longer", lambda exact: exact[1] > 0),
         exact_at("tanh 1", 0, "as many exact on both", lambda exact: exact[1] == exact[0])],
        lambda results: "; ".join(
            f"{name.split()[1]} channel(s): " + ", ".join(
                f"{exact} of {row['seeds']} nets exact on strings of {length:,} bits"
                for length, exact in zip(results["lengths"], row["exact"], strict=True))
            for name, row in ((name, results["nets"][name]) for name in ("tanh 1", "tanh 8"))) + ".",
    ),
)
