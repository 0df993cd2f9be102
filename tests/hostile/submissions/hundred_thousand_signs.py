"""One answer is a hundred thousand minus signs, one a line of two megabytes, which is right, one has a zero."""

KIND = "characters"
LOSES = ("parity-check", "unroll-check")
CELLS = {"parity": "-" * 100_000 + "1", "rnn-step": "SOLUTION\n# " + "x" * 2_000_000, "unroll": "SOLUTION\n# \x00"}
