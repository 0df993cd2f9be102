"""The loop starts from zeros, as in the chapter.

loses:
  unroll-check: the loop starts from zeros
"""
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = np.zeros((len(xs), len(b))), []
    for t in range(xs.shape[1]):
        h = rnn_step(xs[:, t], h, U, V, b)
        states.append(h)
    return np.stack(states, axis=1)
