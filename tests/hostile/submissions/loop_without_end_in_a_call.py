"""A function under test has a loop without end; its test costs its points, the others do not."""

KIND = "endless"
LOSES = ("unroll-check",)
CELLS = {"unroll": "def unroll(*given):\n    while True:\n        pass", "compare-with-pytorch": ""}
SAYS = "`unroll` does not finish: this cell ran for more than"
