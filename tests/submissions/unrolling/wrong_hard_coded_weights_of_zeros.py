"""All weights are 0, so the network always answers even.

loses:
  two-unit-weights-check: after the string "1" (1 bit
"""
# %% two-unit-weights
def two_unit_weights():
    return np.zeros((2, 1)), np.zeros((2, 2)), np.zeros(2), np.zeros((1, 2)), np.zeros(1)
