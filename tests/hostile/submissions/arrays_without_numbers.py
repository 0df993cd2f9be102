"""Arrays of one number that is seen a billion times, of too many numbers, of sixty axes, and of no numbers."""

KIND = "numbers"
LOSES = ("parity-check", "rnn-step-check", "unroll-check", "two-unit-weights-check")
CELLS = {
    "parity": "def parity(bits):\n    return np.broadcast_to(np.int64(0), (10**6, 10**6))",
    "rnn-step": "def rnn_step(*given):\n    return np.zeros((2500, 2500))",
    "unroll": "def unroll(xs, *given):\n    return np.broadcast_to(1.0, (1,) * 60)",
    "two-unit-weights": "def two_unit_weights():\n    return tuple(torch.zeros(10**9, 0) for _ in range(5))"}
SAYS = "returns more than can be read"
