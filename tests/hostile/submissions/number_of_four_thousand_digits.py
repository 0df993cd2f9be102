"""The parity is a whole number that no array can hold, in another task a float that is none."""

KIND = "objects"
LOSES = ("parity-check", "unroll-check")
CELLS = {"parity": "def parity(bits):\n    return 10**4000",
         "unroll": "def unroll(xs, h0, *weights):\n    return np.full((*xs.shape[:2], h0.shape[1]), np.nan)"}
SAYS = "nan somewhere"
