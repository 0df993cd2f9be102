"""Weights that are endless, the smallest that there are, no number, complex or dates; a parity in seconds."""

KIND = "numbers"
LOSES = ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")
CELLS = {
    "parity": "def parity(bits):\n    return (bits.sum(axis=1) % 2).astype('m8[s]')",
    "rnn-step": "def rnn_step(x, h, U, V, b):\n    return np.tanh(x @ U.T + h @ V.T + b) + 0j",
    "unroll": '''
def unroll(xs, h0, U, V, b):
    return np.full((*xs.shape[:2], h0.shape[1]), np.inf)
''', "two-unit-weights": '''
def two_unit_weights():
    return (np.full((2, 1), np.inf), np.full((2, 2), 5e-324), np.full(2, -np.inf), np.full((1, 2), 1e308),
            np.zeros(1, dtype=np.longdouble))
'''}
