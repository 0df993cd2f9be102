"""Claims about the four combinations of label position and data set."""

from .claim import Claim, Number, Results, each_between, replaced, value
from .rates import (
    MARGIN,
    above,
    always,
    cannot_tell,
    cannot_tell_sooner,
    counts,
    middle,
    more_often,
    never,
    path_to,
    same_rate,
    sooner,
)
from .words import named, percent

PLAIN, GATED = ("tanh", "relu"), ("lstm", "gru")
CELLS = (*PLAIN, *GATED)
END_FIXED, END_VARYING, STEP_FIXED, STEP_VARYING = (
    {cell: f"{label}, {lengths}, {cell}" for cell in CELLS} for label in ("end", "every_step")
    for lengths in ("50", "1..50"))
EVERY_STEP = {cell: (STEP_VARYING[cell], STEP_FIXED[cell]) for cell in CELLS}


def of_the_failed(name: str, place: int, lengths: str) -> Number:
    """Return the accuracy of the failed networks in one range of lengths if the others are always right."""
    def read(results: Results) -> float:
        row = results["conditions"][name]
        return (row["by_length"]["mean"][place] * row["seeds"] - row["solved"]) / (row["seeds"] - row["solved"])

    def write(results: Results, wrong: float) -> Results:
        row = results["conditions"][name]
        return replaced(results, "conditions", name, "by_length", "mean", place,
                        by=(wrong * (row["seeds"] - row["solved"]) + row["solved"]) / row["seeds"])
    return Number(named(name), f"Right on strings of {lengths} bits", read, write, percent)


def speed(cell: str) -> Number:
    """Return the ratio between the numbers of steps for mixed and for fixed string lengths.

    The number of steps is that by which half of the runs have solved the task.
    """
    varying, fixed = EVERY_STEP[cell]
    return Number(cell, "Steps on 1 to 50 bits divided by those on 50 bits",
                  lambda results: middle(results, varying) / middle(results, fixed),
                  lambda results, wrong: replaced(results, "conditions", varying, "steps", by=lambda steps: [
                      wrong * middle(results, fixed)] * len(steps)),
                  reads=(path_to(varying), path_to(fixed)))


TWO_BY_TWO = {
    "end-fixed-never": Claim(
        "With a label at the end and every string 50 bits long, none of the four kinds of net solves it with any of 50 "
        "seeds within 8,000 steps.",
        [*never(*END_FIXED.values()),
         *(value(f"{name}: 50 seeds", lambda seeds: seeds == 50, "conditions", name, "seeds", wrong=49)
           for name in END_FIXED.values())]),
    "end-fixed-is-a-coin": Claim(
        "Of these nets each one is right on between 40 and 60 % of its last validation strings, and on average over "
        "the seeds of a kind on 45 to 55 % of strings of each length from 1 to 50.",
        [condition for cell, name in END_FIXED.items() for condition in (
            *each_between(cell, "Each net", 0.4, 0.6, "conditions", name, "bit_accuracy", form=percent),
            *each_between(cell, "Each length", 0.45, 0.55, "conditions", name, "by_length", "mean", form=percent))]),
    "end-varying-gated-nets-learn": Claim(
        "With a label at the end and lengths from 1 to 50, every LSTM and every GRU solves it, and so more than on "
        "strings of 50 bits (Fisher's exact test, two comparisons with Holm's correction).",
        [*always(*(END_VARYING[cell] for cell in GATED)),
         *more_often(*((END_VARYING[cell], END_FIXED[cell]) for cell in GATED))]),
    "end-varying-plain-nets": Claim(
        "With a label at the end and lengths from 1 to 50, fewer tanh nets and fewer relu nets solve it than LSTMs and "
        "GRUs, and more than on strings of 50 bits (Fisher's exact test, six comparisons with Holm's correction).",
        more_often(*((END_VARYING[gated], END_VARYING[plain]) for gated in GATED for plain in PLAIN),
                   *((END_VARYING[plain], END_FIXED[plain]) for plain in PLAIN))),
    "plain-nets-stop-at-short-strings": Claim(
        "The tanh and relu nets that do not solve lengths from 1 to 50 with a label at the end are right, on average, "
        "on more than 60 % of strings of 1 to 5 bits and on fewer than 55 % of those of 46 to 50, if those that solve "
        "it are counted as always right.",
        [condition for cell in PLAIN for condition in (
            of_the_failed(END_VARYING[cell], 0, "1 to 5").above(0.6),
            of_the_failed(END_VARYING[cell], -1, "46 to 50").below(0.55))]),
    "every-step-lengths-alike": Claim(
        f"With a label at every step, the success rates on strings of 50 bits and of 1 to 50 bits differ by less than "
        f"{100 * MARGIN:.0f} points for tanh nets, LSTMs and GRUs (Newcombe's interval of the difference lies within); "
        f"for relu nets these runs cannot tell.",
        [*same_rate(*(EVERY_STEP[cell] for cell in ("tanh", "lstm", "gru"))), *cannot_tell(EVERY_STEP["relu"])]),
    "every-step-speed-alike": Claim(
        "With a label at every step, LSTMs solve lengths from 1 to 50 in fewer steps than 50 bits; for tanh, relu and "
        "GRU nets these runs cannot tell which of the two takes fewer (log-rank test over all runs, four comparisons "
        "with Holm's correction). In these runs the step by which half are solved (Kaplan and Meier's estimate) is on "
        "1 to 50 bits between two thirds and one and a half of that on 50 bits for each kind of net.",
        [sooner(*EVERY_STEP.values())[CELLS.index("lstm")],
         *(cannot_tell_sooner(*EVERY_STEP.values())[CELLS.index(cell)] for cell in ("tanh", "relu", "gru")),
         *(condition for cell in CELLS for condition in (speed(cell).above(2 / 3), speed(cell).below(1.5)))]),
    "solved-nets-at-10000": Claim(
        "Of the nets that solved their task, more than half in each condition (the intervals lie above one half) and "
        "not all GRUs get every bit of 20 random strings of 10,000 bits right, asked after each bit.",
        [*counts("the interval lies above one half", above(1 / 2), ("far_exact",), "solved")(
            *STEP_FIXED.values(), *STEP_VARYING.values(), *END_VARYING.values()),
         value("not all GRUs", lambda rows: any(
             row["far_exact"] < row["solved"] for name, row in rows.items() if "gru" in name), "conditions",
             wrong=lambda rows: {name: row | {"far_exact": row["solved"]} for name, row in rows.items()})]),
}
