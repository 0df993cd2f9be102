"""The sum runs down the batch, and the states are stacked with the time steps first.

loses:
  parity-check: the sum runs down the batch
  unroll-check: the time steps come first
"""
# %% parity
def parity(bits):
    return bits.sum(axis=0) % 2
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, t], h, U, V, b)
        states.append(h)
    return np.stack(states)
