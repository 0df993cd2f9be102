"""The student, who is new to NumPy, loops over strings and bits and handles one number at a time."""
# %% parity
def parity(bits):
    answers = []
    for string in bits:
        p = 0
        for bit in string:
            p = p ^ int(bit)
        answers.append(p)
    return np.array(answers)
# %% rnn-step
def rnn_step(x, h, U, V, b):
    batch, H = h.shape
    new = np.zeros((batch, H))
    for row in range(batch):
        for i in range(H):
            total = U[i, 0] * x[row, 0] + b[i]
            for j in range(H):
                total += V[i, j] * h[row, j]
            new[row, i] = np.tanh(total)
    return new
# %% unroll
def unroll(xs, h0, U, V, b):
    batch, steps, _ = xs.shape
    states = np.empty((batch, steps, h0.shape[1]))
    for t in range(steps):
        states[:, t] = rnn_step(xs[:, t], states[:, t - 1] if t else h0, U, V, b)
    return states
