"""Arrays of no numbers with an axis of a billion, of sixty axes, and tensors with a gradient, which is fine."""

KIND = "numbers"
LOSES = ("parity-check", "unroll-check", "two-unit-weights-check")
CELLS = {
    "parity": "def parity(bits):\n    return np.zeros((0, 10**9), dtype=int)",
    "rnn-step": '''
def rnn_step(*given):
    x, h, U, V, b = (torch.tensor(one, requires_grad=True) for one in given)
    return torch.tanh(x @ U.T + h @ V.T + b)
''', "unroll": "def unroll(xs, *given):\n    return np.broadcast_to(1.0, (1,) * 60)",
    "two-unit-weights": "def two_unit_weights():\n    return tuple(torch.zeros(10**9, 0) for _ in range(5))"}
