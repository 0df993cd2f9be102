"""A cell closes all files and sockets of its process, including those to the grader; the others are correct."""

KIND = "signals"
LOSES = ("parity-check",)
CELLS = {"parity": "SOLUTION\nimport os\nos.closerange(3, 4096)"}
