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
    """Return the accuracy of the failed networks in one range of lengths, if all other networks are always correct."""
    def read(results: Results) -> float:
        row = results["conditions"][name]
        return (row["by_length"]["mean"][place] * row["seeds"] - row["solved"]) / (row["seeds"] - row["solved"])

    def write(results: Results, wrong: float) -> Results:
        row = results["conditions"][name]
        return replaced(results, "conditions", name, "by_length", "mean", place,
                        by=(wrong * (row["seeds"] - row["solved"]) + row["solved"]) / row["seeds"])
    return Number(named(name), f"Correct on strings of {lengths} bits", read, write, percent)


def speed(cell: str) -> Number:
    """Return the ratio between the numbers of updates for varying and for fixed lengths.

    Each of them is the number of updates after which half of the runs have solved the task.
    """
    varying, fixed = EVERY_STEP[cell]
    return Number(cell, "Updates on 1 to 50 bits divided by those on 50 bits",
                  lambda results: middle(results, varying) / middle(results, fixed),
                  lambda results, wrong: replaced(results, "conditions", varying, "steps", by=lambda steps: [
                      wrong * middle(results, fixed)] * len(steps)),
                  reads=(path_to(varying), path_to(fixed)))


TWO_BY_TWO = {
    "end-fixed-never": Claim(
        "With a label at the end and strings that all have 50 bits, no network of any of the four kinds solves the "
        "task within 8,000 updates, with any of 50 seeds.",
        [*never(*END_FIXED.values()),
         *(value(f"{name}: 50 seeds", lambda seeds: seeds == 50, "conditions", name, "seeds", wrong=49)
           for name in END_FIXED.values())]),
    "end-fixed-is-a-coin": Claim(
        "Each network that was trained on strings of 50 bits with a label at the end is correct on between 40 and 60 % "
        "of its last validation strings. On average over the seeds of a kind, the networks are correct on 45 to 55 % "
        "of the strings of each length from 1 to 50.",
        [condition for cell, name in END_FIXED.items() for condition in (
            *each_between(cell, "Each network", 0.4, 0.6, "conditions", name, "bit_accuracy", form=percent),
            *each_between(cell, "Each length", 0.45, 0.55, "conditions", name, "by_length", "mean", form=percent))]),
    "end-varying-gated-nets-learn": Claim(
        "With a label at the end and lengths from 1 to 50, every LSTM and every GRU solves the task, so more of them "
        "solve it than on strings of 50 bits (Fisher's exact test, two comparisons with Holm's correction).",
        [*always(*(END_VARYING[cell] for cell in GATED)),
         *more_often(*((END_VARYING[cell], END_FIXED[cell]) for cell in GATED))]),
    "end-varying-plain-nets": Claim(
        "With a label at the end and lengths from 1 to 50, fewer tanh networks and fewer relu networks than LSTMs and "
        "GRUs solve the task, but more of them solve it than on strings of 50 bits (Fisher's exact test, six "
        "comparisons with Holm's correction).",
        more_often(*((END_VARYING[gated], END_VARYING[plain]) for gated in GATED for plain in PLAIN),
                   *((END_VARYING[plain], END_FIXED[plain]) for plain in PLAIN))),
    "plain-nets-stop-at-short-strings": Claim(
        "Some tanh and relu networks do not solve the task with a label at the end and lengths from 1 to 50. On "
        "average, they are correct on more than 60 % of the strings of 1 to 5 bits and on fewer than 55 % of the "
        "strings of 46 to 50 bits, if the networks that solve the task are counted as always correct.",
        [condition for cell in PLAIN for condition in (
            of_the_failed(END_VARYING[cell], 0, "1 to 5").above(0.6),
            of_the_failed(END_VARYING[cell], -1, "46 to 50").below(0.55))]),
    "every-step-lengths-alike": Claim(
        f"With a label at every time step, the success rates on strings of 50 bits and of 1 to 50 bits differ by less "
        f"than {100 * MARGIN:.0f} percentage points for tanh networks, LSTMs and GRUs (Newcombe's interval of the "
        f"difference lies within this margin). For relu networks, we cannot tell from these runs.",
        [*same_rate(*(EVERY_STEP[cell] for cell in ("tanh", "lstm", "gru"))), *cannot_tell(EVERY_STEP["relu"])]),
    "every-step-speed-alike": Claim(
        "With a label at every time step, LSTMs solve lengths from 1 to 50 in fewer updates than strings of 50 bits; "
        "for tanh networks, relu networks and GRUs, we cannot tell from these runs which of the two takes fewer "
        "updates (log-rank test over all runs, four comparisons with Holm's correction). In these runs, the number of "
        "updates after which half of the runs have solved the task (Kaplan and Meier's estimate) is, for each kind of "
        "network, between two thirds and one and a half times as large on 1 to 50 bits as on 50 bits.",
        [sooner(*EVERY_STEP.values())[CELLS.index("lstm")],
         *(cannot_tell_sooner(*EVERY_STEP.values())[CELLS.index(cell)] for cell in ("tanh", "relu", "gru")),
         *(condition for cell in CELLS for condition in (speed(cell).above(2 / 3), speed(cell).below(1.5)))]),
    "solved-nets-at-10000": Claim(
        "In each condition, more than half of the networks that solved their task are correct at every bit of 20 "
        "random strings of 10,000 bits, with an answer after each bit (the intervals lie above one half). Not all of "
        "them are.",
        [*counts("the interval lies above one half", above(1 / 2), ("far_exact",), "solved")(
            *STEP_FIXED.values(), *STEP_VARYING.values(), *END_VARYING.values()),
         value("not all", lambda rows: any(row["far_exact"] < row["solved"] for row in rows.values()), "conditions",
             wrong=lambda rows: {name: row | {"far_exact": row["solved"]} for name, row in rows.items()})]),
}
