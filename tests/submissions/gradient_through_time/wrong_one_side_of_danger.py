"""The search keeps the hundred states nearest to a wrong answer, whatever their parity.

loses:
  find-error-long-check: a string; there is one of
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
        both = [(abs(o), odd, state, string) for odd in (0, 1) for o, state, string in reached[odd]]
        kept = [one[1:] for one in sorted(both, key=lambda one: one[0])[:100]]
    return None
