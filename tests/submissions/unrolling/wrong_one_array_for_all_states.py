"""The new state is written into the old one, so that the list holds one array many times.

loses:
  unroll-check: All time steps show the last state, because the same array was changed in place
"""
# %% rnn-step
def rnn_step(x, h, U, V, b):
    h[...] = np.tanh(x @ U.T + h @ V.T + b)
    return h
