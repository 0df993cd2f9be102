"""The states are [batch, units, steps], the activation is relu instead of tanh, and V is correct for bits 0 and 1 only
in its signs.

loses:
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: The axes are in a different order
  two-unit-weights-check: this is not one of the usual mistakes
"""
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.maximum(x @ U.T + h @ V.T + b, 0)
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    return np.stack(states, axis=2)
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V = np.array([[K], [K]]), np.array([[K, K], [K, K]])
    return U, V, np.array([0.0, -2 * K]), np.array([[10.0, -10.0]]), np.array([-10.0])
