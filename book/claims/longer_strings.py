"""Claims about strings that are longer than those in training."""

from collections.abc import Callable

from .claim import Claim, Condition, Number, Path, at, replaced, value
from .rates import counts

TANH, RELU, LSTM = ("nets", "tanh 16"), ("nets", "relu 32"), ("nets", "lstm 8")


def exact(words: str, holds: Callable[[int, int], bool], place: int = -1) -> Callable[..., list[Condition]]:
    """Return a function that creates a condition on the number of networks that are exact at one length."""
    return counts(words, holds, ("exact", place), "solved")


def most_missed(path: Path) -> Number:
    """Return the largest number of strings of the same length on which a network is wrong."""
    return Number(path[1], "strings on which one network is wrong at one length",
                  lambda results: max(round((1 - share) * strings) for shares in at(results, *path, "sequence_accuracy")
                                      for share, strings in zip(shares, results["strings"], strict=True)),
                  lambda results, missed: replaced(results, *path, "sequence_accuracy", 0, 0,
                                                   by=1 - missed / results["strings"][0]))


LONGER_STRINGS = {
    "nets-at-10000": Claim(
        "Of the networks that learned 50 bits, every relu network, at least four in five of the tanh networks, and "
        "more than half but not all of the LSTMs are correct at every bit of 100 random strings of 10,000 bits. The "
        "relu networks are also correct on all shorter strings that we tried, and no tanh network or LSTM is wrong on "
        "more than one string of any one length.",
        [value("the longest strings have 10,000 bits", lambda bits: bits == 10_000, "lengths", -1, wrong=1000),
         *(condition for place in range(5) for condition in exact(
             f"all exact at length {place + 1} of 5", lambda right, of: right == of, place)(RELU)),
         *exact("at least four in five on the longest strings", lambda right, of: 5 * right >= 4 * of)(TANH),
         *exact("more than half on the longest strings", lambda right, of: 2 * right > of)(LSTM),
         *exact("not all on the longest strings", lambda right, of: right < of)(LSTM),
         most_missed(TANH).below(2), most_missed(LSTM).below(2)],
        lambda results: "; ".join(f"{name}, of {results['nets'][name]['solved']} networks: " + ", ".join(
            f"{right} correct on {strings:,} strings of {length:,} bits" for right, strings, length in zip(
                results["nets"][name]["exact"], results["strings"], results["lengths"], strict=True))
            for _, name in (RELU, TANH, LSTM)) + "."),
}
