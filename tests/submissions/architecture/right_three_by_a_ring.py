"""The network counts to three with one unit for each remainder and bit, six in all."""
# %% multiple-of-three
def multiple_of_three():
    # Unit (r, x) is 1 where the old remainder was r and the bit is x; remainder 0 is "none of the others".
    pairs = [(r, x) for r in (1, 2) for x in (0, 1)]
    new = {pair: sum(pair) % 3 for pair in pairs}
    units = [*pairs, (0, 1)]
    V, U, b = np.zeros((5, 5)), np.zeros((5, 1)), np.zeros(5)
    for i, (r, x) in enumerate(units):
        for j, (old, bit) in enumerate(units):
            now = (old + bit) % 3
            V[i, j] = (now == r) if r else -(now != 0)
        U[i], b[i] = (1, -1) if r and x else (-1, 0) if r else (1, 0)
    W = np.array([[-float((r + x) % 3 != 0) for r, x in units]])
    return U, V, b, W, np.array([0.5])
