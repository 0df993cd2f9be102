"""The search follows one state of each parity, the one nearest to a wrong answer.

loses:
  find-error-long-check: ten or more of each parity
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
            found.sort(key=lambda one: one[0] * (1 if odd else -1))
            kept += [(odd, state, string) for _, state, string in found[:1]]
    return None
