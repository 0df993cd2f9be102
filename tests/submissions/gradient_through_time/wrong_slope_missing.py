"""The slope of tanh is missing.

loses:
  gradients-check: the slope of tanh, 1 - h**2, is missing
"""
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    states, logits = forward(bits, U, V, b, W, c, h0)
    d = output_gradient(logits, labels, mask)
    dU, dV, db, later = np.zeros(U.shape), np.zeros(V.shape), np.zeros(b.shape), np.zeros(states[:, 0].shape)
    for t in reversed(range(bits.shape[1])):
        a = (d[:, t:t + 1] @ W + later)
        dU += a.T @ bits[:, t:t + 1]
        dV += a.T @ states[:, t]
        db += a.sum(axis=0)
        later = a @ V
    dW = np.einsum("bt,bth->h", d, states[:, 1:])[None]
    return {"U": dU, "V": dV, "b": db, "W": dW, "c": d.sum(keepdims=True)[0], "h0": later.sum(axis=0)}
