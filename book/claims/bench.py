"""Claims about the speed of the library."""

from itertools import product

from .claim import Claim, number, value

SETTINGS = [*product(("relu", "lstm"), (4, 32), (8, 64))]

BENCH = {
    "mask-beats-packing-on-cpu": Claim(
        "On a CPU, forward and backward through strings of 1 to 50 bits takes less time masked than packed, for relu "
        "nets and LSTMs of 4 and 32 units in batches of 8 and 64.",
        [value("the eight settings",
               lambda rows: [(row["cell"], row["hidden"], row["batch"]) for row in rows] == SETTINGS,
               "packing", wrong=lambda rows: [*rows, rows[0]]),
         *(number("{} {}, batch {}".format(*setting), "Time packed divided by time masked", "packing", place, "ratio")
           .above(1.0) for place, setting in enumerate(SETTINGS))],
        block="measurements"),
    "words-beat-integers": Claim(
        "Making strings and parities 64 bits at a time takes at most a fifth of the time of the course's generator and "
        "at most an eighth of its memory.",
        [number("time", "The course's generator divided by ours", "generation", "ratio").above(5.0),
         number("memory", "The course's generator divided by ours", "generation", "memory_ratio").above(8.0)],
        block="measurements"),
}
