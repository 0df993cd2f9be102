"""The student writes `h @ V` instead of `h @ V.T`, which raises no error because V is square. V is transposed in the
weights as well.

loses:
  rnn-step-check: V is transposed
  unroll-check: The first state is wrong already
  two-unit-weights-check: V is transposed
"""
# %% rnn-step: h @ V.T -> h @ V
# %% two-unit-weights: [[K, -K], [K, -K]] -> [[K, K], [-K, -K]]
