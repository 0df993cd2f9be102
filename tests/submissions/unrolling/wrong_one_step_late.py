"""An index slip: step t reads the bit before, and the first step reads the last bit.

loses:
  unroll-check: unroll with a batch of 2, 5 time steps and 3 hidden units
"""
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, t - 1], h, U, V, b)
        states.append(h)
    return np.stack(states, axis=1)
