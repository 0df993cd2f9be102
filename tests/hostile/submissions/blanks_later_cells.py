"""Task 1 is right; with it comes an input transformer that makes every later cell empty."""

KIND = "transformers"
LOSES = ("rnn-step-check", "unroll-check", "two-unit-weights-check")
CELLS = {"parity": "SOLUTION\nget_ipython().input_transformers_cleanup.append(lambda lines: [])"}
