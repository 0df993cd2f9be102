"""One number, seen as a million rows of a million, and an array that is there but too long to be sent."""

KIND = "objects"
LOSES = ("parity-check", "unroll-check")
CELLS = {"parity": "def parity(bits):\n    return np.broadcast_to(np.int64(0), (10**6, 10**6))",
         "unroll": "def unroll(xs, h0, *weights):\n    return np.zeros((2500, 2500))"}
SAYS = "returns more than can be read"
