"""The function returns the sum without the remainder, and the time step has no tanh.

loses:
  parity-check: this is the count of ones
  rnn-step-check: the activation tanh is missing
  unroll-check: The first state is wrong already
"""
# %% parity
def parity(bits):
    return bits.sum(axis=1)
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return x @ U.T + h @ V.T + b
