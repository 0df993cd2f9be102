"""The function returns strings that are longer than allowed.

loses:
  find-error-short-check: "your string is longer than `longest`"
  find-error-long-check: at most 60 bits
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    kept = [(0, np.zeros(2), [])]
    for _ in range(5 * longest):
        reached = {0: [], 1: []}
        for odd, h, string in kept:
            for bit in (0, 1):
                state = np.tanh(U[:, 0] * bit + V @ h + b)
                output = (W @ state + c)[0]
                if (output > 0) != (odd ^ bit == 1):
                    return [*string, bit]
                reached[odd ^ bit].append((output, state, [*string, bit]))
        kept = []
        for odd, found in reached.items():
            found.sort(key=lambda one: one[0])
            kept += [(odd, state, string) for _, state, string in found[:4] + found[4:][-4:]]
    return [0] * (2 * longest)
