"""Claims about networks that are correct on strings of every length.

They compare numbers of updates, and random strings with strings that have long runs.
"""

from .claim import Claim, Path, Results, at
from .rates import above_half, cannot_tell, counts, more_often

CELLS, DATA, UPDATES = ("tanh", "lstm", "gru"), ("random", "runs"), (1000, 10_000)


def row(cell: str, data: str, updates: int) -> Path:
    """Return the path to a kind of network in the results."""
    return "nets", f"{cell} 8, {data}, {updates} updates"


def of(cell: str) -> list[Path]:
    """Return the paths to all kinds of networks with a given cell."""
    return [row(cell, data, updates) for data in DATA for updates in UPDATES]


# Families of comparisons: longer training, and runs in the strings.
LONGER = [(row(cell, data, 10_000), row(cell, data, 1000)) for cell in CELLS for data in DATA]
RUNS = [(row(cell, "runs", updates), row(cell, "random", updates)) for cell in CELLS for updates in UPDATES]
BOTH = LONGER + RUNS
LEARNED_LATER = BOTH.index((row("tanh", "runs", 10_000), row("tanh", "runs", 1000)))


most_certified = counts("most certified", above_half, key="certified", of="seeds")
none_certified = counts("none certified", lambda count, of: count == 0, key="certified", of="solved")
most_refuted = counts("most refuted", above_half, key="refuted", of="solved")
none_refuted = counts("none refuted", lambda count, of: count == 0, key="refuted", of="solved")


def show(results: Results, *cells: str) -> str:
    """Summarise the verdicts for each kind of network."""
    return "; ".join("{}: of {seeds} seeds {solved} learned, {certified} certified, {refuted} refuted, {undecided} "
                     "undecided".format(path[1], **at(results, *path)) for cell in cells for path in of(cell)) + "."


CLAIMS = (
    Claim(
        "tanh-can-be-right-for-ever",
        "Of tanh nets of eight units, most seeds are certified after 10,000 updates, on random strings and on strings "
        "with runs (the intervals lie above one half), and none is refuted after 1,000 or 10,000.",
        [*most_certified(*(row("tanh", data, 10_000) for data in DATA)), *none_refuted(*of("tanh"))],
        lambda results: show(results, "tanh")),
    Claim(
        "more-grus-refuted",
        "For each kind of strings and number of updates, more GRUs are refuted than LSTMs, and more LSTMs than tanh "
        "nets (Fisher's exact test over fifty seeds each, eight comparisons with Holm's correction).",
        more_often(*(pair for more, fewer in (("gru", "lstm"), ("lstm", "tanh")) for pair in zip(of(more), of(fewer))),
                   key="refuted"),
        lambda results: show(results, *CELLS)),
    Claim(
        "no-gru-for-ever",
        "No GRU is certified, and of those that learned most are refuted, for each kind of strings and number of "
        "updates (the intervals lie above one half).",
        [*none_certified(*of("gru")), *most_refuted(*of("gru"))],
        lambda results: show(results, "gru")),
    Claim(
        "updates-and-runs-cannot-tell",
        "Whether ten times the updates, or runs in the strings, let more nets or fewer be certified, these runs cannot "
        "tell, but for tanh nets on strings with runs, of which more are certified after 10,000 updates than after "
        "1,000 (Fisher's exact test over fifty seeds each, twelve comparisons with Holm's correction).",
        [*(condition for place, condition in enumerate(cannot_tell(*BOTH, key="certified")) if place != LEARNED_LATER),
         more_often(*BOTH, key="certified")[LEARNED_LATER]],
        lambda results: show(results, *CELLS)),
    Claim(
        "updates-and-runs-refute-alike",
        "Nor can these runs tell whether more or fewer are refuted (Fisher's exact test over fifty seeds each, twelve "
        "comparisons with Holm's correction).",
        cannot_tell(*BOTH, key="refuted"),
        lambda results: show(results, *CELLS)),
)
