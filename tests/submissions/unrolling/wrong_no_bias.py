"""The course's formula has no bias, the last bit is returned as the parity, and the chapter's U is combined with the
new b.

loses:
  parity-check: parity of [[0 0 0] [1 0 0] [1 1 0] [1 1 1]], an array of shape (4, 3)
  rnn-step-check: the bias b is missing
  unroll-check: The first state is wrong already
  two-unit-weights-check: only half of the substitution
"""
# %% parity: bits.sum(axis=1) % 2 -> bits[:, -1]
# %% rnn-step: h @ V.T + b) -> h @ V.T)
# %% two-unit-weights: [[K], [K]] -> [[2 * K], [2 * K]]
