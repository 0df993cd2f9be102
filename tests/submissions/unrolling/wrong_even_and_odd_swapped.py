"""The function returns 1 for even and 0 for odd, and the output of the network is positive for even.

loses:
  parity-check: even and odd are swapped
  two-unit-weights-check: the answers are the wrong way round
"""
# %% parity: bits.sum(axis=1) % 2 -> (bits.sum(axis=1) + 1) % 2
# %% two-unit-weights: [[10.0, -10.0]] -> [[-10.0, 10.0]]
# %% two-unit-weights: c = np.array([-10.0]) -> c = np.array([10.0])
