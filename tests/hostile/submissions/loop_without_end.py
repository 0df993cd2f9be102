"""A cell has a loop without end, and what it had defined before counts; another loop is in a function under test."""

KIND = "endless"
LOSES = ("unroll-check",)
CELLS = {"parity": "SOLUTION\nwhile True:\n    pass", "compare-with-pytorch": "",
         "unroll": "def unroll(*given):\n    while True:\n        pass"}
SAYS = "`unroll` does not finish: this cell ran for more than"
