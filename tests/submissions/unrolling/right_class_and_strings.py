"""A class holds the network, and the ones are counted in strings."""
# %% parity
class Netz:
    def __init__(self, U, V, b):
        self.M = np.concatenate([U, V, b[:, None]], axis=1)
    def __call__(self, x, h):
        return np.tanh(np.concatenate([x, h, np.ones_like(x)], axis=1) @ self.M.T)
    def lauf(self, xs, h):
        out = np.full(xs.shape[:2] + h.shape[1:], np.nan)
        t = 0
        while t < xs.shape[1]:
            h = out[:, t] = self(xs[:, t], h)
            t += 1
        return out
def parity(bits):
    return np.array(["".join(map(str, row)).count("1") & 1 for row in bits.tolist()])
# %% rnn-step
def rnn_step(x, h, U, V, b):
    return Netz(U, V, b)(x, h)
# %% unroll
def unroll(xs, h0, U, V, b):
    return Netz(U, V, b).lauf(xs, h0)
# %% two-unit-weights
def two_unit_weights():
    x, p = np.array([-1, 1, -1, 1]), np.array([0, 0, 1, 1])
    K = 8.0
    return (np.array([[K], [K]]), np.outer([K, K], [1, -1]), np.array([0, -2 * K]), np.array([[1.0, -1.0]]), np.array([-1.0]))
