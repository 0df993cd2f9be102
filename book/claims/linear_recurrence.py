"""Claims about networks with a linear recurrence."""

from collections.abc import Callable, Sequence
from statistics import mean

from .claim import Claim, Number, Path, Results, at, replaced, value
from .rates import counted, counts, mostly, never, not_all, some
from .words import percent

SIGMOID = (("nets", "sigmoid 1"), ("nets", "sigmoid 8"))
TANH_1, TANH_8 = ("nets", "tanh 1"), ("nets", "tanh 8")


def factor(words: str, bit: int, exact: bool, of: Callable[[Sequence[float]], float]) -> Number:
    """Return a number that is computed from the recurrent factors after a bit.

    These are the factors of all networks that are exact, or of all networks that are not exact.
    """
    def places(results: Results) -> list[int]:
        return [place for place, share in enumerate(at(results, *TANH_1, "bit_accuracy")) if (share == 1) == exact]

    return Number(f"{words} after a {bit}", f"Factors of the networks that are {'exact' if exact else 'not exact'}",
                  lambda results: of([at(results, *TANH_1, "factors", place, bit) for place in places(results)]),
                  lambda results, wrong: replaced(results, *TANH_1, "factors", places(results)[0], bit, by=wrong),
                  "{:.4f}".format)


def off_coin(path: Path) -> Number:
    """Return the difference between one half and the fraction of correct answers from time step 11 on."""
    return Number(path[1], "Share of correct answers from time step 11 on minus one half",
                  lambda results: abs(mean(at(results, *path, "by_step")[10:]) - 0.5),
                  lambda results, wrong: replaced(results, *path, "by_step",
                                                  by=lambda shares: [0.5 + wrong] * len(shares)), percent)


LINEAR_RECURRENCE = {
    "positive-factors-never": Claim(
        "A linear recurrence whose factors lie between 0 and 1 never learns parity, with one channel or with eight "
        "(twenty runs of each, trained on the same strings of 50 bits with a label at every time step). From the "
        "eleventh time step on, its answers are correct as often as those of a coin, within a hundredth.",
        [condition for path in SIGMOID for condition in (
            *never(path), off_coin(path).below(0.01),
            value(f"{path[1]}: twenty runs", lambda seeds: seeds == 20, *path, "seeds", wrong=19))]),
    "negative-factors-can": Claim(
        "With factors between -1 and 1, one channel is exact on strings of 75 bits in some runs, and eight channels "
        "are exact in most runs: the interval lies above one half.",
        [*some(TANH_1), *not_all(TANH_1), *mostly(TANH_8)]),
    "one-channel-ends-in-two-ways": Claim(
        "If one channel with factors between -1 and 1 is exact, it multiplies its state by one after a 0 and by minus "
        "one after a 1, within three thousandths. If it is not exact, both factors are smaller than one half in size "
        "and have the opposite signs.",
        [factor("least", 0, True, min).above(0.997), factor("largest", 0, True, max).below(1.003),
         factor("least", 1, True, min).above(-1.003), factor("largest", 1, True, max).below(-0.997),
         factor("least", 0, False, min).above(-0.5), factor("largest", 0, False, max).below(0.0),
         factor("least", 1, False, min).above(0.0), factor("largest", 1, False, max).below(0.5)]),
    "linear-nets-leak": Claim(
        "Of the networks with eight channels that are exact on strings of 75 bits, none is exact on strings of 1,000 "
        "bits. Of the networks with one channel that are exact on strings of 75 bits, all are exact on strings of "
        "1,000 bits, too.",
        [value("lengths of 75 and 1,000 bits", lambda lengths: lengths == [75, 1000], "lengths", wrong=[75, 500]),
         *counts("some exact on the shorter strings", lambda exact, of: exact > 0, ("exact", 0))(TANH_8),
         *counts("none exact on the longer strings", lambda exact, of: exact == 0, ("exact", 1))(TANH_8),
         *counts("some exact on the longer strings", lambda exact, of: exact > 0, ("exact", 1))(TANH_1),
         counted("tanh 1: equally many exact on both", TANH_1, lambda results: len(set(at(
             results, *TANH_1, "exact"))) == 1, ("exact", 0))],
        lambda results: "; ".join("{}: {exact[0]} of {seeds} networks exact on 75 bits, {exact[1]} on "
                                  "1,000".format(name, **row) for name, row in results["nets"].items()) + "."),
}
