"""The weights are those of the chapter, which are for bits 0 and 1.

loses:
  two-unit-weights-check: These weights fit bits coded as 0 and 1
"""
# %% two-unit-weights: [[K], [K]] -> [[2 * K], [2 * K]]
# %% two-unit-weights: [0.0, -2 * K] -> [-K, -3 * K]
