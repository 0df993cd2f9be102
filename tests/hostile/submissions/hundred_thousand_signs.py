"""One answer is a hundred thousand minus signs, the next a line of two megabytes, which is right."""

KIND = "characters"
LOSES = ("parity-check",)
CELLS = {"parity": "-" * 100_000 + "1", "rnn-step": "SOLUTION\n# " + "x" * 2_000_000}
