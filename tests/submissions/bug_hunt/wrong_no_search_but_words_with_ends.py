"""The function searches nothing: it tries strings in which a start is followed by a word that comes again and again,
and then by an end.

loses:
  find-error-long-check: Neither random strings nor
"""
# %% find-error
def find_error(U, V, b, W, c, longest):
    def words(least, most):
        return [[n >> t & 1 for t in range(size)] for size in range(least, most + 1) for n in range(2**size)]

    if longest <= 12:
        strings = [(word + 12 * [0])[:longest] for word in words(longest, longest)]
    else:
        strings = [(start + longest * word)[:longest - len(end)] + end
                   for start in words(0, 3) for word in words(1, 4) for end in words(0, 4)]
        strings += [string[:longest // 2] + string[-4:] + string[longest // 2:-4] for string in strings]
    strings = np.array(strings)
    h = np.zeros((len(strings), 2))
    for t in range(longest):
        h = np.tanh(strings[:, t:t + 1] @ U.T + h @ V.T + b)
        wrong = ((h @ W.T + c)[:, 0] > 0) != (strings[:, :t + 1].sum(axis=1) % 2 == 1)
        if wrong.any():
            return strings[np.argmax(wrong), :t + 1]
    return None
