"""Every time step starts from h0 again, and rnn_step returns the change of the state.

loses:
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: the new state is not carried
"""
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + h @ V.T + b) - h
# %% unroll
def unroll(xs, h0, U, V, b):
    return np.stack([np.tanh(xs[:, t] @ U.T + h0 @ V.T + b) for t in range(xs.shape[1])], axis=1)
