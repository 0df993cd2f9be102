"""Claims about the speed of the library."""

from .claim import Claim, Condition, replaced, value

CLAIMS = (
    Claim(
        "mask-beats-packing-on-cpu",
        "On a CPU, forward and backward through strings of 1 to 50 bits takes less time masked than packed, for relu "
        "nets and LSTMs of 4 and 32 units in batches of 8 and 64.",
        [value("eight settings", lambda rows: len(rows) >= 8, "packing", wrong=lambda rows: rows[:-1]),
         *(Condition(f"setting {place + 1}: less time masked",
                     lambda results, place=place: all(row["ratio"] > 1 for row in results["packing"][place:place + 1]),
                     lambda results, place=place: replaced(results, "packing", place, "ratio", by=1.0))
           for place in range(8))],
        lambda results: "Time packed divided by time masked: " + "; ".join(
            f"{row['cell']} {row['hidden']}, batch {row['batch']}: {row['ratio']:.1f}"
            for row in results["packing"]) + ".",
        block="measurements"),
    Claim(
        "words-beat-integers",
        "Making strings and parities 64 bits at a time takes at most a fifth of the time of the course's generator and "
        "at most an eighth of its memory.",
        [value("a fifth of the time", lambda ratio: ratio >= 5, "generation", "ratio", wrong=4.9),
         value("an eighth of the memory", lambda ratio: ratio >= 8, "generation", "memory_ratio", wrong=7.9)],
        lambda results: "100,000 strings of 50 bits: {course_ms:.1f} ms against {ours_ms:.1f} ms; peak "
                        "{course_mib:.0f} MiB against {ours_mib:.1f} MiB.".format(**results["generation"]),
        block="measurements"),
)
