"""The code handles one number at a time, as a beginner in NumPy might do."""
# %% output-gradient
def output_gradient(logits, labels, mask):
    n = 0
    for row in mask:
        for one in row:
            n += int(one)
    result = np.zeros(logits.shape)
    for i in range(len(logits)):
        for t in range(len(logits[i])):
            if mask[i, t]:
                result[i, t] = (1 / (1 + np.exp(-logits[i, t])) - labels[i, t]) / n
    return result
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    H = len(b)
    states, logits = forward(bits, U, V, b, W, c, h0)
    d = output_gradient(logits, labels, mask)
    found = {"U": np.zeros((H, 1)), "V": np.zeros((H, H)), "b": np.zeros(H), "W": np.zeros((1, H)),
             "c": np.zeros(1), "h0": np.zeros(H)}
    for n in range(len(bits)):
        later = [0.0] * H
        for t in range(bits.shape[1] - 1, -1, -1):
            found["c"][0] += d[n, t]
            a = []
            for i in range(H):
                h = states[n, t + 1, i]
                found["W"][0, i] += d[n, t] * h
                a.append((d[n, t] * W[0, i] + later[i]) * (1 - h * h))
                found["U"][i, 0] += a[i] * bits[n, t]
                found["b"][i] += a[i]
                for j in range(H):
                    found["V"][i, j] += a[i] * states[n, t, j]
            later = [sum(a[i] * V[i, j] for i in range(H)) for j in range(H)]
        for j in range(H):
            found["h0"][j] += later[j]
    return found
# %% gradient-is-right
def gradient_is_right(loss, weights, gradient):
    answer = True
    for k in range(len(weights)):
        flat, claimed, mine = weights[k].reshape(-1), gradient[k].reshape(-1), []
        for i in range(len(flat)):
            keep = flat[i]
            flat[i] = keep + 1e-4
            up = loss(weights)
            flat[i] = keep - 1e-4
            down = loss(weights)
            flat[i] = keep
            mine.append((up - down) / 2e-4)
        largest = max(abs(one) for one in mine)
        for i in range(len(mine)):
            if abs(mine[i] - claimed[i]) < largest / 1000 + 1e-11:
                pass
            else:
                answer = False
    return answer
