"""The function returns the sum without the remainder, and the time step has no tanh.

loses:
  parity-check: this is the count of ones
  rnn-step-check: the activation tanh is missing
  unroll-check: The first state is wrong already
"""
# %% parity: bits.sum(axis=1) % 2 -> bits.sum(axis=1)
# %% rnn-step: np.tanh(x @ U.T + h @ V.T + b) -> x @ U.T + h @ V.T + b
