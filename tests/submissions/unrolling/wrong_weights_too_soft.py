"""With K = 1.15, the network is correct on all strings of 12 bits and on random strings, but loses a one that many
zeros follow.

loses:
  two-unit-weights-check: the units are not sharp enough, so the state drifts
"""
# %% two-unit-weights: K = 3.0 -> K = 1.15
