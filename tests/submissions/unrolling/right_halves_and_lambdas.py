"""Neighbouring halves of a string are combined until one bit is left, and the states are accumulated by a lambda."""
# %% parity
from itertools import accumulate
def parity(bits):
    while bits.shape[1] > 1:
        if bits.shape[1] % 2:
            bits = np.pad(bits, ((0, 0), (0, 1)))
        bits = bits[:, ::2] ^ bits[:, 1::2]
    return bits[:, 0]
# %% rnn-step
rnn_step = lambda x, h, U, V, b: np.tanh(np.add.reduce([x * U.T, np.dot(V, h.T).T, np.broadcast_to(b, h.shape)]))
# %% unroll
unroll = lambda xs, h0, U, V, b: np.swapaxes(np.array(list(accumulate(
    xs.swapaxes(0, 1), lambda h, x: rnn_step(x, h, U, V, b), initial=h0))[1:]), 0, 1)
# %% two-unit-weights
def two_unit_weights():
    """Order of the two units exchanged, small gain."""
    K = 2.5
    return (np.array([[K], [K]]), K * np.array([[-1.0, 1.0], [-1.0, 1.0]]), np.array([-2 * K, 0.0]),
            np.array([[-1.0, 1.0]]), np.array([-1.0]))
