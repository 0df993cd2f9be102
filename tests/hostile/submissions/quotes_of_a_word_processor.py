"""One answer was written in a word processor, with its quotes, dashes and spaces; the others are right."""

KIND = "characters"
LOSES = ("two-unit-weights-check",)
CELLS = {"two-unit-weights": "def two_unit_weights():\n\u00a0\u00a0\u00a0\u00a0“My weights”\n    return 3 – 2"}
