"""The network is correct until a one is followed by 34,422 zeros.

loses:
  two-unit-weights-check: no string with an error was found, but nothing is proved
"""
# %% two-unit-weights: K = 3.0 -> K = 1.16510637
