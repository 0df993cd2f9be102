"""The search handles one number at a time, and keeps the rounded states that it has seen."""
# %% find-error
def find_error(U, V, b, W, c, longest):
    seen = {}
    queue = [((0.0, 0.0), 0, ())]
    for _ in range(longest):
        new = []
        for h, odd, string in queue:
            for bit in (0, 1):
                g = tuple(np.tanh(U[i, 0] * bit + V[i, 0] * h[0] + V[i, 1] * h[1] + b[i]) for i in range(2))
                out, q = W[0, 0] * g[0] + W[0, 1] * g[1] + c[0], (odd + bit) % 2
                if (out > 0) != (q == 1):
                    return list(string) + [bit]
                key = (round(g[0], 3), round(g[1], 3), q)
                if key not in seen:
                    seen[key] = True
                    new.append((g, q, string + (bit,)))
        queue = new
    return None
