"""The sum runs over the whole batch, and the states are joined along the units.

loses:
  parity-check: one answer for the whole batch
  unroll-check: unroll with a batch of 2, 5 time steps and 3 hidden units
"""
# %% parity
def parity(bits):
    return np.sum(bits) % 2
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, t], h, U, V, b)
        states.append(h)
    return np.concatenate(states, axis=1)
