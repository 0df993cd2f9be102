"""The function searches nothing: it tries all strings of 12 bits, and those in which a start is followed by a word
that comes again and again.

loses:
  find-error-long-check: nor repeated patterns find every error
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    words = [[int(one) for one in f"{n:0{size}b}"] for size in range(1, 7) for n in range(2**size)]
    strings = [(start + longest * word)[:longest] for start in [[]] + words for word in words]
    strings += [[n >> t & 1 for t in range(min(12, longest))] + [0] * (longest - 12) for n in range(2**min(12, longest))]
    strings = np.array(strings)
    h = np.zeros((len(strings), 2))
    for t in range(longest):
        h = np.tanh(strings[:, t:t + 1] @ U.T + h @ V.T + b)
        wrong = ((h @ W.T + c)[:, 0] > 0) != (strings[:, :t + 1].sum(axis=1) % 2 == 1)
        if wrong.any():
            return strings[np.argmax(wrong), :t + 1]
    return None
