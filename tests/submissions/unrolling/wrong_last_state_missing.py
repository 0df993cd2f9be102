"""The state is appended before the time step, so the result contains h0 and lacks the last state.

loses:
  unroll-check: is in the result and the last state is not
"""
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        states.append(h)
        h = rnn_step(xs[:, t], h, U, V, b)
    return np.stack(states, axis=1)
