"""The bias is added to the result of tanh, in rnn_step but not in unroll. In the weights, U is halved and the bias is
forgotten.

loses:
  rnn-step-check: the bias is added after tanh
  two-unit-weights-check: This is not one of the usual mistakes
"""
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + h @ V.T) + b
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    return np.stack(states, axis=1)
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U = np.array([[K], [K]])
    V = np.array([[K, -K], [K, -K]])
    return U, V, np.array([-K, -3 * K]), np.array([[10.0, -10.0]]), np.array([-10.0])
