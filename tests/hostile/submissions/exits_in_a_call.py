"""Functions leave by sys.exit and by the stop button's error when a test calls them; one is right."""

KIND = "exit"
LOSES = ("parity-check", "rnn-step-check", "unroll-check")
CELLS = {"parity": "import sys\n\ndef parity(bits):\n    sys.exit(0)",
         "rnn-step": "def rnn_step(*given):\n    raise KeyboardInterrupt",
         "unroll": "def unroll(*given):\n    exit()"}
