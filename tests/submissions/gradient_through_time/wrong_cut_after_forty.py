"""The backward pass goes back 40 time steps and no further.

loses:
  gradients-check: the gradient of h0
"""
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    states, logits = forward(bits, U, V, b, W, c, h0)
    d = np.where(mask, 1 / (1 + np.exp(-logits)) - labels, 0) / mask.sum()
    found = {name: np.zeros(one.shape) for name, one in zip(("U", "V", "b", "W", "c"), (U, V, b, W, c))}
    later = np.zeros((len(bits), len(b)))
    for t in reversed(range(bits.shape[1])):
        found["W"] += d[:, t] @ states[:, t + 1]
        found["c"] += d[:, t].sum()
        before_tanh = (d[:, t:t + 1] * W[0] + later) * (1 - states[:, t + 1]**2)
        found["U"] += before_tanh.T @ bits[:, t:t + 1]
        found["V"] += before_tanh.T @ states[:, t]
        found["b"] += before_tanh.sum(axis=0)
        later = before_tanh @ V * (t > bits.shape[1] - 41)
    found["h0"] = later.sum(axis=0)
    return found
