"""The course's formula has no bias, the last bit is returned as the parity, and the chapter's U is combined with the
new b.

loses:
  parity-check: parity of [[0 0 0] [1 0 0] [1 1 0] [1 1 1]], an array of shape (4, 3)
  rnn-step-check: the bias b is missing
  unroll-check: The first state is wrong already
  two-unit-weights-check: only half of the substitution
"""
# %% parity
def parity(bits):
    return bits[:, -1]
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return np.tanh(x @ U.T + h @ V.T)
# %% two-unit-weights
def two_unit_weights():
    K = 3.0
    U, V = np.array([[2 * K], [2 * K]]), np.array([[K, -K], [K, -K]])
    b = np.array([0.0, -2 * K])
    return U, V, b, np.array([[10.0, -10.0]]), np.array([-10.0])
