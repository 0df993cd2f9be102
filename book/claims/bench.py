"""Claims about the speed of the library."""

from .claim import Claim, Condition, replaced

CLAIMS = (
    Claim(
        "mask-beats-packing-on-cpu",
        "On a CPU, forward and backward through strings of 1 to 50 bits takes less time masked than packed, for relu "
        "nets and LSTMs of 4 and 32 units in batches of 8 and 64.",
        [Condition("eight settings", lambda results: len(results["packing"]) >= 8,
                   replaced("packing", by=lambda rows: rows[:-1])),
         *(Condition(f"setting {place + 1}: less time masked",
                     lambda results, place=place: all(row["ratio"] > 1 for row in results["packing"][place:place + 1]),
                     replaced("packing", place, "ratio", by=1.0)) for place in range(8))],
        lambda results: "Time packed divided by time masked: " + "; ".join(
            f"{row['cell']} {row['hidden']}, batch {row['batch']}: {row['ratio']:.1f}"
            for row in results["packing"]) + ".",
        block="measurements",
    ),
    Claim(
        "words-beat-integers",
        "Making strings and parities 64 bits at a time takes at most a fifth of the time of the course's generator and "
        "at most an eighth of its memory.",
        [Condition("a fifth of the time", lambda results: results["generation"]["ratio"] >= 5,
                   replaced("generation", "ratio", by=4.9)),
         Condition("an eighth of the memory", lambda results: results["generation"]["memory_ratio"] >= 8,
                   replaced("generation", "memory_ratio", by=7.9))],
        lambda results: "100,000 strings of 50 bits: {course_ms:.1f} ms against {ours_ms:.1f} ms; peak "
                        "{course_mib:.0f} MiB against {ours_mib:.1f} MiB.".format(**results["generation"]),
        block="measurements",
    ),
)
