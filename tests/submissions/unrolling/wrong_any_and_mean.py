"""The question is whether there is a one at all, every string gets the mean input of its batch, and all strings start
from the first row of h0.

loses:
  parity-check: parity of [[0 0 0] [1 0 0] [1 1 0] [1 1 1]], an array of shape (4, 3)
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: The first state is wrong already. Does the check of `rnn_step` above pass? If
"""
# %% parity
def parity(bits):
    return 1 - np.prod(1 - bits, axis=1)
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(np.mean(x) * U[:, 0] + h @ V.T + b)
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = np.repeat(h0[:1], len(xs), axis=0), []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    return np.stack(states, axis=1)
