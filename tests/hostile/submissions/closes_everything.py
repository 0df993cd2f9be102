"""A cell closes all files and sockets of its process, those to the grader among them; the others are right."""

KIND = "signals"
LOSES = ("parity-check",)
CELLS = {"parity": "SOLUTION\nimport os\nos.closerange(3, 4096)"}
