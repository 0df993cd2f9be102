"""Some weights are rows instead of columns, the activation is a sigmoid instead of tanh, and the input is not used.

loses:
  two-unit-weights-check: two axes are swapped
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: The first state is wrong already
"""
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return 1 / (1 + np.exp(-(x @ U.T + h @ V.T + b)))
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = np.tanh(h @ V.T + b)
        states.append(h)
    return np.stack(states, axis=1)
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V = np.array([[K, K]]), np.array([[K, -K], [K, -K]])
    return U, V, np.array([0, -2 * K]), np.array([[10., -10.]]), np.array([-10.])
