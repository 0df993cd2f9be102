"""Every time step starts from h0 again, and rnn_step returns the change of the state.

loses:
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: the new state is not carried
"""
# %% rnn-step: np.tanh(x @ U.T + h @ V.T + b) -> np.tanh(x @ U.T + h @ V.T + b) - h
# %% unroll: rnn_step(xs[:, t], h, U, V, b) -> np.tanh(xs[:, t] @ U.T + h0 @ V.T + b)
