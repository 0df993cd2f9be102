"""Claims about strings that are longer than those in training."""

from .claim import Claim, Condition, Results, replaced, value
from .rates import counts
from .words import percent


def exact_count(net: str, place: int, words: str, holds) -> list[Condition]:
    """Create a condition on the number of successful networks that are exact at a given length."""
    return counts(words, holds, ("exact", place), of="solved")(("nets", net))


def one_string_at_most(net: str) -> Condition:
    """Create a condition that allows a network to miss at most one string of each length."""
    return Condition(f"{net}: none misses more than one string", lambda results: most_missed(results, net) <= 1,
                     lambda results: replaced(results, "nets", net, "sequence_accuracy", 0, 0,
                                              by=1 - 2 / results["strings"][0]))


def most_missed(results: Results, net: str) -> int:
    """Compute the largest number of strings of the same length that a network gets wrong."""
    return max(round((1 - share) * strings) for each in results["nets"][net]["sequence_accuracy"]
               for share, strings in zip(each, results["strings"], strict=True))


def show(results: Results, net: str) -> str:
    """Summarise how many networks are exact at each length."""
    row = results["nets"][net]
    counts = "; ".join(
        f"{right} of {row['solved']} nets on {strings:,} strings of {length:,} bits"
        for length, strings, right in zip(results["lengths"], results["strings"], row["exact"], strict=True))
    worst = min(min(each) for each in row["bit_accuracy"])
    return (f"Every bit right: {counts}. Strings missed by one net at one length: at most "
            f"{most_missed(results, net)}; worst accuracy per bit {percent(worst, 3)}.")


LENGTHS = value("the longest strings have 10,000 bits", lambda bits: bits == 10_000, "lengths", -1, wrong=1000)

CLAIMS = (
    Claim(
        "tanh-nets-at-10000",
        "Of the tanh nets that learned 50 bits, at least four in five get every bit of 100 random strings of 10,000 "
        "bits right, and none misses more than one string of any length.",
        [LENGTHS, *exact_count("tanh 16", -1, "four in five on the longest", lambda right, of: 5 * right >= 4 * of),
         one_string_at_most("tanh 16")],
        lambda results: show(results, "tanh 16")),
    Claim(
        "relu-nets-at-10000",
        "Every relu net that learned 50 bits gets every bit of 100 random strings of 10,000 bits right, and of all "
        "shorter strings tried.",
        [LENGTHS, *(condition for place in range(5) for condition in exact_count(
            "relu 32", place, f"all exact on the strings at place {place + 1}", lambda right, of: right == of))],
        lambda results: show(results, "relu 32")),
    Claim(
        "lstm-nets-at-10000",
        "More than half of the LSTMs that learned 50 bits get every bit of 100 random strings of 10,000 bits right, "
        "but not all; none misses more than one string.",
        [LENGTHS, *exact_count("lstm 8", -1, "more than half on the longest", lambda right, of: 2 * right > of),
         *exact_count("lstm 8", -1, "not all on the longest", lambda right, of: right < of),
         one_string_at_most("lstm 8")],
        lambda results: show(results, "lstm 8")),
)
