"""The string is read from its end, and the time step leaves the old state out.

loses:
  rnn-step-check: the old state h is not used
  unroll-check: The first state is wrong already
"""
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + b)
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in reversed(range(xs.shape[1])):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    return np.stack(states, axis=1)
