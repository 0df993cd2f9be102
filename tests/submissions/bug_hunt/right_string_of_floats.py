"""The string is an array of floats, and the search keeps all states of a step in arrays."""
# %% find-error
def find_error(U, V, b, W, c, longest):
    h, odd, strings = np.zeros((1, 2)), np.zeros(1, dtype=int), np.zeros((1, 0))
    for _ in range(longest):
        bit = np.repeat([0, 1], len(h))
        h = np.tanh(bit[:, None] * U.T + np.tile(h, (2, 1)) @ V.T + b)
        odd, strings = np.tile(odd, 2) ^ bit, np.hstack([np.tile(strings, (2, 1)), bit[:, None]])
        output = (h @ W.T + c)[:, 0]
        danger = np.where(odd == 1, output, -output)
        if danger.min() < 0:
            return strings[danger.argmin()]
        order = np.argsort(danger)
        best = np.concatenate([order[odd[order] == parity][:100] for parity in (0, 1)])
        h, odd, strings = h[best], odd[best], strings[best]
