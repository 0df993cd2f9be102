"""The step and the loop are not written: they are imported from the checks, which have them to compare with."""

KIND = "ready answer"
LOSES = ("rnn-step-check", "unroll-check")
CELLS = {"rnn-step": "from parity_checks.unrolling import _step as rnn_step",
         "unroll": "from parity_checks.unrolling import states as unroll"}
SAYS = "which is the ready answer"
