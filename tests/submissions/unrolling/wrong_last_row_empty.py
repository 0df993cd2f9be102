"""The array for the states is as long as the string, but the loop ends one step early, so its last row stays empty.

loses:
  unroll-check: does the loop end one time step early
"""
# %% unroll
def unroll(xs, h0, U, V, b):
    states, h = np.zeros((len(xs), xs.shape[1], len(b))), h0
    for t in range(xs.shape[1] - 1):
        h = states[:, t] = rnn_step(xs[:, t], h, U, V, b)
    return states
