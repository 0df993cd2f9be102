"""Each answer ends the process, in its own way; a new one is asked next, until there were enough."""

from tests.hostile.bank import ALL

KIND = "dead kernel"
LOSES = ALL
CELLS = {"parity": "SOLUTION\nimport os\nos.abort()", "rnn-step": "SOLUTION\nimport os\nos.kill(os.getpid(), 9)",
         "unroll": "SOLUTION\nimport os\nos.killpg(0, 9)", "two-unit-weights": "SOLUTION\nimport os\nos._exit(0)"}
SAYS = "is not started again"
