"""Claims about the four combinations of label position and data set."""

from .claim import Claim, Condition, Results, each, replaced, value
from .rates import (
    MARGIN,
    above_half,
    always,
    cannot_tell,
    cannot_tell_sooner,
    counts,
    middle,
    more_often,
    never,
    same_rate,
    sooner,
    steps_p_values,
)
from .words import named, percent, power, rates

PLAIN, GATED = ("tanh", "relu"), ("lstm", "gru")
CELLS = (*PLAIN, *GATED)


def names(label: str, lengths: str, cells: tuple[str, ...] = CELLS) -> tuple[str, ...]:
    """Return the names of the conditions with the given cells."""
    return tuple(f"{label}, {lengths}, {cell}" for cell in cells)


def between(name: str, low: float, high: float, words: str, *path: str) -> list[Condition]:
    """Create conditions that require all numbers in a list to lie between two limits."""
    place = ("conditions", name, *path)
    return [each(f"{name}: {words} above {low:.0%}", lambda share: share > low, *place, wrong=low),
            each(f"{name}: {words} below {high:.0%}", lambda share: share < high, *place, wrong=high)]


def of_the_failed(found: dict, place: int) -> float:
    """Compute the accuracy of the failed networks in one range of lengths if the others are always right."""
    return (found["by_length"]["mean"][place] * found["seeds"] - found["solved"]) / (found["seeds"] - found["solved"])


def failed_share(name: str, place: int, words: str, holds, wrong: float) -> Condition:
    """Create a condition on the accuracy of the failed networks in one range of string lengths."""
    def falsify(results: Results) -> Results:
        found = results["conditions"][name]
        mean = (wrong * (found["seeds"] - found["solved"]) + found["solved"]) / found["seeds"]
        return replaced(results, "conditions", name, "by_length", "mean", place, by=mean)

    return Condition(f"{name}: {words}", lambda results: holds(of_the_failed(results["conditions"][name], place)),
                     falsify)


# For each cell, strings of 1 to 50 bits and strings of 50 bits.
EVERY_STEP = {cell: (f"every_step, 1..50, {cell}", f"every_step, 50, {cell}") for cell in CELLS}
SPEED = tuple(EVERY_STEP.values())


def speed(results: Results, cell: str) -> float:
    """Compute the ratio between the numbers of steps for mixed and for fixed string lengths.

    The lengths are 1 to 50 bits and 50 bits, with a label at every step. The number of steps is that by which half of
    the runs have solved the task.
    """
    varying, fixed = (middle(results, name) for name in EVERY_STEP[cell])
    return varying / fixed


def similar_speed(cell: str, words: str, holds, wrong: float) -> Condition:
    """Create a condition on the ratio between the numbers of steps for mixed and for fixed string lengths."""
    varying, fixed = EVERY_STEP[cell]
    return Condition(f"{cell}: {words}", lambda results: holds(speed(results, cell)),
                     lambda results: replaced(results, "conditions", varying, "steps", by=lambda steps: [
                         wrong * middle(results, fixed)] * len(steps)),
                     (("conditions", varying), ("conditions", fixed)))


SOLVED_BY_SOME = (*names("every_step", "50"), *names("every_step", "1..50"), *names("end", "1..50"))

