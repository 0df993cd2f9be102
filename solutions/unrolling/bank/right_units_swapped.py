"""The units are in the other order and one has the other sign, the products are one product of joined columns, and the
parity is the last entry of a scan.
"""
# %% parity
def parity(bits):
    return np.bitwise_xor.accumulate(bits.astype(np.int8), axis=1)[:, -1]
# %% rnn-step
def rnn_step(x, h, U, V, b):
    joined = np.concatenate([x, h, np.ones((len(x), 1))], axis=1)
    weights = np.concatenate([U, V, b[:, None]], axis=1)
    return np.tanh(np.dot(joined, weights.T))
# %% unroll
def unroll(xs, h0, U, V, b):
    if xs.shape[1] == 0:
        return np.zeros((len(xs), 0, h0.shape[1]))
    first = np.tanh(xs[:, 0] @ U.T + h0 @ V.T + b)
    return np.concatenate([first[:, None], unroll(xs[:, 1:], first, U, V, b)], axis=1)
# %% two-unit-weights
def two_unit_weights():
    K = 2.5
    # unit 0 says "not both", unit 1 says "at least one"
    U = np.array([[-K], [K]])
    V = np.array([[-K, -K], [K, K]])
    b = np.array([2 * K, 0])
    return U, V, b, np.array([[7.0, 7.0]]), np.array([-7.0])
