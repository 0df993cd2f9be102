"""Claims about the speed of the library."""

from itertools import product

from .claim import Claim, number, value

SETTINGS = [*product(("relu", "lstm"), (4, 32), (8, 64))]

BENCH = {
    "mask-beats-packing-on-cpu": Claim(
        "On a CPU, the forward and backward passes through strings of 1 to 50 bits take less time with a mask than "
        "with packing, for relu networks and LSTMs of 4 and 32 units in batches of 8 and 64 strings.",
        [value("the eight settings",
               lambda rows: [(row["cell"], row["hidden"], row["batch"]) for row in rows] == SETTINGS,
               "packing", wrong=lambda rows: [*rows, rows[0]]),
         *(number("{} {}, batch {}".format(*setting), "Time with packing divided by time with a mask", "packing", place,
                  "ratio").above(1.0) for place, setting in enumerate(SETTINGS))],
        block="measurements"),
    "words-beat-integers": Claim(
        "Generating strings and parities 64 bits at a time takes at most a fifth of the time that the notebook's "
        "generator takes, and at most an eighth of its memory.",
        [number("time", "The notebook's generator divided by ours", "generation", "ratio").above(5.0),
         number("memory", "The notebook's generator divided by ours", "generation", "memory_ratio").above(8.0)],
        block="measurements"),
}
