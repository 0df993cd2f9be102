"""A string is packed into one number of 64 bits, tanh is written with exponentials that overflow, and twenty sweeps
over the string do not finish a long one.

loses:
  parity-check: an array of shape (9, 600)
  rnn-step-check: For large inputs `np.exp` is infinite, and a quotient of exponentials becomes
  unroll-check: The first state is correct and a later one is not.
"""
# %% parity
def parity(bits):
    powers = 2 ** np.arange(bits.shape[1], dtype=np.int64)
    numbers = (bits.astype(np.int64) * powers).sum(axis=1)
    return np.array([bin(int(n)).count("1") % 2 for n in numbers])
# %% rnn-step
def rnn_step(x, h, U, V, b):
    z = x @ U.T + h @ V.T + b
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
# %% unroll
def unroll(xs, h0, U, V, b):
    states = np.zeros((len(xs), xs.shape[1], len(b)))
    for _ in range(20):
        before = np.concatenate([h0[:, None], states[:, :-1]], axis=1)
        states = np.tanh(xs @ U.T + before @ V.T + b)
    return states