CLAIMS = (
    Claim(
        "end-fixed-never",
        "With a label at the end and every string 50 bits long, none of the four kinds of net solves it with any of 50 "
        "seeds within 8,000 steps.",
        [*never(*names("end", "50")), *(
            value(f"{name}: 50 seeds", lambda seeds: seeds == 50, "conditions", name, "seeds", wrong=49)
            for name in names("end", "50"))]),
    Claim(
        "end-fixed-is-a-coin",
        "Of these nets each one is right on between 40 and 60 % of its last validation strings, and on average over "
        "the seeds of a kind on 45 to 55 % of strings of each length from 1 to 50.",
        [condition for name in names("end", "50") for condition in (
            *between(name, 0.4, 0.6, "each net", "bit_accuracy"),
            *between(name, 0.45, 0.55, "each length", "by_length", "mean"))],
        lambda results: "; ".join(
            f"{named(name)}: each net right on {percent(min(one['bit_accuracy']))} to "
            f"{percent(max(one['bit_accuracy']))} of the strings, the mean at one length from "
            f"{percent(min(one['by_length']['mean']))} to {percent(max(one['by_length']['mean']))}"
            for name, one in ((name, results["conditions"][name]) for name in names("end", "50"))) + "."),
    Claim(
        "end-varying-gated-nets-learn",
        "With a label at the end and lengths from 1 to 50, every LSTM and every GRU solves it, and so more than on "
        "strings of 50 bits (Fisher's exact test, two comparisons with Holm's correction).",
        [*always(*names("end", "1..50", GATED)),
         *more_often(*((f"end, 1..50, {cell}", f"end, 50, {cell}") for cell in GATED))],
        lambda results: rates(results, *names("end", "1..50", GATED))),
    Claim(
        "end-varying-plain-nets",
        "With a label at the end and lengths from 1 to 50, fewer tanh nets and fewer relu nets solve it than LSTMs and "
        "GRUs, and more than on strings of 50 bits (Fisher's exact test, six comparisons with Holm's correction).",
        more_often(*((f"end, 1..50, {gated}", f"end, 1..50, {plain}") for gated in GATED for plain in PLAIN),
                   *((f"end, 1..50, {plain}", f"end, 50, {plain}") for plain in PLAIN)),
        lambda results: rates(results, *names("end", "1..50"))),
    Claim(
        "plain-nets-stop-at-short-strings",
        "The tanh and relu nets that do not solve lengths from 1 to 50 with a label at the end are right, on average, "
        "on more than 60 % of strings of 1 to 5 bits and on fewer than 55 % of those of 46 to 50, if those that solve "
        "it are counted as always right.",
        [condition for name in names("end", "1..50", PLAIN) for condition in (
            failed_share(name, 0, "the failed nets on 1 to 5 bits", lambda share: share > 0.6, 0.55),
            failed_share(name, -1, "the failed nets on 46 to 50 bits", lambda share: share < 0.55, 0.56))],
        lambda results: "; ".join(
            f"{named(name)}: {percent(of_the_failed(one, 0))} of strings of 1 to 5 bits and "
            f"{percent(of_the_failed(one, -1))} of those of 46 to 50"
            for name, one in ((name, results["conditions"][name]) for name in names("end", "1..50", PLAIN))) + "."),
    Claim(
        "every-step-lengths-alike",
        f"With a label at every step, the success rates on strings of 50 bits and of 1 to 50 bits differ by less than "
        f"{100 * MARGIN:.0f} points for tanh nets, LSTMs and GRUs (Newcombe's interval of the difference lies within); "
        f"for relu nets these runs cannot tell.",
        [*same_rate(*(EVERY_STEP[cell] for cell in ("tanh", "lstm", "gru"))), *cannot_tell(EVERY_STEP["relu"])],
        lambda results: rates(results, *names("every_step", "50"), *names("every_step", "1..50"))),
    Claim(
        "every-step-speed-alike",
        "With a label at every step, LSTMs solve lengths from 1 to 50 in fewer steps than 50 bits; for tanh, relu and "
        "GRU nets these runs cannot tell which of the two takes fewer (log-rank test over all runs, four comparisons "
        "with Holm's correction). In these runs the step by which half are solved (Kaplan and Meier's estimate) is on "
        "1 to 50 bits between two thirds and one and a half of that on 50 bits for each kind of net.",
        [sooner(*SPEED)[CELLS.index("lstm")],
         *(cannot_tell_sooner(*SPEED)[CELLS.index(cell)] for cell in ("tanh", "relu", "gru")),
         *(condition for cell in CELLS for condition in (
             similar_speed(cell, "more than two thirds", lambda ratio: ratio > 2 / 3, 0.66),
             similar_speed(cell, "less than one and a half", lambda ratio: ratio < 1.5, 1.5)))],
        lambda results: "Steps on 1 to 50 bits divided by those on 50 bits: " + ", ".join(
            f"{cell} {speed(results, cell):.2f} (p = {power(p)})"
            for cell, p in zip(CELLS, steps_p_values(results, SPEED))) + ", with Holm's correction."),
    Claim(
        "solved-nets-at-10000",
        "Of the nets that solved their task, more than half in each condition (the intervals lie above one half) and "
        "not all GRUs get every bit of 20 random strings of 10,000 bits right, asked after each bit.",
        [*counts("the interval lies above one half", above_half, key="far_exact", of="solved")(*SOLVED_BY_SOME),
         value("not all GRUs", lambda rows: any(
             one["far_exact"] < one["solved"] for name, one in rows.items() if "gru" in name), "conditions",
             wrong=lambda rows: {name: one | {"far_exact": one["solved"]} for name, one in rows.items()})],
        lambda results: "; ".join(
            f"{named(name)}: {one['far_exact']} of {one['solved']} nets, worst accuracy per bit "
            f"{percent(min(one['far']))}"
            for name, one in results["conditions"].items() if one["solved"]) + "."),
)
