"""The function tries ten thousand random strings.

loses:
  find-error-long-check: a string; there is one of
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    strings = np.random.default_rng(0).integers(2, size=(10000, longest))
    h = np.zeros((len(strings), 2))
    for t in range(longest):
        h = np.tanh(strings[:, t:t + 1] @ U.T + h @ V.T + b)
        wrong = ((h @ W.T + c)[:, 0] > 0) != (strings[:, :t + 1].sum(axis=1) % 2 == 1)
        if wrong.any():
            return strings[np.argmax(wrong), :t + 1]
    return None
