"""The function tries one string, a one and then zeros.

loses:
  find-error-long-check: nor repeated patterns find every error
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    for start in ([0], [1]):
        string, h = start + [0] * (longest - 1), np.zeros(2)
        for t, bit in enumerate(string):
            h = np.tanh(U[:, 0] * bit + V @ h + b)
            if ((W @ h + c)[0] > 0) != (start[0] == 1):
                return string[:t + 1]
    return None
