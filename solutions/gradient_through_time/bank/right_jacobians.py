"""Jacobians are multiplied forwards in time, as in real-time recurrent learning, which is slower and also correct."""
# %% gradients
def gradients(bits, labels, mask, U, V, b, W, c, h0):
    H = len(b)
    sizes = [H, H * H, H, H]
    states, logits = forward(bits, U, V, b, W, c, h0)
    d = output_gradient(logits, labels, mask)
    total = np.zeros(sum(sizes))
    for n in range(len(bits)):
        J = np.zeros((H, sum(sizes)))
        J[:, -H:] = np.eye(H)
        for t in range(bits.shape[1]):
            direct = np.zeros((H, sum(sizes)))
            direct[:, :H] = bits[n, t] * np.eye(H)
            for i in range(H):
                direct[i, H + i * H:H + (i + 1) * H] = states[n, t]
            direct[:, H + H * H:2 * H + H * H] = np.eye(H)
            J = (1 - states[n, t + 1] ** 2)[:, None] * (direct + V @ J)
            total += d[n, t] * (W @ J)[0]
    U_, V_, b_, h_ = np.split(total, np.cumsum(sizes)[:-1])
    return {"U": U_[:, None], "V": V_.reshape(H, H), "b": b_, "h0": h_, "c": np.array([d.sum()]),
            "W": (d[..., None] * states[:, 1:]).sum((0, 1), keepdims=True)[0]}
