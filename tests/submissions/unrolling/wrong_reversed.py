"""The string is read from its end, and the time step leaves the old state out.

loses:
  rnn-step-check: the old state h is not used
  unroll-check: The first state is wrong already
"""
# %% rnn-step: x @ U.T + h @ V.T + b -> x @ U.T + b
# %% unroll: rnn_step(xs[:, t], h, U, V, b) -> np.tanh(xs[:, t] @ U.T + h @ V.T + b)
# %% unroll: range(xs.shape[1]) -> reversed(range(xs.shape[1]))
