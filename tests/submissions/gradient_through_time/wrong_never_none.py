"""The function returns a string of zeros if it finds no error.

loses:
  find-error-short-check: on which the network is correct after every bit
  find-error-long-check: on which the network is correct after every bit
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    kept = [(0, np.zeros(2), [])]
    for _ in range(longest):
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
    return [0] * longest
