"""The slope of tanh is taken at the state, as if it were the pre-activation.

loses:
  gradients-check: The gradients of W and c are correct
"""
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    states, logits = forward(bits, U, V, b, W, c, h0)
    d = output_gradient(logits, labels, mask)
    dU, dV, db, later = np.zeros(U.shape), np.zeros(V.shape), np.zeros(b.shape), np.zeros(states[:, 0].shape)
    for t in reversed(range(bits.shape[1])):
        a = (d[:, t:t + 1] @ W + later) * (1 - np.tanh(states[:, t + 1]) ** 2)
        dU += a.T @ bits[:, t:t + 1]
        dV += a.T @ states[:, t]
        db += a.sum(axis=0)
        later = a @ V
    dW = np.einsum("bt,bth->h", d, states[:, 1:])[None]
    return {"U": dU, "V": dV, "b": db, "W": dW, "c": d.sum(keepdims=True)[0], "h0": later.sum(axis=0)}
