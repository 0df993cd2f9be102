"""Claims about strings that are longer than those in training."""

from .claim import Claim, Number, Path, Results, at, replaced, value
from .rates import counts

TANH, RELU, LSTM = ("nets", "tanh 16"), ("nets", "relu 32"), ("nets", "lstm 8")
LENGTHS = value("the longest strings have 10,000 bits", lambda bits: bits == 10_000, "lengths", -1, wrong=1000)


def most_missed(path: Path) -> Number:
    """Return the largest number of strings of the same length that a network gets wrong."""
    return Number(path[1], "strings missed by one net at one length",
                  lambda results: max(round((1 - share) * strings) for shares in at(results, *path, "sequence_accuracy")
                                      for share, strings in zip(shares, results["strings"], strict=True)),
                  lambda results, missed: replaced(results, *path, "sequence_accuracy", 0, 0,
                                                   by=1 - missed / results["strings"][0]))


def show(results: Results, path: Path) -> str:
    """Summarise how many networks are exact at each length."""
    row = at(results, *path)
    return "Every bit right: " + "; ".join(
        f"{right} of {row['solved']} nets on {strings:,} strings of {length:,} bits"
        for length, strings, right in zip(results["lengths"], results["strings"], row["exact"], strict=True)) + "."


CLAIMS = {
    "tanh-nets-at-10000": Claim(
        "Of the tanh nets that learned 50 bits, at least four in five get every bit of 100 random strings of 10,000 "
        "bits right, and none misses more than one string of any length.",
        [LENGTHS, most_missed(TANH).below(2),
         *counts("four in five on the longest", lambda right, of: 5 * right >= 4 * of, ("exact", -1), "solved")(TANH)],
        lambda results: show(results, TANH)),
    "relu-nets-at-10000": Claim(
        "Every relu net that learned 50 bits gets every bit of 100 random strings of 10,000 bits right, and of all "
        "shorter strings tried.",
        [LENGTHS, *(condition for place in range(5) for condition in counts(
            f"all exact at length {place + 1} of 5", lambda right, of: right == of, ("exact", place), "solved")(RELU))],
        lambda results: show(results, RELU)),
    "lstm-nets-at-10000": Claim(
        "More than half of the LSTMs that learned 50 bits get every bit of 100 random strings of 10,000 bits right, "
        "but not all; none misses more than one string.",
        [LENGTHS, most_missed(LSTM).below(2),
         *counts("more than half on the longest", lambda right, of: 2 * right > of, ("exact", -1), "solved")(LSTM),
         *counts("not all on the longest", lambda right, of: right < of, ("exact", -1), "solved")(LSTM)],
        lambda results: show(results, LSTM)),
}
