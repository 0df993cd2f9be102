"""The course's formula has no bias, the last bit is returned as the parity, and the chapter's U is combined with the
new b.

loses:
  parity-check: this is the last bit
  rnn-step-check: the bias b is missing
  unroll-check: the bias b is missing
  two-unit-weights-check: only half of the substitution
"""
# %% parity: bits.sum(axis=1) % 2 -> bits[:, -1]
# %% rnn-step: h @ V.T + b) -> h @ V.T)
# %% two-unit-weights: [[K], [K]] -> [[2 * K], [2 * K]]
