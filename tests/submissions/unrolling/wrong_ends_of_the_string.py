"""The first bit is compared with the last, tanh is a sigmoid without its factor of two, reshape mixes strings and time
steps, and c is the output of the odd state.

loses:
  parity-check: parity of [[0 0 0] [1 0 0] [1 1 0] [1 1 1]], an array of shape (4, 3)
  rnn-step-check: rnn_step with a batch of 5 and 3 hidden units
  unroll-check: '`reshape` mixes strings and time steps. To change the order of axes, use'
  two-unit-weights-check: The states are right, but W and c do not fit each other
"""
# %% parity
def parity(bits):
    return bits[:, 0] ^ bits[:, -1]
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return 2 / (1 + np.exp(-(x @ U.T + h @ V.T + b))) - 1
# %% unroll
def unroll(xs, h0, U, V, b):
    h, states = h0, []
    for t in range(xs.shape[1]):
        h = np.tanh(xs[:, t] @ U.T + h @ V.T + b)
        states.append(h)
    return np.concatenate(states).reshape(len(xs), xs.shape[1], len(b))
# %% two-unit-weights
def two_unit_weights():
    K = 5.0
    return (np.array([[K], [K]]), K * np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.0, -2 * K]),
            np.array([[1.0, -1.0]]), np.array([-2.0]))
