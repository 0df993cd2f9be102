"""A cell has a loop without end; what it had defined before counts."""

KIND = "endless"
LOSES = ()
CELLS = {"parity": "SOLUTION\nwhile True:\n    pass"}
SAYS = "Does it contain a loop that never ends"
