"""All products are calls of einsum with named axes, in float32, and the states are written into an array made
beforehand.
"""
# %% parity
def parity(bits: np.ndarray) -> np.ndarray:
    return np.logical_xor.reduce(bits, axis=1)
# %% rnn-step
def rnn_step(x: np.ndarray, h: np.ndarray, U: np.ndarray, V: np.ndarray, b: np.ndarray) -> np.ndarray:
    """b: batch, i: features, h: old units, n: new units"""
    x, h, U, V, b = (a.astype(np.float32) for a in (x, h, U, V, b))
    from_input = np.einsum("bi,ni->bn", x, U)
    from_state = np.einsum("bh,nh->bn", h, V)
    return np.tanh(from_input + from_state + b)
# %% unroll
def unroll(xs: np.ndarray, h0: np.ndarray, U: np.ndarray, V: np.ndarray, b: np.ndarray) -> np.ndarray:
    n_batch, n_steps, _ = xs.shape
    # row 0 is h0, so step t reads row t and writes row t + 1
    states = np.zeros((n_batch, n_steps + 1, h0.shape[-1]), dtype=np.float32)
    states[:, 0, :] = h0
    for t in range(n_steps):
        states[:, t + 1, :] = rnn_step(xs[:, t, :], states[:, t, :], U, V, b)
    return states[:, 1:, :]
# %% two-unit-weights
def two_unit_weights() -> tuple[np.ndarray, ...]:
    sharp = np.float32(8)
    U = sharp * np.ones((2, 1), dtype=np.float32)
    V = sharp * np.outer([1, 1], [1, -1]).astype(np.float32)
    b = sharp * np.array([0, -2], dtype=np.float32)
    W = np.array([[0.5, -0.5]], dtype=np.float32)      # p = (h[0] - h[1]) / 2
    c = np.array([-0.5], dtype=np.float32)
    return U, V, b, W, c
