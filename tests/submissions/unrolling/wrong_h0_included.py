"""The states begin with h0, the parity is returned after every bit, and only four arrays of weights are returned.

loses:
  parity-check: the parity after every bit
  unroll-check: is in the result; return the states
  two-unit-weights-check: return all of them, in this order
"""
# %% parity: bits.sum(axis=1) % 2 -> np.cumsum(bits, axis=1) % 2
# %% unroll: h, states = h0, [] -> h, states = h0, [h0]
# %% two-unit-weights: return U, V, b, W, c -> return U, V, b, W
