"""The weights are one array with 24 axes, which a message would take hours to show."""

KIND = "slow to read"
LOSES = ("two-unit-weights-check",)
CELLS = {"two-unit-weights": "def two_unit_weights():\n    return np.zeros((2,) * 24, dtype=np.uint8)"}
SAYS = "an array of shape (2, 2, 2"
