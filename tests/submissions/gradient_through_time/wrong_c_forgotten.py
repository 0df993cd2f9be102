"""The output in the search lacks c.

loses:
  find-error-short-check: A positive output means odd, any other output means even, and the first state is 0. Compar
  find-error-long-check: A positive output means odd, any other output means even, and the first state is 0. Compar
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    kept = [(0, np.zeros(2), [])]
    for _ in range(longest):
        reached = {0: [], 1: []}
        for odd, h, string in kept:
            for bit in (0, 1):
                state = np.tanh(U[:, 0] * bit + V @ h + b)
                output = (W @ state)[0]
                if (output > 0) != (odd ^ bit == 1):
                    return [*string, bit]
                reached[odd ^ bit].append((output, state, [*string, bit]))
        kept = []
        for odd, found in reached.items():
            found.sort(key=lambda one: one[0])
            kept += [(odd, state, string) for _, state, string in found[:4] + found[4:][-4:]]
    return None
