"""A zero character has got into one answer, which no Python reads; the others are right."""

KIND = "characters"
LOSES = ("unroll-check",)
CELLS = {"unroll": "SOLUTION\n# \x00"}
