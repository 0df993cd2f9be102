"""The search follows all strings at once.

loses:
  find-error-long-check: doubles with each bit
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    h, strings = np.zeros((1, 2)), np.zeros((1, 0), dtype=np.int8)
    for _ in range(longest):
        bit = np.repeat([0, 1], len(h)).astype(np.int8)
        h = np.tanh(bit[:, None] * U.T + np.tile(h, (2, 1)) @ V.T + b)
        strings = np.hstack([np.tile(strings, (2, 1)), bit[:, None]])
        wrong = ((h @ W.T + c)[:, 0] > 0) != (strings.sum(axis=1) % 2 == 1)
        if wrong.any():
            return strings[np.argmax(wrong)]
    return None
