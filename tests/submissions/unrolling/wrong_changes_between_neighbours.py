"""The changes between neighbouring bits are counted, tanh is cut off instead of curved, unroll is linear with tanh at
the end, and the state before the first bit stands for neither parity.

loses:
  parity-check: parity of [[0 0 0] [1 0 0] [1 1 0] [1 1 1]], an array of shape (4, 3)
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: The first state is correct and a later one is not.
  two-unit-weights-check: This is not one of the usual mistakes. Write down U x' + V h + b for each of
"""
# %% parity
def parity(bits):
    return np.abs(np.diff(bits, axis=1)).sum(axis=1) % 2
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.clip(x @ U.T + h @ V.T + b, -1, 1)
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = xs[:, t] @ U.T + h @ V.T + b
        states.append(np.tanh(h))
    return np.stack(states, axis=1)
# %% two-unit-weights
def two_unit_weights():
    K = 5.0
    return (np.array([[K], [-K]]), K * np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([-K, K]),
            np.array([[1.0, -1.0]]), np.array([-1.0]))
