"""Cells end with sys.exit() and with the stop button's error, which costs nothing; functions that do so are wrong."""

KIND = "exit"
LOSES = ("rnn-step-check", "unroll-check")
CELLS = {"parity": "SOLUTION\nimport sys\nsys.exit()", "two-unit-weights": "SOLUTION\nraise KeyboardInterrupt",
         "rnn-step": "def rnn_step(*given):\n    raise KeyboardInterrupt",
         "unroll": "def unroll(*given):\n    exit()"}
