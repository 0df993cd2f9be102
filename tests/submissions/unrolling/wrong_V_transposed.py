"""The student writes `h @ V` instead of `h @ V.T`, which raises no error because V is square. V is transposed in the
weights as well.

loses:
  rnn-step-check: V is transposed
  unroll-check: The first state is wrong already
  two-unit-weights-check: V is transposed
"""
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + h @ V + b)
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V = np.array([[K], [K]]), np.array([[K, K], [-K, -K]])
    return U, V, np.array([0.0, -2 * K]), np.array([[10.0, -10.0]]), np.array([-10.0])
