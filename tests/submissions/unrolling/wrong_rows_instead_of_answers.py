"""The numbers of the odd rows are returned, the bias is multiplied by V, the inputs come one time step late, and the
network changes its answer without looking at the bit.

loses:
  parity-check: parity of [[0 0 0] [1 0 0] [1 1 0] [1 1 1]], an array of shape (4, 3)
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: The first state is wrong already. Does the check of `rnn_step` above pass? If
  two-unit-weights-check: This is not one of the usual mistakes. Write down U x' + V h + b for each of
"""
# %% parity
def parity(bits):
    return np.flatnonzero(bits.sum(axis=1) % 2)
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + (h + b) @ V.T)
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, max(t - 1, 0)], h, U, V, b)
        states.append(h)
    return np.stack(states, axis=1)
# %% two-unit-weights
def two_unit_weights():
    return (np.zeros((2, 1)), np.array([[-3.0, 0.0], [0.0, -3.0]]), np.array([0.1, 0.0]),
            np.array([[1.0, 0.0]]), np.array([0.0]))
