"""The weights are a list of millions, the parity a dict of as many names."""

KIND = "slow to read"
LOSES = ("parity-check", "two-unit-weights-check")
CELLS = {"parity": '''
def parity(bits):
    return {str(number): 0 for number in range(1_000_000)}
''', "two-unit-weights": "def two_unit_weights():\n    return [0] * 9_000_000"}
