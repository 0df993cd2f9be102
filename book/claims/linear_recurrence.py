"""Claims about networks with a linear recurrence."""

from statistics import mean

from .claim import Claim, Condition, Results, at, replaced, value
from .rates import counted, counts, mostly, never, not_all, some
from .words import percent, rate

SIGMOID, TANH = (tuple(("nets", f"{kind} {channels}") for channels in (1, 8)) for kind in ("sigmoid", "tanh"))


def pairs(results: Results, exact: bool) -> list[list[float]]:
    """Return the factors after a 0 and after a 1 of each network that is exact, or of each that is not."""
    row = results["nets"]["tanh 1"]
    return [pair for pair, share in zip(row["factors"], row["bit_accuracy"], strict=True) if (share == 1) == exact]


def factors(name: str, holds, wrong: list[float], exact: bool) -> Condition:
    """Create a condition on the recurrent factors of either the exact or the inexact networks.

    There must be at least one such network. The condition is falsified by the factors ``wrong`` in the first of them.
    """
    def falsify(results: Results) -> Results:
        shares = results["nets"]["tanh 1"]["bit_accuracy"]
        place = next(place for place, share in enumerate(shares) if (share == 1) == exact)
        return replaced(results, "nets", "tanh 1", "factors", place, by=wrong)

    return Condition(name, lambda results: bool(pairs(results, exact)) and all(
        holds(*pair) for pair in pairs(results, exact)), falsify)


def later_coin(name: str) -> Condition:
    """Create a condition that requires an accuracy within a hundredth of one half from step 11 on."""
    return value(f"{name}: a coin from step 11 on", lambda shares: abs(mean(shares[10:]) - 0.5) < 0.01,
                 "nets", name, "by_step", wrong=lambda shares: [*shares[:10], *[0.511] * len(shares[10:])])


CLAIMS = (
    Claim(
        "positive-factors-never",
        "A linear recurrence whose factors lie between 0 and 1, with one channel or eight, never learns parity "
        "(twenty starts of each, trained on the same strings of 50 bits with a label at every step); from "
        "the eleventh step on its answers are right as often as a coin's, within a hundredth.",
        [condition for path in SIGMOID for condition in (
            *never(path), later_coin(path[1]),
            value(f"{path[1]}: twenty starts", lambda seeds: seeds == 20, *path, "seeds", wrong=19))],
        lambda results: "; ".join(f"{name.split()[1]} channel(s): {rate(results['nets'][name])}, best accuracy per bit "
                                  f"{percent(max(results['nets'][name]['bit_accuracy']))}, share right from step 11 on "
                                  f"{percent(mean(results['nets'][name]['by_step'][10:]))}"
                                  for name in ("sigmoid 1", "sigmoid 8")) + "."),
    Claim(
        "negative-factors-can",
        "With factors between -1 and 1, one channel is exact on strings of 75 bits in some runs and eight channels in "
        "most: the interval lies above one half.",
        [*some(TANH[0]), *not_all(TANH[0]), *mostly(TANH[1])],
        lambda results: "; ".join(f"{name.split()[1]} channel(s): {rate(results['nets'][name])}"
                                  for name in ("tanh 1", "tanh 8")) + "."),
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
            for label, exact in (("Exact", True), ("not exact", False))) + "."),
    Claim(
        "single-channels-closer-to-one",
        "Where one channel with factors between -1 and 1 is exact, both factors are within three thousandths of one "
        "in size.",
        [factors("after a 0", lambda keep, flip: abs(1 - abs(keep)) < 0.003, [0.9969, -1.0], True),
         factors("after a 1", lambda keep, flip: abs(1 - abs(flip)) < 0.003, [1.0, -0.9969], True)],
        lambda results: "Sizes of the factors: " + ", ".join(
            f"{abs(keep):.4f} and {abs(flip):.4f}" for keep, flip in pairs(results, True)) + "."),
    Claim(
        "linear-nets-leak",
        "Of the nets with eight channels that are exact on strings of 75 bits, none is on strings of 1,000; of those "
        "with one channel, all are.",
        [value("lengths of 75 and 1,000 bits", lambda lengths: lengths == [75, 1000], "lengths", wrong=[75, 500]),
         *counts("some exact on the shorter", lambda exact, of: exact > 0, ("exact", 0))(TANH[1]),
         *counts("none exact on the longer", lambda exact, of: exact == 0, ("exact", 1))(TANH[1]),
         *counts("some exact on the longer", lambda exact, of: exact > 0, ("exact", 1))(TANH[0]),
         counted("tanh 1: as many exact on both", TANH[0], lambda results: len(set(at(
             results, *TANH[0], "exact"))) == 1, key=("exact", 0))],
        lambda results: "; ".join(
            f"{name.split()[1]} channel(s): " + ", ".join(
                f"{exact} of {row['seeds']} nets exact on strings of {length:,} bits"
                for length, exact in zip(results["lengths"], row["exact"], strict=True))
            for name, row in ((name, results["nets"][name]) for name in ("tanh 1", "tanh 8"))) + "."),
)
