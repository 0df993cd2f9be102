"""The search computes h @ V.

loses:
  find-error-short-check: V is transposed
  find-error-long-check: V is transposed
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    kept = [(0, np.zeros(2), [])]
    for _ in range(longest):
        reached = {0: [], 1: []}
        for odd, h, string in kept:
            for bit in (0, 1):
                state = np.tanh(U[:, 0] * bit + h @ V + b)
                output = (W @ state + c)[0]
                if (output > 0) != (odd ^ bit == 1):
                    return [*string, bit]
                reached[odd ^ bit].append((output, state, [*string, bit]))
        kept = []
        for odd, found in reached.items():
            found.sort(key=lambda one: one[0])
            kept += [(odd, state, string) for _, state, string in found[:4] + found[4:][-4:]]
    return None
