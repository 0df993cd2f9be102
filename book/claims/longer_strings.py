"""Claims about strings that are longer than those in training."""

from .claim import Claim, Condition, Results, replaced
from .rates import counted
from .words import percent


def exact_count(net: str, place: int, words: str, holds) -> Condition:
    """Create a condition on the number of successful networks that are exact at a given length."""
    return counted(f"{net}: {words}", ("nets", net), lambda results: holds(
        results["nets"][net]["exact"][place], results["nets"][net]["solved"]), key=("exact", place), of="solved")


def one_string_at_most(net: str) -> Condition:
    """Create a condition that allows a network to miss at most one string of each length."""
    return Condition(f"{net}: none misses more than one string", lambda results: most_missed(results, net) <= 1,
                     lambda results: replaced("nets", net, "sequence_accuracy", 0, 0,
                                              by=1 - 2 / results["strings"][0])(results))


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


LENGTHS = Condition("the longest strings have 10,000 bits", lambda results: results["lengths"][-1] == 10_000,
                    replaced("lengths", -1, by=1000))

CLAIMS = (
    Claim(
        "tanh-nets-exact-at-10000",
        "Every tanh net that learned 50 bits gets every bit of 100 random strings of 10,000 bits right. On shorter "
        "strings, of which more were tried, not every one does, and none misses more than one string.",
        [LENGTHS, exact_count("tanh 16", -1, "all exact on the longest", lambda right, solved: right == solved),
         Condition("tanh 16: not all on some shorter", lambda results: min(
             results["nets"]["tanh 16"]["exact"][:-1]) < results["nets"]["tanh 16"]["solved"],
             lambda results: replaced("nets", "tanh 16", "exact", by=[results["nets"]["tanh 16"]["solved"]] * len(
                 results["lengths"]))(results)),
         one_string_at_most("tanh 16")],
        lambda results: show(results, "tanh 16"),
    ),
    Claim(
        "relu-nets-at-10000",
        "Every relu net that learned 50 bits gets every bit of 100 random strings of 10,000 bits right, and of all "
        "shorter strings tried.",
        [LENGTHS, *(exact_count("relu 32", place, f"all exact on the strings at place {place + 1}",
                                lambda right, solved: right == solved) for place in range(5))],
        lambda results: show(results, "relu 32"),
    ),
    Claim(
        "lstm-nets-at-10000",
        "More than half of the LSTMs that learned 50 bits get every bit of 100 random strings of 10,000 bits right, "
        "but not all; none misses more than one string.",
        [LENGTHS, exact_count("lstm 8", -1, "more than half on the longest", lambda right, solved: 2 * right > solved),
         exact_count("lstm 8", -1, "not all on the longest", lambda right, solved: right < solved),
         one_string_at_most("lstm 8")],
        lambda results: show(results, "lstm 8"),
    ),
)
